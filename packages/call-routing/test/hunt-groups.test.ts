import { describe, expect, it } from 'vitest'
import type { RingGroupMember, RouteAttempt, RouteDecision, RouteFacts, RoutingRingGroup, RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, ann, attempt, bob, dial, line, number, OUTSIDE_NUMBER, receive, rulesOf, SPARE_NUMBER, user } from './account-fixture.ts'

const carl = user({ id: 'carl', extension: '4003', lineIds: ['carl-desk'] })
const member = (id: string, ringTimeoutSeconds?: number): RingGroupMember => ({
  kind: id.includes('-') || id === 'lobby' ? 'line' : 'user',
  id,
  ringTimeoutSeconds,
})
const nowhere = { busy: undefined, noAnswer: undefined, unregistered: undefined }
const always = (referenceType: string, referenceId: string): RoutingRingGroup['overflow'] => ({
  busy: { referenceType, referenceId },
  noAnswer: { referenceType, referenceId },
  unregistered: { referenceType, referenceId },
})

function group(changes: Partial<RoutingRingGroup> = {}): RoutingRingGroup {
  const members = [member('ann'), member('bob'), member('carl')]
  return { id: 'sales', name: 'Sales', strategy: 'LINEAR', members, ringTimeoutSeconds: 15, forwardAlwaysTo: undefined, overflow: nowhere, ...changes }
}

/** Ann, Bob, Carl and the lobby; the group is called by 4100 and by the spare number. */
function withGroups(...groups: readonly RoutingRingGroup[]): RoutingSnapshot {
  const [first] = groups
  const services = {
    ...NO_SERVICES,
    ringGroups: new Map(groups.map((each) => [each.id, each])),
    targetByExtension: new Map([['4100', { referenceType: 'HUNT_GROUP', referenceId: first?.id ?? '' }]]),
  }
  const numbers = [number(SPARE_NUMBER, ['HUNT_GROUP', first?.id ?? ''])]
  return account({ users: [ann, bob, carl], lines: [line('carl-desk', 'carl')], numbers, changes: { services } })
}

const call = (snapshot: RoutingSnapshot, trail: readonly RouteAttempt[] = [], facts: Partial<RouteFacts> = {}) => receive(snapshot, SPARE_NUMBER, trail, facts)
const tried = (memberId: string, outcome: RouteAttempt['outcome'] = 'no-answer') => attempt(`huntgroup:sales/${memberId}`, outcome, 480)
const targetOf = (decision: RouteDecision) => (decision.kind === 'ring' ? decision.target.replace('huntgroup:sales/', '') : decision.kind)

/** Who is rung, one after the other, when nobody answers. */
function order(snapshot: RoutingSnapshot, facts: Partial<RouteFacts> = {}): readonly string[] {
  const trail: RouteAttempt[] = []
  const rung: string[] = []
  for (let asked = 0; asked < 30; asked++) {
    const decision = call(snapshot, trail, facts)
    if (decision.kind !== 'ring') break
    rung.push(targetOf(decision))
    trail.push(attempt(decision.target, 'no-answer', 480))
  }
  return rung
}

describe('a group is reached', () => {
  it('S0-48: by its extension and by its number, and the phones show what was called', () => {
    expect(dial(withGroups(group()), 'lobby', '4100')).toMatchObject({ kind: 'ring', userId: 'ann', calledNumber: '4100', timeoutMs: 15_000 })
    expect(call(withGroups(group()))).toMatchObject({ kind: 'ring', lineIds: ['ann-desk', 'ann-app'], calledNumber: SPARE_NUMBER })
  })

  it('says so when it is gone', () => {
    expect(receive(account({ numbers: [number(SPARE_NUMBER, ['HUNT_GROUP', 'gone'])] }), SPARE_NUMBER)).toMatchObject({ code: 'DestinationNotAvailable' })
  })
})

describe('who rings when', () => {
  it('S0-53 SIMULTANEOUS: every phone of every member at once, once', () => {
    const decision = call(withGroups(group({ strategy: 'SIMULTANEOUS', members: [member('ann'), member('bob'), member('bob-desk'), member('lobby')] })))
    expect(decision).toMatchObject({ kind: 'ring', lineIds: ['ann-desk', 'ann-app', 'bob-desk', 'lobby'], ringsSeveral: true, timeoutMs: 15_000 })
    expect(order(withGroups(group({ strategy: 'SIMULTANEOUS' })))).toEqual(['all'])
  })

  it('C-57 LINEAR: always from the first, each as long as the group says', () => {
    expect(order(withGroups(group()))).toEqual(['ann', 'bob', 'carl'])
    expect(call(withGroups(group({ members: [member('ann', 5)] })))).toMatchObject({ timeoutMs: 15_000 })
  })

  it('S0-54 SEQUENTIAL: in order, each with its own time', () => {
    const snapshot = withGroups(group({ strategy: 'SEQUENTIAL', members: [member('ann', 5), member('bob')] }))
    expect(call(snapshot)).toMatchObject({ userId: 'ann', timeoutMs: 5000 })
    expect(call(snapshot, [tried('ann')])).toMatchObject({ userId: 'bob', timeoutMs: 15_000 })
  })

  it('S0-55 ROUND_ROBIN: begins behind whoever answered last', () => {
    const snapshot = withGroups(group({ strategy: 'ROUND_ROBIN' }))
    const after = (id: string | undefined) => order(snapshot, { group: { lastAnsweredBy: () => id, idleSinceMs: () => undefined } })
    expect(after(undefined)).toEqual(['ann', 'bob', 'carl'])
    expect(after('ann')).toEqual(['bob', 'carl', 'ann'])
    expect(after('bob')).toEqual(['carl', 'ann', 'bob'])
    expect(after('carl')).toEqual(['ann', 'bob', 'carl'])
    expect(after('gone')).toEqual(['ann', 'bob', 'carl'])
    expect(order(snapshot)).toEqual(['ann', 'bob', 'carl'])
  })

  it('C-57 LONGEST_IDLE: whoever had no call for the longest time, by the last of all phones; who talks comes last', () => {
    const snapshot = withGroups(group({ strategy: 'LONGEST_IDLE', members: [member('ann'), member('bob'), member('carl'), member('lobby')] }))
    const since: Record<string, number> = { 'ann-desk': 10, 'ann-app': 500, 'bob-desk': 300, 'carl-desk': Number.POSITIVE_INFINITY }
    const remembered = { lastAnsweredBy: () => undefined, idleSinceMs: (lineId: string) => since[lineId] }
    expect(order(snapshot, { group: remembered })).toEqual(['lobby', 'bob', 'ann', 'carl'])
  })
})

describe('who is passed over', () => {
  it('busy, declined and silent members: the next one rings', () => {
    for (const outcome of ['busy', 'declined', 'no-answer', 'unregistered', 'failed'] as const) {
      expect(call(withGroups(group()), [tried('ann', outcome)])).toMatchObject({ userId: 'bob' })
    }
  })

  it('who calls, with all phones', () => {
    expect(dial(withGroups(group()), 'ann-desk', '4100')).toMatchObject({ userId: 'bob' })
    const all = dial(withGroups(group({ strategy: 'SIMULTANEOUS' })), 'ann-desk', '4100')
    expect(all).toMatchObject({ lineIds: ['bob-desk', 'carl-desk'] })
    expect(rulesOf(all)).toContain('hunt.passed-over')
    expect(dial(withGroups(group({ members: [member('lobby'), member('bob')] })), 'lobby', '4100')).toMatchObject({ userId: 'bob' })
  })

  it('who is not registered or does not want to be disturbed, without a try', () => {
    const isRegistered = (lineId: string) => lineId !== 'ann-desk' && lineId !== 'bob-desk'
    expect(call(withGroups(group()), [], { isRegistered })).toMatchObject({ userId: 'ann', lineIds: ['ann-app'] })
    expect(call(withGroups(group()), [tried('ann')], { isRegistered })).toMatchObject({ userId: 'carl' })
    const quiet = withGroups(group())
    const users = new Map([...quiet.users, ['ann', { ...ann, callHandling: { ...ann.callHandling, doNotDisturbEnabled: true } }]])
    expect(call({ ...quiet, users })).toMatchObject({ userId: 'bob' })
  })

  it('S1-58: who is in a call and has no call waiting', () => {
    const snapshot = withGroups(group())
    const users = new Map([...snapshot.users, ['ann', { ...ann, callHandling: { ...ann.callHandling, callWaitingEnabled: false } }]])
    const isBusy = (id: string) => id === 'ann' || id === 'bob'
    expect(call({ ...snapshot, users }, [], { isBusy })).toMatchObject({ userId: 'bob' })
  })

  it('a forward of a member is not followed: a group rings phones', () => {
    const away = { ...ann, callHandling: { ...ann.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '4002' } as const }
    const snapshot = withGroups(group())
    expect(call({ ...snapshot, users: new Map([...snapshot.users, ['ann', away]]) })).toMatchObject({ userId: 'ann' })
  })
})

describe('when nobody takes the call', () => {
  const all = (outcomes: readonly RouteAttempt['outcome'][]) => ['ann', 'bob', 'carl'].map((id, index) => tried(id, outcomes[index] ?? 'failed'))

  it('the caller hears the most telling of what happened, when nothing is set', () => {
    expect(call(withGroups(group()), all(['busy', 'no-answer', 'unregistered']))).toMatchObject({ kind: 'reject', statusCode: 480, code: 'NoAnswer' })
    expect(call(withGroups(group()), all(['unregistered', 'busy', 'failed']))).toMatchObject({ statusCode: 486, code: 'UserBusy' })
    expect(call(withGroups(group()), [], { isRegistered: () => false })).toMatchObject({ statusCode: 480, code: 'Unregistered' })
    expect(call(withGroups(group({ members: [] })))).toMatchObject({ statusCode: 480, code: 'Unregistered' })
  })

  it.each([
    ['END_USER', 'bob', { kind: 'ring', userId: 'bob', target: 'user:bob', diversion: { userId: 'sales', number: SPARE_NUMBER, reason: 'no-answer' } }],
    ['TELEPHONE', OUTSIDE_NUMBER, { kind: 'carrier', number: OUTSIDE_NUMBER }],
    ['TELEPHONE', '4002', { kind: 'ring', userId: 'bob' }],
    ['TELEPHONE', '911', { kind: 'reject', code: 'NoAnswer' }],
    ['BUSY', '', { kind: 'reject', statusCode: 486, code: 'UserBusy' }],
    ['LINE_APPEARANCE', 'lobby', { kind: 'ring', lineIds: ['lobby'] }],
  ])('goes on to %s %s', (referenceType, referenceId, expected) => {
    const snapshot = withGroups(group({ members: [member('ann')], overflow: always(referenceType, referenceId) }))
    expect(call(snapshot, [tried('ann')])).toMatchObject(expected)
  })

  it('asks why before it goes on: each reason has its own way', () => {
    const overflow = { busy: { referenceType: 'TELEPHONE', referenceId: '4001' }, noAnswer: { referenceType: 'TELEPHONE', referenceId: '4002' }, unregistered: { referenceType: 'TELEPHONE', referenceId: '4003' } } // prettier-ignore
    const snapshot = withGroups(group({ members: [member('lobby')], overflow }))
    expect(call(snapshot, [tried('lobby', 'busy')])).toMatchObject({ userId: 'ann', diversion: { reason: 'busy' } })
    expect(call(snapshot, [tried('lobby', 'declined')])).toMatchObject({ userId: 'ann' })
    expect(call(snapshot, [tried('lobby')])).toMatchObject({ userId: 'bob' })
    expect(call(snapshot, [], { isRegistered: (id) => id !== 'lobby' })).toMatchObject({ userId: 'carl', diversion: { reason: 'unregistered' } })
  })

  it('an overflow into another group hunts there, and one that leads back ends with what the last phone said', () => {
    const other = group({ id: 'support', members: [member('bob')], overflow: always('HUNT_GROUP', 'sales') })
    const snapshot = withGroups(group({ members: [member('ann')], overflow: always('HUNT_GROUP', 'support') }), other)
    expect(call(snapshot, [tried('ann')])).toMatchObject({ target: 'huntgroup:support/bob' })
    const ended = call(snapshot, [tried('ann'), attempt('huntgroup:support/bob', 'busy', 486)])
    expect(ended).toMatchObject({ kind: 'reject', statusCode: 486 })
    expect(rulesOf(ended)).toContain('forwarding-loop')
  })

  it('a hunt over more phones than a call may have hops still reaches its overflow', () => {
    const lines = Array.from({ length: 40 }, (_, index) => line(`desk-${index}`))
    const members = lines.map(({ id }) => member(id))
    const many = withGroups(group({ members, overflow: always('TELEPHONE', '4002') }))
    const snapshot = { ...many, lines: new Map([...many.lines, ...lines.map((each) => [each.id, each] as const)]) }
    const trail = members.slice(0, 14).map(({ id }) => tried(id, 'busy'))
    expect(call(snapshot, trail)).toMatchObject({ kind: 'ring', target: 'user:bob' })
  })

  it('all calls follow a forward that is switched on, before anybody rings', () => {
    const forwarded = withGroups(group({ forwardAlwaysTo: { referenceType: 'TELEPHONE', referenceId: OUTSIDE_NUMBER } }))
    expect(call(forwarded)).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER, diversion: { userId: 'sales', reason: 'always' } })
  })
})
