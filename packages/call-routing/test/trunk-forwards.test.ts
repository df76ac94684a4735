import { describe, expect, it } from 'vitest'
import type { CallTarget, RouteAttempt, RoutingSnapshot, RoutingTrunk, RoutingTrunkForwards } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, attempt, line, number, OUTSIDE_NUMBER, receive, rulesOf, SPARE_NUMBER } from './account-fixture.ts'

const trunk: RoutingTrunk = {
  concurrentCalls: 2,
  maxBurstCalls: 1,
  primaryNumber: undefined,
  localServicesEnabled: false,
  extensionPatterns: [],
  chargeNumber: undefined,
  numberDigits: undefined,
  groupId: undefined,
  address: undefined,
}
const OTHER_NUMBER = '13035550177'
const to = (referenceType: string, referenceId = ''): CallTarget => ({ referenceType, referenceId })
const rules = (changes: Partial<RoutingTrunkForwards> = {}): RoutingTrunkForwards => ({ always: undefined, onFailure: [], onCapacityExceeded: [], ...changes })

interface Given {
  readonly east?: Partial<RoutingTrunkForwards>
  readonly west?: Partial<RoutingTrunkForwards>
  readonly group?: Partial<RoutingTrunkForwards>
  readonly reference?: readonly [string, string]
}

/** Two PBXs, together in the group "both"; the spare number leads to the eastern one, or where it is said. */
function pbxs({ east = {}, west = {}, group = {}, reference = ['SIP_TRUNK', 'east'] }: Given = {}): RoutingSnapshot {
  const trunkForwards = new Map([['east', rules(east)], ['west', rules(west)]]) // prettier-ignore
  const trunkGroups = new Map([['both', { id: 'both', name: 'Both', trunkIds: ['east', 'west'], forwards: rules(group) }]])
  return account({
    lines: [line('east', undefined, { trunk }), line('west', undefined, { trunk })],
    numbers: [number(SPARE_NUMBER, reference)],
    changes: { services: { ...NO_SERVICES, trunkForwards, trunkGroups } },
  })
}

const tried = (target: string, outcome: RouteAttempt['outcome'] = 'unregistered', statusCode = 480) => attempt(target, outcome, statusCode)
const full = (...ids: readonly string[]) => ({ activeCallsOf: (id: string) => (ids.includes(id) ? 3 : 0) })
const chain = [to('SIP_TRUNK', 'west'), to('END_USER', 'ann'), to('TELEPHONE', OUTSIDE_NUMBER), to('BUSY')]

describe('a trunk with forward rules', () => {
  it('forwardAlways: every call goes elsewhere, and says always', () => {
    const decision = receive(pbxs({ east: { always: to('END_USER', 'ann') } }), SPARE_NUMBER)
    expect(decision).toMatchObject({ kind: 'ring', userId: 'ann', diversion: { userId: 'east', number: SPARE_NUMBER, reason: 'always' } })
    expect(receive(pbxs({ east: { always: to('BUSY') } }), SPARE_NUMBER)).toMatchObject({ statusCode: 486 })
  })

  it('forwardOnFailure: in order, each when the one before it cannot be had', () => {
    const snapshot = pbxs({ east: { onFailure: chain } })
    const trail: RouteAttempt[] = []
    const next = () => receive(snapshot, SPARE_NUMBER, trail)
    expect(next()).toMatchObject({ kind: 'ring', lineIds: ['east'] })
    trail.push(tried('line:east', 'failed', 503))
    expect(next()).toMatchObject({ kind: 'ring', lineIds: ['west'], calledNumber: SPARE_NUMBER, diversion: { userId: 'east', reason: 'unregistered' } })
    trail.push(tried('line:west'))
    expect(next()).toMatchObject({ kind: 'ring', userId: 'ann' })
    trail.push(tried('user:ann', 'no-answer'))
    expect(next()).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER })
    trail.push(tried('carrier:first', 'failed', 404))
    expect(next()).toMatchObject({ kind: 'reject', statusCode: 486, code: 'UserBusy' })
    expect(rulesOf(next())).toContain('trunk-forward')
  })

  it('the PBX that is busy or declines has spoken for its people: nothing is followed', () => {
    const snapshot = pbxs({ east: { onFailure: chain } })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:east', 'busy', 486)])).toMatchObject({ kind: 'reject', statusCode: 486 })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:east', 'declined', 603)])).toMatchObject({ kind: 'reject', statusCode: 603 })
  })

  it('S1-117 forwardOnCapacityExceeded: when all call paths and the burst are taken, before the PBX is asked', () => {
    const snapshot = pbxs({ east: { onCapacityExceeded: [to('SIP_TRUNK', 'west'), to('END_USER', 'ann')], onFailure: [to('END_USER', 'bob')] } })
    expect(receive(snapshot, SPARE_NUMBER, [], full())).toMatchObject({ lineIds: ['east'] })
    expect(receive(snapshot, SPARE_NUMBER, [], full('east'))).toMatchObject({ lineIds: ['west'], diversion: { userId: 'east', reason: 'busy' } })
    expect(receive(snapshot, SPARE_NUMBER, [], full('east', 'west'))).toMatchObject({ userId: 'ann' })
    expect(receive(pbxs(), SPARE_NUMBER, [], full('east'))).toMatchObject({ kind: 'reject', code: 'TrunkFull' })
  })

  it('forwardOnFailure: what a carrier says of one number it says of that one alone', () => {
    const numbers = [OUTSIDE_NUMBER, OTHER_NUMBER].map((one) => to('TELEPHONE', one))
    const snapshot = pbxs({ east: { onFailure: [...numbers, to('END_USER', 'ann')] } })
    const at = (statusCode: number, asked: string) => ({ ...tried('carrier:first', 'failed', statusCode), number: asked })
    const trail: RouteAttempt[] = [tried('line:east'), at(404, OUTSIDE_NUMBER)]
    expect(receive(snapshot, SPARE_NUMBER, trail)).toMatchObject({ kind: 'carrier', number: OTHER_NUMBER, carrierIds: ['first', 'second'] })
    trail.push(at(503, OTHER_NUMBER))
    expect(receive(snapshot, SPARE_NUMBER, trail)).toMatchObject({ kind: 'carrier', number: OTHER_NUMBER, carrierIds: ['second'] })
    trail.push({ ...at(404, OTHER_NUMBER), target: 'carrier:second' })
    expect(receive(snapshot, SPARE_NUMBER, trail)).toMatchObject({ kind: 'ring', userId: 'ann' })
  })

  it('two trunks that point at each other end with what is known', () => {
    const snapshot = pbxs({ east: { onFailure: [to('SIP_TRUNK', 'west')] }, west: { onFailure: [to('SIP_TRUNK', 'east')] } })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:east'), tried('line:west')])).toMatchObject({ kind: 'reject', statusCode: 480 })
  })
})

describe('a group of trunks', () => {
  const both = { reference: ['SIP_TRUNK_GROUP', 'both'] } as const

  it('is tried in order, whatever rules the trunks have of their own', () => {
    const snapshot = pbxs({ ...both, east: { always: to('END_USER', 'ann') } })
    expect(receive(snapshot, SPARE_NUMBER)).toMatchObject({ kind: 'ring', lineIds: ['east'] })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:east')])).toMatchObject({ lineIds: ['west'] })
    expect(receive(snapshot, SPARE_NUMBER, [], full('east'))).toMatchObject({ lineIds: ['west'] })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:east', 'busy', 486)])).toMatchObject({ kind: 'reject', statusCode: 486 })
  })

  it('unreachableForward when none can be had, capacityForward when all are full, unconditionalForward before both', () => {
    const group = { onFailure: [to('END_USER', 'ann')], onCapacityExceeded: [to('END_USER', 'bob')] }
    const snapshot = pbxs({ ...both, group })
    const down = [tried('line:east'), tried('line:west')]
    expect(receive(snapshot, SPARE_NUMBER, down)).toMatchObject({ userId: 'ann', diversion: { userId: 'both', reason: 'unregistered' } })
    expect(receive(snapshot, SPARE_NUMBER, [], full('east', 'west'))).toMatchObject({ userId: 'bob', diversion: { reason: 'busy' } })
    expect(receive(snapshot, SPARE_NUMBER, [tried('line:west')], full('east'))).toMatchObject({ userId: 'ann' })
    expect(receive(pbxs({ ...both, group: { ...group, always: to('TELEPHONE', '4002') } }), SPARE_NUMBER)).toMatchObject({ userId: 'bob' })
    expect(receive(pbxs(both), SPARE_NUMBER, down)).toMatchObject({ kind: 'reject', statusCode: 480 })
  })
})
