import { describe, expect, it } from 'vitest'
import { createRequest } from '../message/index.ts'
import { partsOf } from './multipart-body.ts'
import { sessionBodyOf } from './session-body.ts'
import { writeMultipart } from './write-multipart.ts'

const OFFER = 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n'
const PARTS = [
  { contentType: 'application/sdp', body: OFFER },
  { contentType: 'application/pidf+xml', contentId: 'here@test', disposition: 'by-reference;handling=optional', body: '<presence>é</presence>' },
]

describe('a body of several parts (RFC 2046 5.1, RFC 5621 3.1)', () => {
  it('is read back as it was written, the session description by itself', () => {
    const written = writeMultipart(PARTS, () => 'boundary')
    const request = createRequest({ method: 'INVITE', uri: 'sip:911@test', headers: [], ...written })
    expect(partsOf(request)).toEqual([{ ...PARTS[0], contentId: undefined, disposition: undefined }, PARTS[1]])
    expect(sessionBodyOf(request)).toBe(OFFER)
  })

  it('never has a boundary that a part contains', () => {
    const tokens = ['here@test', 'presence', 'fresh']
    expect(writeMultipart(PARTS, () => tokens.shift() ?? '').contentType).toBe('multipart/mixed;boundary="here@test"')
    const again = ['presence', 'fresh']
    expect(writeMultipart(PARTS, () => again.shift() ?? '').contentType).toBe('multipart/mixed;boundary="fresh"')
  })

  it('takes no header value with a line break', () => {
    expect(() => writeMultipart([{ contentType: 'text/plain\r\nX: y', body: '' }], () => 'b')).toThrow('not a header value')
  })
})
