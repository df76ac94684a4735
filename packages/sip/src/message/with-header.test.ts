import { describe, expect, it } from 'vitest'
import { createRequest } from './create-request.ts'
import { parseMessage } from './parse-message.ts'
import { serialize } from './serialize.ts'
import type { SipRequest } from './sip-message.ts'
import { withHeader, withoutHeader } from './with-header.ts'
import { withTopVia, withTopViaParameters } from './with-top-via.ts'

function received(...lines: readonly string[]): SipRequest {
  const parsed = parseMessage(Buffer.from(`INVITE sip:b@h SIP/2.0\r\n${lines.join('\r\n')}\r\nContent-Length: 4\r\n\r\nbodyrest`))
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not parsed')
  return parsed.value
}

function linesOf(request: SipRequest): readonly string[] {
  return serialize(request).toString('utf8').split('\r\n').slice(1)
}

describe('withHeader', () => {
  it('puts the value in place of all there were, where the first stood', () => {
    const request = withHeader(received('A: 1', 'k: x', 'B: 2', ' folded', 'Supported: y', 'C: 3'), 'Supported', 'zü')
    expect(linesOf(request)).toEqual(['A: 1', 'Supported: zü', 'B: 2', ' folded', 'C: 3', 'Content-Length: 4', '', 'body'])
    expect([request.header('supported'), request.method, request.uri?.user, request.header('b'), request.bodyText]).toEqual([
      'zü',
      'INVITE',
      'b',
      '2 folded',
      'body',
    ])
  })

  it('adds it at the end where there was none, and leaves the message it was given alone', () => {
    const request = received('A: 1')
    expect(linesOf(withHeader(request, 'X-New', 'v'))).toEqual(['A: 1', 'Content-Length: 4', 'X-New: v', '', 'body'])
    expect(linesOf(request)).toEqual(['A: 1', 'Content-Length: 4', '', 'body'])
  })

  it('works on what was created, and again on its own result', () => {
    const request = withHeader(withHeader(createRequest({ method: 'A', uri: 'sip:h', headers: [['X', '1']] }), 'X', '2'), 'y', '3')
    expect(request.allHeaders()).toEqual([
      ['X', '2'],
      ['Content-Length', '0'],
      ['y', '3'],
    ])
    expect(withoutHeader(request, 'x').allHeaders()).toEqual([
      ['Content-Length', '0'],
      ['y', '3'],
    ])
  })

  it('throws on line breaks: a bug of the caller', () => {
    expect(() => withHeader(received('A: 1'), 'X', 'a\r\nVia: b')).toThrow(TypeError)
    expect(() => withTopVia(received('Via: SIP/2.0/UDP a'), 'a\nb')).toThrow(TypeError)
  })
})

describe('withTopVia', () => {
  it.each([
    [
      ['Via: SIP/2.0/UDP a;x=","  , SIP/2.0/UDP b', 'Via: SIP/2.0/UDP c'],
      ['Via: NEW, SIP/2.0/UDP b', 'Via: SIP/2.0/UDP c'],
    ],
    [
      ['v: SIP/2.0/UDP a', ' ;branch=1', 'X: y'],
      ['v: NEW', 'X: y'],
    ],
  ])('replaces the first hop of %j and nothing else', (before, after) => {
    const request = withTopVia(received('A: 1', ...before), 'NEW')
    expect(linesOf(request)).toEqual(['A: 1', ...after, 'Content-Length: 4', '', 'body'])
    expect([request.header('a'), request.header('content-length'), request.uri?.host]).toEqual(['1', '4', 'h'])
  })
})

describe('withTopViaParameters', () => {
  it('writes received and rport, each in place of any that was there (RFC 3261 18.2.1, RFC 3581 4)', () => {
    const request = received('Via: SIP/2.0/UDP a:5060 ;rport;branch=z9hG4bK1;Received=6.6.6.6;x=";rport", SIP/2.0/UDP b;rport')
    const passed = withTopViaParameters(request, { received: '192.0.2.1', rport: 1024 })
    expect(passed.header('via')).toBe('SIP/2.0/UDP a:5060 ;branch=z9hG4bK1;x=";rport";received=192.0.2.1;rport=1024, SIP/2.0/UDP b;rport')
    expect([passed.topVia.parameters.get('received'), passed.topVia.parameters.get('rport'), passed.topVia.port]).toEqual(['192.0.2.1', '1024', 5060])
    expect(passed.vias[1]?.parameters.get('rport')).toBe('')
  })

  it('leaves the parameter alone that it is not given', () => {
    expect(withTopViaParameters(received('Via: SIP/2.0/UDP a;rport'), { received: '2001:db8::1' }).header('via')).toBe(
      'SIP/2.0/UDP a;rport;received=2001:db8::1',
    )
  })
})
