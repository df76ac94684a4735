import { describe, expect, it } from 'vitest'
import { decideRoute, NO_SERVICES } from '../src/index.ts'
import type { CallsOfAccount, RouteFacts, RoutingSnapshot, RoutingUser } from '../src/index.ts'
import { account, ann, ANN_NUMBER } from './account-fixture.ts'

const spot = { id: 's1', name: 'Lobby', spotNumber: '701', timeoutSeconds: 60, music: [] }
const target = { referenceType: 'CALL_PARKING_SPOT', referenceId: 's1' }
const services = { ...NO_SERVICES, parkingSpots: new Map([['s1', spot]]), targetByExtension: new Map([['701', target]]) }
const withSpot = (): RoutingSnapshot => account({ changes: { services } })

const quiet: CallsOfAccount = {
  parkedAt: () => undefined,
  otherCallOf: () => undefined,
  lastCallerOf: () => undefined,
  ringingAt: () => undefined,
  talkAt: () => undefined,
}
const taken: CallsOfAccount = { ...quiet, parkedAt: () => ({ sessionId: 'parked' }) }
const talking: CallsOfAccount = { ...quiet, otherCallOf: (lineId) => (lineId === 'ann-desk' ? { sessionId: 'held', side: 'callee' } : undefined) }

const decide = (call: RouteFacts['call'], calls: CallsOfAccount | undefined, more: Partial<RouteFacts> = {}) =>
  decideRoute(withSpot(), { call, nowMs: 0, ownerOf: () => undefined, trail: [], calls, ...more })
const transferred = { direction: 'originating', fromLineId: 'ann-desk', dialed: '701' } as const
const dialed = { ...transferred, isByPhone: true } as const
const caller = { number: '16075551212', name: 'Guest', anonymous: false }
const fromMenu = { direction: 'continuing', to: target, calledNumber: ANN_NUMBER, caller } as const

describe('a parking spot (S0-51, S0-59)', () => {
  it('who is transferred there waits, and comes back to whoever did it', () => {
    const service = { kind: 'park', spot, returnTo: { referenceType: 'PHONES_OF_USER', referenceId: 'ann' } }
    expect(decide(transferred, talking)).toMatchObject({ kind: 'serve', target: 'parking:s1', service })
  })

  it('he comes back to every phone of the user, whatever is set for other calls; not in a call that is the only one he wants', () => {
    const back = { direction: 'continuing', to: { referenceType: 'PHONES_OF_USER', referenceId: 'ann' }, calledNumber: '701', caller } as const
    const ring = { kind: 'ring', lineIds: ['ann-desk', 'ann-app'], userId: 'ann', target: 'user:ann', timeoutMs: undefined }
    expect(decide(back, quiet)).toMatchObject(ring)
    const handled = (handling: Partial<RoutingUser['callHandling']>, isBusy = false) => {
      const snapshot = account({ users: [{ ...ann, callHandling: { ...ann.callHandling, ...handling } }], changes: { services } })
      return decideRoute(snapshot, { call: back, nowMs: 0, ownerOf: () => undefined, trail: [], isBusy: () => isBusy })
    }
    expect(handled({ doNotDisturbEnabled: true })).toMatchObject(ring)
    expect(handled({ optionType: 'ForwardAlways', forwardAlwaysToNumber: '4002' })).toMatchObject(ring)
    expect([handled({ callWaitingEnabled: false }), handled({ callWaitingEnabled: false }, true)]).toMatchObject([ring, { code: 'UserBusy' }])
    const tried = { target: 'user:ann', outcome: 'declined', statusCode: 603 } as const
    expect(decide(back, quiet, { trail: [tried] })).toMatchObject({ kind: 'reject', code: 'Declined' })
  })

  it('who comes there by a menu or a number waits as well, and belongs to nobody', () => {
    expect(decide(fromMenu, quiet)).toMatchObject({ kind: 'serve', service: { kind: 'park', returnTo: undefined } })
  })

  it('a second one is refused as busy', () => {
    for (const call of [transferred, fromMenu]) expect(decide(call, taken)).toMatchObject({ kind: 'reject', code: 'SpotTaken', statusCode: 486 })
  })

  it('a phone that dials it fetches who waits, else parks the call it has, else hears that nobody is there', () => {
    expect(decide(dialed, taken)).toMatchObject({ kind: 'take', from: { how: 'retrieve', sessionId: 'parked' } })
    expect(decide(dialed, talking)).toMatchObject({ kind: 'serve', service: { kind: 'park-other', call: { sessionId: 'held', side: 'callee' } } })
    expect(decide(dialed, quiet)).toMatchObject({ kind: 'reject', code: 'SpotEmpty', statusCode: 480 })
    expect(decide(dialed, undefined)).toMatchObject({ kind: 'reject', code: 'SpotEmpty' })
  })

  it('a switch without services parks nobody', () => {
    expect(decide(transferred, quiet, { canServe: false })).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
  })
})
