import { describe, expect, it } from 'vitest'
import { bankHolidays, businessDayFrom, businessDaysBetween, dayAt, instantAt, isBusinessDay, isoDateOf } from './index.ts'

const holidays = (year: number, country: 'USA' | 'CAN') =>
  bankHolidays(year, country)
    .map(String)
    .toSorted((one, other) => one.localeCompare(other))

describe('bank holidays', () => {
  it('of the Federal Reserve in 2026 and 2027: a Saturday is not moved, a Sunday is kept on Monday', () => {
    expect(holidays(2026, 'USA')).toEqual([
      ...['2026-01-01', '2026-01-19', '2026-02-16', '2026-05-25', '2026-06-19', '2026-07-04'],
      ...['2026-09-07', '2026-10-12', '2026-11-11', '2026-11-26', '2026-12-25'],
    ])
    expect(holidays(2027, 'USA')).toContain('2027-07-05')
    expect(isBusinessDay('2026-07-03', 'USA')).toBe(true)
  })

  it('of Canada in 2026 and 2027: Easter by computus, Christmas and Boxing Day moved behind a weekend', () => {
    expect(holidays(2026, 'CAN')).toEqual([
      ...['2026-01-01', '2026-04-03', '2026-05-18', '2026-07-01', '2026-09-07', '2026-09-30'],
      ...['2026-10-12', '2026-11-11', '2026-12-25', '2026-12-28'],
    ])
    expect(holidays(2027, 'CAN').slice(-2)).toEqual(['2027-12-27', '2027-12-28'])
    expect(holidays(2024, 'CAN')).toContain('2024-03-29')
  })
})

describe('business days', () => {
  it('weekends and holidays are passed over', () => {
    expect(businessDayFrom('2025-12-25', 'USA')).toBe('2025-12-26')
    expect(businessDayFrom('2026-11-21', 'USA')).toBe('2026-11-23')
    expect(businessDayFrom('2026-11-24', 'USA')).toBe('2026-11-24')
    expect(businessDaysBetween('2026-11-25', '2026-11-30', 'USA')).toEqual(['2026-11-25', '2026-11-27', '2026-11-30'])
    expect(businessDaysBetween('2026-11-25', '2026-11-30', 'CAN')).toEqual(['2026-11-25', '2026-11-26', '2026-11-27', '2026-11-30'])
  })

  it('a day is a day that exists', () => {
    expect(isoDateOf('2028-02-29')).toBe('2028-02-29')
    expect([isoDateOf('2027-02-29'), isoDateOf('2027-2-1'), isoDateOf('tomorrow'), isoDateOf('')]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('the day and the hour are those of the zone, summer time included', () => {
    expect(dayAt(Date.UTC(2026, 10, 22, 3), 'US/Mountain')).toBe('2026-11-21')
    expect(new Date(instantAt('2026-07-01', '10:00', 'US/Eastern')).toISOString()).toBe('2026-07-01T14:00:00.000Z')
    expect(new Date(instantAt('2026-12-01', '10:00', 'US/Eastern')).toISOString()).toBe('2026-12-01T15:00:00.000Z')
  })
})
