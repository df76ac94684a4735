import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'
import { StreamFramer } from './stream-framer.ts'

const REGISTER = Buffer.from('REGISTER sip:h SIP/2.0\r\nCall-ID: a\r\nContent-Length: 0\r\n\r\n')
const MESSAGE = Buffer.from('MESSAGE sip:h SIP/2.0\r\nl : 6\r\nX: y\r\n\r\n\r\n\r\n\r\n')
const PING = Buffer.from('\r\n\r\n')
const STREAM = Buffer.concat([REGISTER, PING, MESSAGE, Buffer.from('\r\n'), REGISTER, PING, PING])
const EXPECTED = [REGISTER, 'ping', MESSAGE, REGISTER, 'ping', 'ping']

function framer(maxMessageBytes = 1000): StreamFramer {
  return new StreamFramer({ maxMessageBytes })
}

describe('StreamFramer', () => {
  it('cuts out the same messages and keep-alives wherever the stream is cut in two, or into single bytes (RFC 3261 18.3)', () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      const one = framer()
      expect([...one.push(STREAM.subarray(0, cut)), ...one.push(STREAM.subarray(cut))], `cut at ${cut}`).toEqual(EXPECTED)
    }
    const bytewise = framer()
    expect([...STREAM].flatMap((byte) => bytewise.push(Buffer.of(byte)))).toEqual(EXPECTED)
    expect(bytewise.failure).toBeUndefined()
  })

  it('hands out copies: what arrives later does not change them', () => {
    const one = framer()
    const [first] = one.push(REGISTER)
    one.push(Buffer.alloc(900, 'x'))
    expect(first).toEqual(REGISTER)
  })

  it('takes a single CRLF between messages for nothing, and counts a double one once (RFC 5626 3.5.1)', () => {
    expect(framer().push(Buffer.from('\r\n'))).toEqual([])
    expect(framer().push(Buffer.from('\r\n\r\n\r\n'))).toEqual(['ping'])
    expect(framer().push(Buffer.concat([Buffer.from('\r\n'), REGISTER, Buffer.from('\r\n'), REGISTER]))).toEqual([REGISTER, REGISTER])
  })

  it.each([
    ['no Content-Length (20.14)', 'Call-ID: a', 400, 'Content-Length Missing'],
    ['a negative one', 'Content-Length: -1', 400, 'Bad Content-Length'],
    ['two of them, equal or not (RFC 4475 3.3.9)', 'Content-Length: 0\r\nl: 0', 400, 'Bad Content-Length'],
    ['a body that is too large', 'Content-Length: 1001', 513, 'Message Too Large'],
    ['a number that would wrap', 'Content-Length: 36893488147419103232', 400, 'Bad Content-Length'],
    ['a malformed line', 'Foobar roobar\r\nContent-Length: 0', 400, 'Bad Header Line'],
    ['a bare line feed, which would end the headers elsewhere for another reader', 'A: b\n\r\nContent-Length: 0', 400, 'Bad Header Line'],
  ])('fails on %s, after the messages before, with what is needed to answer', (_, lines, statusCode, reason) => {
    const one = framer()
    const head = Buffer.from(`OPTIONS sip:h SIP/2.0\r\n${lines}\r\n\r\n`)
    expect(one.push(Buffer.concat([REGISTER, head, REGISTER]))).toEqual([REGISTER])
    expect(one.failure).toBe(reason)
    expect(one.rejection).toEqual({ statusCode, reason, head })
    expect(one.push(REGISTER)).toEqual([])
  })

  it('fails on headers that never end, at once or by the byte, and keeps nothing of them', () => {
    const atOnce = framer()
    expect(atOnce.push(Buffer.alloc(80_000, 'x'))).toEqual([])
    expect(atOnce.rejection).toMatchObject({ statusCode: 513, head: undefined })
    const bytewise = framer()
    for (let n = 0; n <= 1000; n++) bytewise.push(Buffer.from('x'))
    expect(bytewise.failure).toBe('Message Too Large')
  })

  it('waits for the rest of a body (RFC 4475 3.1.2.2 over TCP)', () => {
    const one = framer()
    expect(one.push(MESSAGE.subarray(0, -1))).toEqual([])
    expect(one.failure).toBeUndefined()
    expect(one.push(MESSAGE.subarray(-1))).toEqual([MESSAGE])
  })

  it('gives the parser only what it reads alike: every RFC 4475 vector on a stream', () => {
    const folder = new URL('../../test/vectors/rfc4475/', import.meta.url)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.dat'))) {
      const one = framer(65_535)
      for (const message of one.push(readFileSync(new URL(file, folder)))) {
        if (message === 'ping') continue
        const parsed = parseMessage(message)
        expect(parsed.ok ? parsed.value.body.length : 0, file).toBeLessThan(message.length)
      }
    }
  })
})
