import { createRequest } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
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
