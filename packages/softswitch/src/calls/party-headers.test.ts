import { describe, expect, it } from 'vitest'
import { diversionHeaders, fromHeader, numberUri, phoneIdentityHeaders, trustedIdentityHeaders } from './party-headers.ts'

const alice = { number: '18015550101', name: 'Alice "Al" Adams', anonymous: false }

describe('who a call comes from', () => {
  it.each([
    ['18015550101', 'sip:+18015550101@host'],
    ['442079460123', 'sip:+442079460123@host'],
    ['2001', 'sip:2001@host'],
    ['411', 'sip:411@host'],
  ])('%s is %s: E.164 has its +, extensions and short codes have none (RFC 3966 5.1.4)', (number, uri) => {
    expect(numberUri(number, 'host')).toBe(uri)
  })

  it('quotes a display name so that it stays one (RFC 3261 25.1)', () => {
    expect(fromHeader(alice, 'host')).toBe('"Alice \\"Al\\" Adams" <sip:+18015550101@host>')
  })

  it('an anonymous caller is hidden from phones and asserted to carriers (RFC 3323 4.1.1.3, RFC 3325 7)', () => {
    const hidden = { ...alice, anonymous: true }
    expect(fromHeader(hidden, 'host')).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>')
    expect(phoneIdentityHeaders(hidden, 'host')).toEqual([['Privacy', 'id']])
    expect(trustedIdentityHeaders(hidden, 'host')).toEqual([
      ['P-Asserted-Identity', '"Alice \\"Al\\" Adams" <sip:+18015550101@host>'],
      ['Privacy', 'id'],
    ])
  })

  it('a caller without number asserts nothing', () => {
    expect(trustedIdentityHeaders({ number: '', name: 'Alice', anonymous: false }, 'host')).toEqual([])
  })
})

describe('who sent it on', () => {
  it.each([
    ['always', 'unconditional', 302],
    ['busy', 'user-busy', 486],
    ['no-answer', 'no-answer', 408],
    ['unregistered', 'unavailable', 503],
    ['do-not-disturb', 'do-not-disturb', 480],
    ['deflection', 'deflection', 480],
  ] as const)('%s is told as %s (RFC 5806) and as cause %i (RFC 7044, RFC 4458)', (reason, told, cause) => {
    expect(diversionHeaders({ userId: 'bob', number: '2002', reason }, '2003', 'host')).toEqual([
      ['Diversion', `<sip:2002@host>;reason=${told};counter=1`],
      ['History-Info', `<sip:2002@host>;index=1, <sip:2003@host;cause=${cause}>;index=1.1;mp=1`],
    ])
  })

  it('nobody did', () => {
    expect(diversionHeaders(undefined, '2003', 'host')).toEqual([])
  })
})
