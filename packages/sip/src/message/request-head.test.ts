import { describe, expect, it } from 'vitest'
import { createRequest } from './create-request.ts'
import { headOf, requestOfHead } from './request-head.ts'

describe('the head of a request', () => {
  it('reads like the request, but for its body', () => {
    const headers = [
      ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
      ['From', '"José" <sip:jose@example.com>;tag=1'],
      ['CSeq', '7 INVITE'],
    ] as const
    const request = createRequest({ method: 'INVITE', uri: 'sip:bob@example.com', headers, body: 'v=0', contentType: 'application/sdp' })
    const again = requestOfHead(headOf(request))
    expect(again.allHeaders()).toEqual(request.allHeaders())
    expect([again.method, again.uri, again.from, again.cseq, again.topVia]).toEqual([request.method, request.uri, request.from, request.cseq, request.topVia])
    expect(again.body.length).toBe(0)
  })
})
