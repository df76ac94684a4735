import { describe, expect, it } from 'vitest'
import { checkRequest, type RequestProblem } from './check-request.ts'
import { checkResponse } from './check-response.ts'
import { createRequest } from './create-request.ts'
import { createResponse } from './create-response.ts'
import { parseMessage } from './parse-message.ts'
import type { Header } from './sip-message.ts'

const GOOD: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP a;branch=z9hG4bK1',
  From: '<sip:a@b>;tag=1',
  To: '<sip:c@d>',
  'Call-ID': 'x',
  CSeq: '1 REGISTER',
  'Max-Forwards': '70',
}

function problemOf(change: Readonly<Record<string, string | undefined>>, o: { uri?: string; extra?: readonly Header[] } = {}): RequestProblem | undefined {
  const headers = Object.entries({ ...GOOD, ...change }).flatMap(([name, value]): Header[] => (value === undefined ? [] : [[name, value]]))
  return checkRequest(createRequest({ method: 'REGISTER', uri: o.uri ?? 'sip:d', headers: [...headers, ...(o.extra ?? [])] }))
}

describe('checkRequest', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['a complete request', {}],
    ['no Max-Forwards, as RFC 2543 (RFC 4475 3.4.1)', { 'Max-Forwards': undefined }],
    ['no From tag, as RFC 2543', { From: '<sip:a@b>' }],
    ['the largest CSeq (8.1.1.5)', { CSeq: '2147483647 REGISTER' }],
    ['Max-Forwards at its ends (20.22)', { 'Max-Forwards': '0' }],
    ['Max-Forwards 255', { 'Max-Forwards': '255' }],
    ['Contact: * (10.2.2)', { Contact: '*' }],
    ['several Contacts', { Contact: '<sip:a@b>, sip:c@d;expires=1' }],
  ])('accepts %s', (_, change) => {
    expect(problemOf(change)).toBeUndefined()
  })

  it.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['no Via (8.1.1)', { Via: undefined }],
    ['no From', { From: undefined }],
    ['no To', { To: undefined }],
    ['no Call-ID', { 'Call-ID': undefined }],
    ['an empty Call-ID', { 'Call-ID': '' }],
    ['no CSeq', { CSeq: undefined }],
    ['an empty Via', { Via: '' }],
    ['one bad Via among good ones', { Via: 'SIP/2.0/UDP a, b' }],
    ['CSeq 2**31 (8.1.1.5)', { CSeq: '2147483648 REGISTER' }],
    ['CSeq of another method (8.1.1.5)', { CSeq: '1 INVITE' }],
    ['CSeq of a method in another case (7.1)', { CSeq: '1 register' }],
    ['CSeq without a space', { CSeq: '1REGISTER' }],
    ['Max-Forwards 256 (20.22)', { 'Max-Forwards': '256' }],
    ['Max-Forwards that is no number', { 'Max-Forwards': 'a' }],
    ['a quote that never closes (RFC 4475 3.1.2.6)', { To: '"a <sip:c@d>' }],
    ['a Contact with headers outside <> (RFC 4475 3.1.2.13)', { Contact: 'sip:a@b?Route=x' }],
    ['one bad Contact among good ones', { Contact: '<sip:a@b>, <c' }],
    ['Contact: * beside another (10.2.2)', { Contact: '*', m: '<sip:a@b>' }],
    ['a bad Route', { Route: '<sip:a@b' }],
    ['a bad Record-Route', { 'Record-Route': '<sip:a@b>;;' }],
    ...['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards'].map((name): [string, Readonly<Record<string, string>>] => [
      `two ${name} (RFC 4475 3.3.8)`,
      { [name.toLowerCase()]: GOOD[name] ?? '' },
    ]),
  ])('refuses %s with 400', (_, change) => {
    expect(problemOf(change)).toMatchObject({ statusCode: 400, headers: [] })
  })

  it('refuses a Request-URI that is none or has headers with 400, one of an unknown scheme with 416 (8.2.2.1)', () => {
    expect(['<sip:h>', 'sip:', 'sip:h?Route=x'].map((uri) => problemOf({}, { uri })?.statusCode)).toEqual([400, 400, 400])
    expect(['http://h', 'isbn:1', 'soap.beep://h'].map((uri) => problemOf({}, { uri })?.statusCode)).toEqual([416, 416, 416])
    expect(['sips:h', 'tel:+12015550123', 'urn:service:sos'].map((uri) => problemOf({}, { uri }))).toEqual([undefined, undefined, undefined])
  })

  it('refuses Contact: * in anything but REGISTER', () => {
    const headers: Header[] = [...Object.entries({ ...GOOD, CSeq: '1 OPTIONS' }), ['Contact', '*']]
    expect(checkRequest(createRequest({ method: 'OPTIONS', uri: 'sip:d', headers }))?.statusCode).toBe(400)
  })

  it('refuses a carriage return inside a value, which some peers take for a line end', () => {
    const lines = Object.entries(GOOD).map(([name, value]) => `${name}: ${value}`)
    const parsed = parseMessage(Buffer.from(`REGISTER sip:d SIP/2.0\r\n${lines.join('\r\n')}\r\nSubject: a\rVia: b\r\n\r\n`))
    if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not parsed')
    expect(checkRequest(parsed.value)).toMatchObject({ statusCode: 400 })
  })
})

describe('checkResponse', () => {
  it('takes what an answer of ours looks like, and nothing that lacks a mandatory header (RFC 3261 8.1.3)', () => {
    const request = createRequest({ method: 'REGISTER', uri: 'sip:d', headers: Object.entries(GOOD) })
    expect(checkResponse(createResponse(request, 200, { toTag: '1' }))).toBe(true)
    for (const missing of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
      const lacking = createRequest({ method: 'REGISTER', uri: 'sip:d', headers: Object.entries(GOOD).filter(([name]) => name !== missing) })
      expect(checkResponse(createResponse(lacking, 200)), missing).toBe(false)
    }
  })
})
