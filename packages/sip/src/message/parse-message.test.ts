import { describe, expect, it } from 'vitest'
import { parseMessage, type ParseFailure } from './parse-message.ts'
import type { SipMessage } from './sip-message.ts'

const LINES = ['OPTIONS sip:h SIP/2.0', 'Via: SIP/2.0/UDP a;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: x', 'CSeq: 1 OPTIONS']

function bytesOf(o: { replace?: Readonly<Record<number, string>>; add?: readonly string[]; body?: string }): Buffer {
  const lines = LINES.map((line, index) => o.replace?.[index] ?? line)
  return Buffer.from(`${[...lines, ...(o.add ?? [])].join('\r\n')}\r\n\r\n${o.body ?? ''}`, 'latin1')
}

function parsed(bytes: Buffer): SipMessage {
  const result = parseMessage(bytes)
  if (!result.ok) throw new Error(result.error.reason)
  return result.value
}

function failure(bytes: Buffer, limits?: { maxHeaderBytes?: number; maxHeaders?: number }): ParseFailure | undefined {
  const result = parseMessage(bytes, limits)
  return result.ok ? undefined : result.error
}

describe('parseMessage', () => {
  it('reads fields in any case, compact, folded, with spaces before the colon (RFC 3261 7.3.1)', () => {
    const message = parsed(bytesOf({ add: ['s  :  a', ' b', '\tc  ', 'K: x', 'SUPPORTED :y,,z', 'Subject: no'] }))
    expect(message.header('subject')).toBe('a b c')
    expect(message.headers('subject')).toEqual(['a b c', 'no'])
    expect(message.headers('supported')).toEqual(['x', 'y', 'z'])
    expect(message.allHeaders().slice(5)).toEqual([
      ['s', 'a b c'],
      ['K', 'x'],
      ['SUPPORTED', 'y,,z'],
      ['Subject', 'no'],
    ])
    expect([message.header('X-None'), message.headers('x-none')]).toEqual([undefined, []])
  })

  it('splits lists at commas outside quotes and <>, and leaves credentials, dates and unknown fields whole (RFC 3261 7.3.1)', () => {
    const contact = 'Contact: "a, \\", b" <sip:a@b?x=1,2>;q=1 , <sip:c@d>,,sip:e@f'
    const message = parsed(bytesOf({ add: [contact, 'Contact: <sip:g@h>', 'Authorization: Digest a="b, c", d=e', 'Date: Sat, 13 Nov', 'X-Thing: a, b'] }))
    expect(message.headers('contact')).toEqual(['"a, \\", b" <sip:a@b?x=1,2>;q=1', '<sip:c@d>', 'sip:e@f', '<sip:g@h>'])
    expect(message.contacts.map((address) => address.uriText)).toEqual(['sip:a@b?x=1,2', 'sip:c@d', 'sip:e@f', 'sip:g@h'])
    expect(['authorization', 'date', 'x-thing'].map((name) => message.headers(name).length)).toEqual([1, 1, 1])
  })

  it('reads UTF-8, and ISO 8859-1 where bytes are not UTF-8, without touching the body', () => {
    const name = Buffer.from('"Jürgen 大" <sip:a@b>;tag=1', 'utf8').toString('latin1')
    const message = parsed(bytesOf({ replace: { 2: `From: ${name}`, 3: 'To: "Jos\xe9" <sip:c@d>' }, add: ['Content-Length: 3'], body: '\xff\0\x80rest' }))
    expect([message.from.displayName, message.to.displayName, message.fromTag]).toEqual(['Jürgen 大', 'José', '1'])
    expect([...message.body]).toEqual([0xff, 0, 0x80])
  })

  it('takes the rest for the body without Content-Length, ignores what is too much (RFC 3261 18.3)', () => {
    expect(parsed(bytesOf({ body: 'abc' })).bodyText).toBe('abc')
    expect(parsed(bytesOf({ add: ['l: 2'], body: 'abc' })).bodyText).toBe('ab')
    expect(parsed(Buffer.concat([Buffer.from('\r\n\r\n'), bytesOf({ add: ['l: 0'] })])).kind).toBe('request')
  })

  it.each(['4', '-1', '+1', '1 1', '', '0x1', '1e1', '99999999999999999999', '2\r\nContent-Length: 2'])(
    'refuses Content-Length %j for three bytes (RFC 4475 3.1.2.2, 3.3.9)',
    (length) => {
      expect(failure(bytesOf({ add: [`Content-Length: ${length}`], body: 'abc' }))).toMatchObject({ statusCode: 400, drop: false })
    },
  )

  it.each([
    ['a line without colon', { add: ['Foobar roobar'] }],
    ['a line with a bare line feed', { add: ['Subject: a\nVia: SIP/2.0/UDP evil'] }],
    ['a fold behind a bare line feed', { add: ['Subject: a\n b'] }],
    ['a name with a space', { add: ['Sub ject: a'] }],
    ['no name', { add: [': a'] }],
    ['a fold before the first field', { replace: { 1: ' Via: x\r\nVia: SIP/2.0/UDP a' } }],
  ])('refuses %s, but lets it be answered (RFC 3261 8.2, 7)', (_, change) => {
    const refused = failure(bytesOf(change))
    expect(refused).toMatchObject({ statusCode: 400, drop: false })
    expect(refused?.request?.callId).toBe('x')
  })

  it('refuses another version with 505 (RFC 4475 3.1.2.16), takes ours in any case', () => {
    expect(failure(bytesOf({ replace: { 0: 'OPTIONS sip:h SIP/7.0' } }))).toMatchObject({ statusCode: 505, drop: false })
    expect(parsed(bytesOf({ replace: { 0: 'OPTIONS sip:h sip/2.0' } })).kind).toBe('request')
    expect(parsed(bytesOf({ replace: { 0: 'sip/2.0 200 OK' } }))).toMatchObject({ kind: 'response', statusCode: 200, reasonPhrase: 'OK' })
  })

  it.each([
    'SIP/2.0 99 Low',
    'SIP/2.0 700 High',
    'SIP/2.0 2000 Long',
    'SIP/2.0 20x',
    'SIP/3.0 200 OK',
    'SIP/2.0',
    'SIP/2.0  200 OK',
    'ACK  sip:h SIP/2.0',
    'OPTIONS sip:h SIP/2.0\nVia: SIP/2.0/UDP b',
    'GET / HTTP/1.1',
  ])('drops %s: nothing of it can be answered', (line) => {
    const change = line.startsWith('GET') ? { replace: { 0: line, 1: 'Host: h' } } : { replace: { 0: line } }
    expect(failure(bytesOf(change))).toMatchObject({ drop: true, request: undefined })
  })

  it.each(['', '\r\n\r\n', '\0\0\0\0', 'jaK', 'OPTIONS', 'OPTIONS sip:h SIP/2.0\r\n', `${LINES.slice(0, 3).join('\r\n')}\r\n`])('drops %j', (text) => {
    expect(failure(Buffer.from(text))).toMatchObject({ statusCode: 400, drop: true })
  })

  it('answers 513 to headers of 80 kB, of one line or of many, and to more fields than allowed (RFC 3261 21.5.7)', () => {
    const large = 'x'.repeat(80_000)
    expect(failure(bytesOf({ add: [`X-Large: ${large}`] }))).toMatchObject({ statusCode: 513, drop: false })
    expect(failure(bytesOf({ replace: { 0: `OPTIONS sip:${large} SIP/2.0` } }))).toMatchObject({ statusCode: 513, drop: true })
    expect(failure(bytesOf({ add: Array.from({ length: 10_000 }, (_, n) => `X-${n}: y`) }))).toMatchObject({ statusCode: 513, drop: false })
    expect(failure(bytesOf({ add: Array.from({ length: 300 }, () => 'no colon') }))).toMatchObject({ statusCode: 513 })
    expect(failure(bytesOf({ add: ['X: y'] }), { maxHeaders: 5 })).toMatchObject({ statusCode: 513 })
    expect(failure(bytesOf({}), { maxHeaderBytes: 60 })).toMatchObject({ statusCode: 513 })
  })

  it('reads a large body behind small headers', () => {
    expect(parsed(bytesOf({ add: ['l: 100000'], body: 'x'.repeat(100_000) })).body).toHaveLength(100_000)
  })

  it('takes no time over hostile datagrams', () => {
    const fill = (piece: string): string => piece.repeat(Math.floor(60_000 / piece.length))
    const lines = [
      `X: ${fill(' ')}x\r\n y`,
      `X: ${fill('\r\n ')}`,
      `Contact: ${fill('<')}`,
      `Contact: ${fill('a,')}`,
      `Contact: ${fill('"')}`,
      `Via: ${fill('SIP/2.0/UDP h,')}`,
      `To: ${fill('sip:')}`,
      fill('a\r\n'),
      `Contact: ${fill('<sip:a>,')}`,
      `Contact: sip:h${fill(';a')}`,
    ]
    // Of the processor: the machine may have other things to do.
    const before = process.threadCpuUsage()
    for (const line of lines) {
      const result = parseMessage(bytesOf({ add: [line] }))
      if (result.ok) void [result.value.headers('x'), result.value.contacts, result.value.vias, result.value.to, result.value.allHeaders()]
    }
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(1000)
  })
})

describe('a message that nobody checked', () => {
  it('reads as empty where values are missing or malformed', () => {
    const message = parsed(Buffer.from('X sip:h SIP/2.0\r\nFrom: "\r\nCSeq: 1\r\nVia: x, y\r\nMax-Forwards: many\r\nContact: *\r\n\r\n'))
    expect([message.callId, message.fromTag, message.toTag, message.maxForwards, message.contentType]).toEqual(['', undefined, undefined, undefined, undefined])
    expect([message.from.uri.scheme, message.to.displayName, message.topVia.host, message.cseq]).toEqual(['', '', '', { sequence: -1, method: '' }])
    expect([message.contactIsStar, message.contacts, message.vias.length]).toEqual([true, [], 2])
  })
})
