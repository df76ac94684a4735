import { describe, expect, it } from 'vitest'
import { CALLBACK_WINDOW_MS, decideRoute, NO_SERVICES } from '../src/index.ts'
import type { RouteAttempt, RouteFacts, RoutingSnapshot } from '../src/index.ts'
import { account, ANN_NUMBER, ann, attempt, line, outsideCaller, ownerOf } from './account-fixture.ts'

const trunk = {
  ...{ concurrentCalls: 1, maxBurstCalls: 0, primaryNumber: undefined, localServicesEnabled: false, extensionPatterns: [], chargeNumber: undefined },
  ...{ numberDigits: 10, groupId: undefined, address: { address: '192.0.2.7', port: 5060 } },
}
const NOW_MS = Date.UTC(2026, 0, 5, 10)
const TARGET = `callback:${ANN_NUMBER}`

/** Everything that could stand in the way: Ann wants no calls and sends them on, her line is out of service, the account is suspended. */
const worst = account({
  users: [
    {
      ...ann,
      callHandling: {
        ...ann.callHandling,
        doNotDisturbEnabled: true,
        optionType: 'ForwardAlways',
        forwardAlwaysToNumber: '12125550199',
        busy: { type: 'Busy' },
      },
    },
  ],
  lines: [line('ann-desk', 'ann', { adminState: 'INACTIVE' })],
  changes: { accountStatus: 'SUSPENDED' },
})

function callIn(snapshot: RoutingSnapshot, changes: Partial<RouteFacts> = {}, trail: readonly RouteAttempt[] = []) {
  const call = { direction: 'terminating', calledNumber: ANN_NUMBER, caller: outsideCaller } as const
  const recentEmergency = (number: string) => (number === ANN_NUMBER ? ['ann-desk'] : [])
  return decideRoute(snapshot, { call, nowMs: NOW_MS, ownerOf, trail, recentEmergency, ...changes })
}

function stored(atMs: number, ...lineIds: readonly string[]): RoutingSnapshot {
  return { ...worst, services: { ...NO_SERVICES, emergenciesByNumber: new Map([[ANN_NUMBER, lineIds.map((lineId) => ({ lineId, atMs }))]]) } }
}

describe('a call to the callback number after a call to 911 (47 CFR 9.3, RFC 7090)', () => {
  it('rings the line that called, through suspension, an inactive line, do not disturb and forwarding', () => {
    expect(callIn(worst)).toMatchObject({ kind: 'ring', lineIds: ['ann-desk'], userId: 'ann', target: TARGET, timeoutMs: 60_000, isCallback: true })
    expect(callIn(worst).steps.map((step) => step.rule)).toEqual(['psap-callback'])
  })

  it('is remembered by what was stored as well, every line once, for half an hour', () => {
    const recentEmergency = undefined
    expect(callIn(stored(NOW_MS - CALLBACK_WINDOW_MS + 1, 'ann-desk', 'lobby'))).toMatchObject({ lineIds: ['ann-desk', 'lobby'], userId: undefined })
    expect(callIn(stored(NOW_MS - CALLBACK_WINDOW_MS + 1, 'ann-desk'), { recentEmergency })).toMatchObject({ lineIds: ['ann-desk'] })
    expect(callIn(stored(NOW_MS - CALLBACK_WINDOW_MS, 'ann-desk'), { recentEmergency })).toMatchObject({ kind: 'reject', code: 'AccountBlocked' })
  })

  it('rings a PBX alone, with the digits it is sent, at its address (S1-112)', () => {
    const pbx = line('pbx', undefined, { trunk })
    const snapshot = account({ lines: [pbx] })
    const recentEmergency = () => ['pbx', 'ann-desk']
    expect(callIn(snapshot, { recentEmergency })).toMatchObject({ lineIds: ['pbx'], trunk: { digits: ANN_NUMBER.slice(1), address: trunk.address } })
    expect(callIn(snapshot, { recentEmergency: () => ['ann-desk', 'pbx'] })).toMatchObject({ lineIds: ['ann-desk'] })
  })

  it('goes like any other call when that line does not answer, when it is gone, and when nobody called', () => {
    const ordinary = account()
    expect(callIn(ordinary, {}, [attempt(TARGET, 'no-answer', 480)])).toMatchObject({ kind: 'ring', target: 'user:ann' })
    expect(callIn(ordinary, { recentEmergency: () => ['gone'] })).toMatchObject({ kind: 'ring', target: 'user:ann' })
    expect(callIn(ordinary, { recentEmergency: () => [] })).toMatchObject({ kind: 'ring', target: 'user:ann' })
  })

  it('never outlives the hop limit', () => {
    expect(callIn(account(), { hopLimit: 1 }, [attempt('user:bob', 'busy', 486)])).toMatchObject({ kind: 'reject', code: 'HopLimit' })
  })
})
