import { describe, expect, it } from 'vitest'
import type { RouteAttempt, RoutingLineHandling, RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, attempt, dial, line, number, OUTSIDE_NUMBER, receive, rulesOf, SPARE_NUMBER } from './account-fixture.ts'

const busy = { referenceType: 'BUSY', referenceId: '' }
const telephone = (referenceId: string) => ({ referenceType: 'TELEPHONE', referenceId })

/** The spare number points at the lobby, a business line. */
function lobby(changes: Partial<RoutingLineHandling> = {}, adminState: 'ACTIVE' | 'INACTIVE' = 'ACTIVE'): RoutingSnapshot {
  const handling: RoutingLineHandling = {
    lineId: 'lobby',
    forwardAlwaysTo: undefined,
    callWaitingEnabled: true,
    ringTimeoutSeconds: undefined,
    onBusy: busy,
    onNoAnswer: busy,
    onUnregistered: busy,
    ...changes,
  }
  const services = { ...NO_SERVICES, lineHandling: new Map([['lobby', handling]]) }
  return account({ numbers: [number(SPARE_NUMBER, ['BUSINESS_LINE', 'lobby'])], lines: [line('lobby', undefined, { adminState })], changes: { services } })
}

const tried = (outcome: RouteAttempt['outcome'], statusCode = 480) => [attempt('line:lobby', outcome, statusCode)]

describe('a number that points at a business line (S1-105)', () => {
  it('S1-110: RING_LINE rings it, for the time that is set or as long as the caller waits', () => {
    expect(receive(lobby(), SPARE_NUMBER)).toMatchObject({ kind: 'ring', lineIds: ['lobby'], target: 'line:lobby', timeoutMs: undefined })
    expect(receive(lobby({ ringTimeoutSeconds: 7 }), SPARE_NUMBER)).toMatchObject({ timeoutMs: 7000 })
  })

  it('FORWARD sends every call on, and says always', () => {
    const forwarded = receive(lobby({ forwardAlwaysTo: telephone(OUTSIDE_NUMBER) }), SPARE_NUMBER)
    expect(forwarded).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER, diversion: { userId: 'lobby', number: SPARE_NUMBER, reason: 'always' } })
    expect(receive(lobby({ forwardAlwaysTo: telephone('911') }), SPARE_NUMBER)).toMatchObject({ kind: 'reject', code: 'Unregistered' })
  })

  it('S1-107 S1-109: each reason has an action of its own; busy is the one that is there from the start', () => {
    for (const [outcome, status] of [
      ['busy', 486],
      ['no-answer', 480],
      ['unregistered', 480],
      ['declined', 603],
      ['failed', 500],
    ] as const)
      // prettier-ignore
      expect(receive(lobby(), SPARE_NUMBER, tried(outcome, status))).toMatchObject({ kind: 'reject', statusCode: 486, code: 'UserBusy' })
    const own = lobby({ onBusy: telephone('4001'), onNoAnswer: telephone('4002'), onUnregistered: telephone(OUTSIDE_NUMBER) })
    expect(receive(own, SPARE_NUMBER, tried('busy'))).toMatchObject({ kind: 'ring', userId: 'ann', diversion: { reason: 'busy' } })
    expect(receive(own, SPARE_NUMBER, tried('declined'))).toMatchObject({ kind: 'ring', userId: 'ann' })
    expect(receive(own, SPARE_NUMBER, tried('no-answer'))).toMatchObject({ kind: 'ring', userId: 'bob', diversion: { reason: 'no-answer' } })
    expect(receive(own, SPARE_NUMBER, tried('unregistered'))).toMatchObject({ kind: 'carrier', diversion: { reason: 'unregistered' } })
  })

  it('S1-106: without call waiting a line in a call is busy, and is not rung', () => {
    const oneCall = { activeCallsOf: (id: string) => (id === 'lobby' ? 1 : 0) }
    expect(receive(lobby(), SPARE_NUMBER, [], oneCall)).toMatchObject({ kind: 'ring', lineIds: ['lobby'] })
    const decision = receive(lobby({ callWaitingEnabled: false, onBusy: telephone('4001') }), SPARE_NUMBER, [], oneCall)
    expect(decision).toMatchObject({ kind: 'ring', userId: 'ann', diversion: { reason: 'busy' } })
    expect(rulesOf(decision)).toContain('line-handling')
    expect(receive(lobby({ callWaitingEnabled: false }), SPARE_NUMBER, [], { activeCallsOf: () => 0 })).toMatchObject({ lineIds: ['lobby'] })
  })

  it('a line out of service is unregistered, one that calls itself busy', () => {
    expect(receive(lobby({ onUnregistered: telephone('4001') }, 'INACTIVE'), SPARE_NUMBER)).toMatchObject({ userId: 'ann' })
    expect(dial(lobby({ onBusy: telephone('4002') }), 'lobby', SPARE_NUMBER)).toMatchObject({ userId: 'bob' })
  })

  it('a forward back to its own number ends with what the line said', () => {
    const circle = lobby({ onNoAnswer: telephone(SPARE_NUMBER) })
    expect(receive(circle, SPARE_NUMBER, tried('no-answer'))).toMatchObject({ kind: 'reject', statusCode: 480, code: 'NoAnswer' })
  })
})
