import { describe, expect, it } from 'vitest'
import { account, ANN_NUMBER, ann, attempt, BOB_NUMBER, bob, carrier, dial, emergencyAddress, line, number, receive, SPARE_NUMBER } from './account-fixture.ts'

describe('a call for help', () => {
  it("carries the user's number, its address and the emergency carriers (S0-75, S1-95)", () => {
    expect(dial(account(), 'ann-desk', '911')).toMatchObject({
      kind: 'emergency',
      service: '911',
      carrierIds: ['first', 'second', 'down'],
      callbackNumber: ANN_NUMBER,
      location: emergencyAddress,
      caller: { number: ANN_NUMBER, name: 'ADAMS ANN', anonymous: false },
    })
  })

  it("prefers the line's emergency number, then the caller ID, then a number of the user, then of the account (S1-95)", () => {
    const withLineNumber = account({ lines: [line('ann-desk', 'ann', { emergencyNumber: SPARE_NUMBER })] })
    expect(dial(withLineNumber, 'ann-desk', '911')).toMatchObject({ callbackNumber: SPARE_NUMBER, location: undefined })
    expect(dial(account(), 'bob-desk', '911')).toMatchObject({ callbackNumber: BOB_NUMBER })
    expect(dial(account({ numbers: [number(BOB_NUMBER)] }), 'bob-desk', '911')).toMatchObject({ callbackNumber: ANN_NUMBER })
    expect(dial(account(), 'lobby', '911')).toMatchObject({ callbackNumber: ANN_NUMBER })
    expect(dial(account({ changes: { numbers: new Map() } }), 'lobby', '911')).toMatchObject({
      kind: 'emergency',
      callbackNumber: undefined,
      location: undefined,
    })
  })

  it('does not call back a stranger: a number that has left the account is only used when there is no other', () => {
    const gone = [line('ann-desk', 'ann', { emergencyNumber: '13105550000' })]
    expect(dial(account({ lines: gone }), 'ann-desk', '911')).toMatchObject({ callbackNumber: ANN_NUMBER, location: emergencyAddress })
    expect(dial(account({ lines: gone, changes: { numbers: new Map() } }), 'ann-desk', '911')).toMatchObject({ callbackNumber: '13105550000' })
  })

  it('calls back on a number in service that is not toll-free, when it has to choose', () => {
    const numbers = [
      number(BOB_NUMBER, ['END_USER', 'bob'], { operationalStatus: 'STAGED' }),
      number('18885550000', ['END_USER', 'bob']),
      number('18015550009', ['END_USER', 'bob']),
    ]
    expect(dial(account({ numbers }), 'bob-desk', '911')).toMatchObject({ callbackNumber: '18015550009' })
  })

  it('is not stopped by suspension, an inactive or unknown line, hidden caller ID, the dial plan or the hop limit (C-58, S0-76, S0-78)', () => {
    const worst = account({
      users: [{ ...ann, externalCallerIdVisible: false, callHandling: { ...ann.callHandling, doNotDisturbEnabled: true } }],
      lines: [line('ann-desk', 'ann', { adminState: 'INACTIVE' })],
      changes: { accountStatus: 'SUSPENDED', dialingBehavior: 'DIAL_NINE_TEN_DIGIT', extensionLength: 3, userIdByExtension: new Map([['911', 'bob']]) },
    })
    const decision = dial(worst, 'ann-desk', '911', [], { hopLimit: 0 })
    expect(decision).toMatchObject({ kind: 'emergency', callbackNumber: ANN_NUMBER, caller: { anonymous: false } })
    expect(decision.steps[0]).toMatchObject({ rule: 'emergency' })
    expect(dial(worst, 'nobody', '9-911')).toMatchObject({ kind: 'emergency', service: '911' })
  })

  it('goes on to the next carrier after any failure at all', () => {
    const trail = [attempt('carrier:first', 'busy', 486), attempt('carrier:second', 'declined', 603)]
    expect(dial(account(), 'ann-desk', '911', trail.slice(0, 1))).toMatchObject({ carrierIds: ['second', 'down'] })
    expect(dial(account(), 'ann-desk', '911', trail)).toMatchObject({ carrierIds: ['down'] })
    expect(dial(account(), 'ann-desk', '911', [...trail, attempt('carrier:down', 'failed', 503)])).toMatchObject({ kind: 'emergency', carrierIds: [] })
  })

  it('takes preferred carriers first, then capable ones, then any; one that is down last of its kind', () => {
    const carriers = [carrier('any', 1), carrier('capable', 9, { emergencyCapable: true }), carrier('psap-b', 3), carrier('psap-a', 3, { healthy: false })]
    const snapshot = account({ carriers, changes: { emergencyCarrierIds: ['psap-a', 'psap-b', 'unlisted'] } })
    expect(dial(snapshot, 'ann-desk', '911')).toMatchObject({ carrierIds: ['psap-b', 'unlisted', 'psap-a', 'capable', 'any'] })
  })

  it('checks the address with 933 on the same way (C-59)', () => {
    expect(dial(account(), 'ann-desk', '933')).toMatchObject({ kind: 'emergency', service: '933', callbackNumber: ANN_NUMBER, location: emergencyAddress })
  })

  it('is not what a call from outside for an ordinary number is', () => {
    expect(receive(account({ users: [bob] }), BOB_NUMBER).kind).toBe('ring')
  })
})
