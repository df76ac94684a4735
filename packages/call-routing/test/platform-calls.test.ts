import { describe, expect, it } from 'vitest'
import { decideRoute, NO_SERVICES, type RoutingSnapshot } from '../src/index.ts'
import { account, ANN_NUMBER, BOB_NUMBER, number, ownerOf, PARTNER_NUMBER, rulesOf, SPARE_NUMBER } from './account-fixture.ts'

/** The platform itself calls for a number of the account: to send a fax. */
function callFor(snapshot: RoutingSnapshot, fromNumber: string, dialed: string) {
  return decideRoute(snapshot, { call: { direction: 'originating', fromLineId: '', fromNumber, dialed }, nowMs: 0, ownerOf, trail: [] })
}

/** 555 1212 would be directory assistance. */
const OUTSIDE_NUMBER = '16075550199'
const shown = { number: ANN_NUMBER, name: 'ADAMS ANN', anonymous: false }

describe('a call of the platform for a number of the account', () => {
  it('goes to a carrier, and shows the number with its name, whatever its user hides', () => {
    const decision = callFor(account(), ANN_NUMBER, OUTSIDE_NUMBER)
    expect(decision).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER, caller: shown, category: 'OffNet', diversion: undefined })
    expect(rulesOf(decision)).toContain('caller-number')
    expect(callFor(account(), SPARE_NUMBER, OUTSIDE_NUMBER)).toMatchObject({ caller: { number: SPARE_NUMBER, name: '', anonymous: false } })
  })

  it('goes to another account of the partition by its number, and to a number of the account itself', () => {
    expect(callFor(account(), ANN_NUMBER, PARTNER_NUMBER)).toMatchObject({ kind: 'on-net', accountId: 'partner', number: PARTNER_NUMBER, caller: shown })
    expect(callFor(account(), ANN_NUMBER, BOB_NUMBER)).toMatchObject({ kind: 'ring', target: 'user:bob', caller: shown })
    const faxLines = new Map([['office', { id: 'office', name: 'Office' }]])
    const withLine = account({ numbers: [number(SPARE_NUMBER, ['VFAX', 'office'])], changes: { services: { ...NO_SERVICES, faxLines } } })
    expect(callFor(withLine, ANN_NUMBER, SPARE_NUMBER)).toMatchObject({ kind: 'serve', service: { kind: 'fax', faxLineId: 'office' }, caller: shown })
  })

  it('reads what was written as a number in every plan of dialing, and is no way to dial codes or services', () => {
    for (const dialingBehavior of ['OPEN_DIAL_PLAN', 'SEVEN_DIGIT', 'DIAL_NINE_TEN_DIGIT'] as const)
      expect(callFor(account({ changes: { dialingBehavior } }), ANN_NUMBER, OUTSIDE_NUMBER)).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER })
    for (const dialed of ['*67', '411', '988', '', 'fax'])
      expect(callFor(account(), ANN_NUMBER, dialed), dialed).toMatchObject({ kind: 'reject', code: 'NotAllowedByDialPlan' })
  })

  it('is none for a number of nobody, or of somebody else, and none of an account that is suspended', () => {
    for (const from of ['', OUTSIDE_NUMBER, PARTNER_NUMBER])
      expect(callFor(account(), from, OUTSIDE_NUMBER), from).toMatchObject({ kind: 'reject', code: 'UnknownLine' })
    expect(callFor(account({ changes: { accountStatus: 'SUSPENDED' } }), ANN_NUMBER, OUTSIDE_NUMBER)).toMatchObject({ kind: 'reject', code: 'AccountBlocked' })
  })
})
