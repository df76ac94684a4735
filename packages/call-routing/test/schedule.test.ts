import { describe, expect, it } from 'vitest'
import { decideRoute, localTimeAt } from '../src/index.ts'
import type { CallHandling, HandlingSchedule, RouteDecision, RouteFacts, ScheduleSpan } from '../src/index.ts'
import { account, attempt, bob, defaultHandling, line, ownerOf, rulesOf, user } from './account-fixture.ts'

const at = (text: string): number => Date.parse(text)

describe('the time on the wall', () => {
  it.each([
    ['2026-11-21T13:44:59Z', 'US/Mountain', '2026-11-21', 'SAT', '06:44:59'],
    ['2026-11-21T03:00:00Z', 'US/Mountain', '2026-11-20', 'FRI', '20:00:00'],
    ['2026-07-01T06:00:00Z', 'US/Mountain', '2026-07-01', 'WED', '00:00:00'],
    ['2026-07-01T12:00:00Z', 'US/Arizona', '2026-07-01', 'WED', '05:00:00'],
    ['2026-07-01T12:00:00Z', 'Canada/Newfoundland', '2026-07-01', 'WED', '09:30:00'],
    ['2026-01-01T05:00:00Z', 'US/Hawaii', '2025-12-31', 'WED', '19:00:00'],
    // The clocks go forward: 01:59:59 is followed by 03:00:00.
    ['2026-03-08T08:59:59Z', 'US/Mountain', '2026-03-08', 'SUN', '01:59:59'],
    ['2026-03-08T09:00:00Z', 'US/Mountain', '2026-03-08', 'SUN', '03:00:00'],
    // They go back: 01:30 is there twice.
    ['2026-11-01T07:30:00Z', 'US/Mountain', '2026-11-01', 'SUN', '01:30:00'],
    ['2026-11-01T08:30:00Z', 'US/Mountain', '2026-11-01', 'SUN', '01:30:00'],
    ['2026-11-01T09:00:00Z', 'US/Mountain', '2026-11-01', 'SUN', '02:00:00'],
  ])('%s in %s is %s %s %s', (moment, zone, date, day, clock) => {
    const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
    expect(localTimeAt(at(moment), zone)).toEqual({ date, day, secondOfDay: hours * 3600 + minutes * 60 + seconds })
  })

  it('of a zone nobody knows is none', () => {
    expect(localTimeAt(0, 'Nowhere/Land')).toBeUndefined()
  })
})

const HOUR = 3600
const away: CallHandling = { ...defaultHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '4003' }
const quiet: CallHandling = { ...defaultHandling, doNotDisturbEnabled: true }
const hours = (from: number, to: number) => ({ startSecond: from * HOUR, endSecond: to * HOUR })

function schedule(name: string, callHandling: CallHandling, ...spans: readonly ScheduleSpan[]): HandlingSchedule {
  return { name, callHandling, spans }
}

function ask(schedules: readonly HandlingSchedule[], nowMs: number, more: Partial<RouteFacts> = {}): RouteDecision {
  const carl = user({ id: 'carl', extension: '4003', lineIds: ['carl-desk'] })
  const snapshot = account({ users: [{ ...bob, schedules, timeZone: 'US/Mountain' }, carl], lines: [line('carl-desk', 'carl')] })
  return decideRoute(snapshot, { call: { direction: 'originating', fromLineId: 'ann-desk', dialed: '4002' }, nowMs, ownerOf, trail: [], ...more })
}

const office = schedule('after hours', away, { day: 'FRI', ...hours(17, 24) }, { day: 'SAT', ...hours(0, 24) })
const holiday = schedule('holiday', quiet, { date: '2026-12-25', ...hours(0, 24) })

describe('schedules (public-spec section 8)', () => {
  it.each([
    ['2026-11-20T23:59:59Z', 'bob'], // Friday 16:59:59
    ['2026-11-21T00:00:00Z', 'carl'], // Friday 17:00
    ['2026-11-21T12:00:00Z', 'carl'], // Saturday
    ['2026-11-22T07:00:00Z', 'bob'], // Sunday 00:00
  ])('the week: a call at %s is for %s', (moment, userId) => {
    expect(ask([office], at(moment))).toMatchObject({ kind: 'ring', userId })
  })

  it('hours are those of the wall before and after the clocks change', () => {
    const sunday = schedule('sunday', away, { day: 'SUN', ...hours(3, 4) })
    expect(ask([sunday], at('2026-03-08T09:00:00Z'))).toMatchObject({ userId: 'carl' })
    expect(ask([sunday], at('2026-03-01T09:30:00Z'))).toMatchObject({ userId: 'bob' })
    expect(ask([sunday], at('2026-03-01T10:30:00Z'))).toMatchObject({ userId: 'carl' })
    expect(ask([sunday], at('2026-03-15T09:30:00Z'))).toMatchObject({ userId: 'carl' })
  })

  it('a date comes before the week, whatever stands first', () => {
    const christmas = at('2026-12-26T01:00:00Z') // Friday 25 December, 18:00
    for (const order of [
      [office, holiday],
      [holiday, office],
    ])
      expect(ask(order, christmas)).toMatchObject({ kind: 'reject', code: 'UserBusy' })
    expect(ask([office, holiday], at('2026-12-19T01:00:00Z'))).toMatchObject({ userId: 'carl' })
  })

  it('a call keeps to what held when it began; who waited in a menu goes on as it is now', () => {
    const ringing = { ...defaultHandling, noAnswer: { type: 'Forward', forwardToNumber: '4003', timeoutSeconds: 15 } as const }
    const evening = schedule('until five', ringing, { day: 'FRI', ...hours(8, 17) })
    const [before, after] = [at('2026-11-20T23:59:55Z'), at('2026-11-21T00:00:10Z')]
    const trail = [attempt('user:bob', 'no-answer', 480)]
    expect(ask([evening], after, { trail, startedAtMs: before })).toMatchObject({ kind: 'ring', userId: 'carl' })
    expect(ask([evening], after, { trail })).toMatchObject({ kind: 'reject', code: 'NoAnswer' })
    const caller = { number: '16075551212', name: '', anonymous: false }
    const to = { referenceType: 'END_USER', referenceId: 'bob' }
    const call = { direction: 'continuing', to, calledNumber: '4002', caller } as const
    expect(ask([office], after, { call, startedAtMs: before })).toMatchObject({ userId: 'carl' })
  })

  it('is told in the explanation, by name', () => {
    expect(ask([office], at('2026-11-21T12:00:00Z')).steps).toContainEqual({
      rule: 'schedule',
      outcome: 'after hours',
      detail: { userId: 'bob', timeZone: 'US/Mountain', date: '2026-11-21', day: 'SAT', secondOfDay: 5 * HOUR },
    })
    expect(rulesOf(ask([], 0))).not.toContain('schedule')
  })
})
