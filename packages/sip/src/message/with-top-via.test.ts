import { describe, expect, it } from 'vitest'
import {
  headOf,
  parseMessage,
  requestOfHead,
  serialize,
  serializedLength,
  type SipRequest,
  withHeader,
  withoutHeader,
  withTopVia,
  withTopViaParameters,
} from './index.ts'

const FIRST = 'SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKa'
const SECOND = 'SIP/2.0/TCP proxy.example;branch=z9hG4bKb'
const OUTSIDE = { received: '203.0.113.9', rport: 40_000 }
const FILLED = `${FIRST};received=203.0.113.9;rport=40000`

function message(via: string, more = 'Via: x'): string {
  const others = ['From: <sip:a@example.com>;tag=1', 'To: <sip:b@example.com>', 'Call-ID: c', 'CSeq: 1 MESSAGE', more, 'Content-Length: 4']
  return ['MESSAGE sip:b@example.com SIP/2.0', 'Subject: s', `Via: ${via}`, ...others, '', 'body'].join('\r\n')
}

function parsed(text: string): SipRequest {
  const read = parseMessage(Buffer.from(text, 'utf8'))
  if (!read.ok || read.value.kind !== 'request') throw new Error('no request')
  return read.value
}

const text = (request: SipRequest): string => serialize(request).toString('utf8')

describe('where a request came from, written into its top Via (RFC 3261 18.2.1, RFC 3581 4)', () => {
  it.each([
    ['alone', `${FIRST};rport`, FILLED],
    ['before another hop', `${FIRST};rport, ${SECOND}`, `${FILLED}, ${SECOND}`],
    ['over two lines', `${FIRST}\r\n ;rport`, FILLED.replace(';received', ' ;received')],
    ['with a received of its own', `${FIRST};received=1.2.3.4;rport`, FILLED],
  ])('reads the same in every way: %s', (_what, via, expected) => {
    const more = `Via: ${SECOND}`
    const request = withTopViaParameters(parsed(message(via, more)), OUTSIDE)
    const whole = message(expected, more)
    expect(text(request)).toBe(whole)
    expect(serializedLength(request)).toBe(whole.length)
    expect([request.header('via'), request.headers('via'), request.allHeaders()]).toEqual([
      parsed(whole).header('via'),
      parsed(whole).headers('via'),
      parsed(whole).allHeaders(),
    ])
    expect([request.topVia, request.vias]).toEqual([parsed(whole).topVia, parsed(whole).vias])
    expect([request.callId, request.fromTag, request.cseq.sequence, request.bodyText]).toEqual(['c', '1', 1, 'body'])
  })

  it('stays in what is made of the request', () => {
    const request = withTopViaParameters(parsed(message(`${FIRST};rport`)), OUTSIDE)
    expect(requestOfHead(headOf(request)).topVia.text).toBe(FILLED)
    expect(withHeader(request, 'Subject', 'other').topVia.text).toBe(FILLED)
    expect(text(withoutHeader(request, 'Subject'))).toBe(message(FILLED).replace('Subject: s\r\n', ''))
    expect(text(withTopVia(request, SECOND))).toBe(message(SECOND))
    expect(text(withTopViaParameters(request, { received: '192.0.2.7' }))).toBe(message(`${FIRST};rport=40000;received=192.0.2.7`))
  })

  it('also beside bytes that are not ASCII', () => {
    const request = withTopViaParameters(parsed(message(`${FIRST};rport`, 'Organization: Café')), OUTSIDE)
    expect(text(request)).toBe(message(FILLED, 'Organization: Café'))
    expect([request.topVia.text, request.header('organization')]).toEqual([FILLED, 'Café'])
    expect(text(withTopVia(withTopViaParameters(parsed(message(FIRST)), OUTSIDE), `${FIRST};x="é"`))).toBe(message(`${FIRST};x="é"`))
  })
})
