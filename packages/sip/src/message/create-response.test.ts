import { describe, expect, it } from 'vitest'
import { createRequest } from './create-request.ts'
import { createResponse } from './create-response.ts'
import { parseMessage } from './parse-message.ts'
import { serialize } from './serialize.ts'
import type { Header, SipRequest } from './sip-message.ts'

const INVITE = [
  'INVITE sip:bob@example.com SIP/2.0',
  'v: SIP/2.0/UDP p2;branch=z9hG4bK2 ,SIP/2.0/UDP p1',
  ' ;branch=z9hG4bK1',
  'Via: SIP/2.0/UDP ua;branch=z9hG4bK0',
  'Record-Route: <sip:p2;lr>, <sip:p1;lr>',
  'f: "Jos\xe9" <sip:alice@example.com>;tag=a',
  't: <sip:bob@example.com>',
  'i: call',
  'CSeq: 7  INVITE',
  'Timestamp: 54',
  'Subject: x',
  'Content-Length: 0',
]

function received(lines: readonly string[]): SipRequest {
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not parsed')
  return parsed.value
}

function text(request: SipRequest, statusCode: number, o: Parameters<typeof createResponse>[2] = {}): readonly string[] {
  return serialize(createResponse(request, statusCode, o))
    .toString('latin1')
    .split('\r\n')
}

describe('createResponse', () => {
  it('copies Via in order, From, To with our tag, Call-ID, CSeq; Record-Route where a dialog begins (RFC 3261 8.2.6.2, 12.1.1)', () => {
    expect(text(received(INVITE), 180, { toTag: 'b', headers: [['Contact', '<sip:b>']] })).toEqual([
      'SIP/2.0 180 Ringing',
      'Via: SIP/2.0/UDP p2;branch=z9hG4bK2 ,SIP/2.0/UDP p1 ;branch=z9hG4bK1',
      'Via: SIP/2.0/UDP ua;branch=z9hG4bK0',
      'Record-Route: <sip:p2;lr>, <sip:p1;lr>',
      'From: "Jos\xe9" <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>;tag=b',
      'Call-ID: call',
      'CSeq: 7  INVITE',
      'Contact: <sip:b>',
      'Content-Length: 0',
      '',
      '',
    ])
  })

  it('puts no tag into a 100, but the Timestamp (RFC 3261 8.2.6.1)', () => {
    const trying = createResponse(received(INVITE), 100, { toTag: 'b' })
    expect([trying.toTag, trying.header('timestamp'), trying.headers('record-route')]).toEqual([undefined, '54', []])
  })

  it('keeps a To tag that is there (RFC 3261 8.2.6.2)', () => {
    const request = received(INVITE.map((line) => (line.startsWith('t:') ? `${line};tag=theirs` : line)))
    expect(createResponse(request, 200, { toTag: 'ours' }).header('to')).toBe('<sip:bob@example.com>;tag=theirs')
  })

  it.each([
    ['INVITE', 200, true],
    ['INVITE', 302, false],
    ['INVITE', 486, false],
    ['SUBSCRIBE', 202, true],
    ['OPTIONS', 200, false],
  ])('%s %i has Record-Route: %s', (method, statusCode, expected) => {
    const request = received(INVITE.map((line) => line.replaceAll('INVITE', method)))
    expect(createResponse(request, statusCode).headers('record-route')).toHaveLength(expected ? 2 : 0)
  })

  it('writes body, type and length in bytes (RFC 3261 20.14), and one Content-Type', () => {
    const headers: Header[] = [
      ['Content-Type', 'text/html'],
      ['Content-Length', '99'],
    ]
    const response = createResponse(received(INVITE), 200, { body: 'ü', contentType: 'text/plain', headers, reasonPhrase: 'Schön' })
    expect([response.headers('content-type'), response.headers('content-length'), response.bodyText]).toEqual([['text/plain'], ['2'], 'ü'])
    const back = parseMessage(serialize(response))
    expect(back.ok && back.value).toMatchObject({ statusCode: 200, reasonPhrase: 'Schön', bodyText: 'ü' })
  })

  it('answers what lacks half its headers', () => {
    expect(text(createRequest({ method: 'X', uri: 'sip:h', headers: [['Via', 'y']] }), 400, { toTag: 'b' })).toEqual([
      'SIP/2.0 400 Bad Request',
      'Via: y',
      'Content-Length: 0',
      '',
      '',
    ])
  })

  it.each<[string, Header]>([
    ['line feed', ['X', 'a\nb']],
    ['carriage return', ['X', 'a\rb']],
    ['name that is no token', ['X:', 'a']],
  ])('throws on a header with a %s: a bug of the caller', (_, header) => {
    expect(() => createResponse(received(INVITE), 200, { headers: [header] })).toThrow(TypeError)
    expect(() => createRequest({ method: 'X', uri: 'sip:h', headers: [header] })).toThrow(TypeError)
  })

  it('throws on a method or Request-URI that would break the start line', () => {
    expect(() => createRequest({ method: 'A B', uri: 'sip:h', headers: [] })).toThrow(TypeError)
    expect(() => createRequest({ method: 'A', uri: 'sip:h\r\nVia: x', headers: [] })).toThrow(TypeError)
    expect(() => createResponse(received(INVITE), 200, { reasonPhrase: 'OK\r\nVia: x' })).toThrow(TypeError)
  })
})
