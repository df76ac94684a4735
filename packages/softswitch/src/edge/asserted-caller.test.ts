import { createRequest, parseMessage } from '@dialtone/sip'
import type { Header, SipRequest } from '@dialtone/sip'
import { describe, expect, it } from 'vitest'
import { assertedCaller } from './asserted-caller.ts'
import { dialedText } from './dialed-text.ts'

function invite(headers: readonly Header[], uri = 'sip:+18015550101@host') {
  const given = headers.some(([name]) => name === 'From') ? headers : [['From', '"Gran" <sip:+12125550142@pstn>;tag=1'] as const, ...headers]
  return createRequest({ method: 'INVITE', uri, headers: [['To', `<${uri}>`], ['Call-ID', 'c'], ['CSeq', '1 INVITE'], ...given] })
}

describe('assertedCaller', () => {
  it('believes a carrier: P-Asserted-Identity before From (RFC 3325 9.1)', () => {
    expect(assertedCaller(invite([]))).toEqual({ number: '12125550142', name: 'Gran', anonymous: false })
    const asserted = invite([['P-Asserted-Identity', '"Grandma" <sip:+12125550143@pstn>, <tel:+12125550144>']])
    expect(assertedCaller(asserted)).toEqual({ number: '12125550143', name: 'Grandma', anonymous: false })
  })

  it.each(['id', 'user;id', 'full'])('Privacy: %s hides who it is (RFC 3323 4.2)', (privacy) => {
    expect(assertedCaller(invite([['Privacy', privacy]]))).toMatchObject({ number: '12125550142', anonymous: true })
  })

  it('Privacy: none hides nothing', () => {
    expect(assertedCaller(invite([['Privacy', 'none']])).anonymous).toBe(false)
  })

  it('anonymous@anonymous.invalid is nobody, whose name is not shown either', () => {
    const request = invite([['From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1']])
    expect(assertedCaller(request)).toEqual({ number: '', name: '', anonymous: true })
  })

  it('cuts a name that no display could hold', () => {
    const request = invite([['From', `"${'x'.repeat(5000)}" <sip:+12125550142@pstn>;tag=1`]])
    expect(assertedCaller(request).name.length).toBe(64)
  })
})

/** An INVITE as it comes from the wire. */
function received(...lines: readonly string[]): SipRequest {
  const head = ['INVITE sip:+18015550101@host SIP/2.0', 'Via: SIP/2.0/UDP pstn;branch=z9hG4bK1', 'To: <sip:+18015550101@host>', 'Call-ID: c', 'CSeq: 1 INVITE']
  const from = lines.some((line) => /^f(rom)?\s*:/i.test(line)) ? [] : ['From: <sip:+12125550100@pstn>;tag=1']
  const parsed = parseMessage(Buffer.from([...head, ...from, ...lines, 'Content-Length: 0', '', ''].join('\r\n')))
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request')
  return parsed.value
}

describe('the identity a carrier asserts, in every spelling (RFC 3261 7.3.1, RFC 3325 9.1)', () => {
  it.each([
    ['space before the colon', ['P-Asserted-Identity : "Gran" <sip:+12125550143@pstn>']],
    ['mixed case', ['p-aSSERTED-identity: "Gran" <sip:+12125550143@pstn>']],
    ['folded', ['P-Asserted-Identity:', ' "Gran"', '\t<sip:+12125550143@pstn>']],
    ['two values in one line', ['P-Asserted-Identity: "Gran" <sip:gran@pstn>, <tel:+1-212-555-0143>']],
    ['two lines', ['P-Asserted-Identity: "Gran" <sip:gran@pstn>', 'P-Asserted-Identity: <tel:+12125550143>']],
    ['user=phone', ['P-Asserted-Identity: "Gran" <sip:+12125550143@pstn;user=phone>']],
    ['without brackets', ['P-Asserted-Identity: sip:+12125550143@pstn', 'f: "Nobody" <sip:+12125550100@pstn>;tag=1'], ''],
    ['an escaped user', ['P-Asserted-Identity: "Gran" <sip:%2B12125550143@pstn>']],
    [
      'Remote-Party-ID of the one who calls',
      ['Remote-Party-ID: <sip:+12125550199@pstn>;party=called, "Gran" <sip:+12125550143@pstn>;party=calling;screen=yes;privacy=off'],
    ],
    ['P-Asserted-Identity before Remote-Party-ID', ['Remote-Party-ID: <sip:+12125550199@pstn>', 'P-Asserted-Identity: "Gran" <sip:+12125550143@pstn>']],
  ])('%s', (_what, lines, name = 'Gran') => {
    expect(assertedCaller(received(...lines))).toEqual({ number: '12125550143', name, anonymous: false })
  })

  it('a quoted name with escapes and a comma is one name', () => {
    expect(assertedCaller(received('P-Asserted-Identity: "O\\"Gran, \\\\ <sip:+19@x>" <sip:+12125550143@pstn>'))).toMatchObject({
      number: '12125550143',
      name: 'O"Gran, \\ <sip:+19@x>',
    })
  })

  it('P-Preferred-Identity asserts nothing (RFC 3325 9.2)', () => {
    expect(assertedCaller(received('P-Preferred-Identity: <sip:+12125550143@pstn>')).number).toBe('12125550100')
  })

  it.each([
    ['Privacy: id;critical', true],
    ['PRIVACY : user', true],
    ['Privacy: header;session', false],
    ['Privacy: none', false],
    // 4.2: none is none, whatever stands beside it.
    ['Privacy: id;none', false],
    ['Remote-Party-ID: <sip:+12125550143@pstn>;privacy=full', true],
    ['Remote-Party-ID: <sip:+12125550143@pstn>;privacy=name', false],
  ])('%s hides the caller: %s (RFC 3323 4.2)', (line, anonymous) => {
    expect(assertedCaller(received(line)).anonymous).toBe(anonymous)
  })

  it.each([
    ['From: "Anonymous" <sip:anonymous@pstn>;tag=1', true],
    ['From: <sip:restricted@anonymous.invalid>;tag=1', true],
    ['From: "Anonymous" <sip:restricted@pstn>;tag=1', false],
    // The forerunner is not read beside it, and neither is what it wants.
    ['Remote-Party-ID: <sip:+12125550143@pstn>;privacy=full', false],
  ])('beside P-Asserted-Identity, %s hides the caller: %s (RFC 3323 4.1.1.3)', (line, anonymous) => {
    const identity = 'P-Asserted-Identity: <tel:+12125550143>'
    expect(assertedCaller(received(identity, line))).toMatchObject({ number: '12125550143', anonymous })
  })

  it('Privacy may stand in several lines', () => {
    expect(assertedCaller(received('Privacy: header', 'Privacy: id')).anonymous).toBe(true)
  })
})

describe('dialedText', () => {
  it.each([
    ['sip:2001@host', '2001'],
    ['sip:+18015550101;npdi;rn=1@host', '+18015550101'],
    ['tel:+1-801-555-0101', '+1-801-555-0101'],
    ['sip:%39%311@host', '911'],
    ['sip:host', ''],
  ])('%s dials "%s" (RFC 3261 19.1.6, RFC 3966)', (uri, dialed) => {
    expect(dialedText(invite([], uri))).toBe(dialed)
  })
})
