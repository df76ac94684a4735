import { describe, expect, it } from 'vitest'
import { NO_SERVICES } from '../src/index.ts'
import type { MenuHours, RoutingMenu } from '../src/index.ts'
import { account, number, receive, SPARE_NUMBER } from './account-fixture.ts'

const allDay = { startSecond: 0, endSecond: 86_400 }
/** The hours of every Friday before the holiday that is one. */
const rules: readonly { readonly id: string; readonly hours: readonly MenuHours[] }[] = [
  { id: 'week', hours: [{ day: 'FRI', ...allDay }] },
  { id: 'holiday', hours: [{ date: '2026-12-25', ...allDay }] },
]
const menu: RoutingMenu = { id: 'm', name: 'Main', entryId: 'in', steps: { in: { id: 'in', kind: 'schedule', rules } }, next: {} }

function inForceAt(time: string): readonly string[] | undefined {
  const services = { ...NO_SERVICES, menus: new Map([['m', menu]]) }
  const snapshot = account({ numbers: [number(SPARE_NUMBER, ['IVR', 'm'])], changes: { services, timeZone: 'US/Mountain' } })
  const decision = receive(snapshot, SPARE_NUMBER, [], { nowMs: Date.parse(time) })
  return decision.kind === 'serve' && decision.service.kind === 'menu' ? decision.service.rulesInForce : undefined
}

describe('the hours of a menu (S0-51, S0-56)', () => {
  it('of a date come before those of the week, from midnight to midnight in the time zone of the account', () => {
    expect(inForceAt('2026-12-18T20:00:00Z')).toEqual(['week'])
    expect(inForceAt('2026-12-25T06:59:59Z'), 'it is Thursday still').toEqual([])
    expect(inForceAt('2026-12-25T07:00:00Z')).toEqual(['holiday', 'week'])
    expect(inForceAt('2026-12-26T06:59:59Z')).toEqual(['holiday', 'week'])
    expect(inForceAt('2026-12-26T07:00:00Z')).toEqual([])
  })
})
