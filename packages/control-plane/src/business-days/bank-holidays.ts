import type { CountryCode } from '../reference-data/index.ts'

const MONDAY = 1
const THURSDAY = 4
const SATURDAY = 6
const SUNDAY = 7

/**
 * Days on which the banks of a country are closed, and so are the offices of the carriers that carry ports out.
 * USA: the holidays of the Federal Reserve (5 U.S.C. 6103; one on a Saturday is not moved, one on a Sunday is kept on Monday).
 * CAN: those of the federally regulated sector (Canada Labour Code, section 166), with the next working day for one at a weekend.
 */
export function bankHolidays(year: number, country: CountryCode): readonly Temporal.PlainDate[] {
  return country === 'USA' ? unitedStates(year) : canada(year)
}

function unitedStates(year: number): readonly Temporal.PlainDate[] {
  const fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
  // Fixed holidays of the next year can not reach back: a Saturday is not moved.
  return [
    ...fixed.map((day) => (day.dayOfWeek === SUNDAY ? day.add({ days: 1 }) : day)),
    nthWeekday(year, 1, MONDAY, 3),
    nthWeekday(year, 2, MONDAY, 3),
    lastWeekday(year, 5, MONDAY),
    nthWeekday(year, 9, MONDAY, 1),
    nthWeekday(year, 10, MONDAY, 2),
    nthWeekday(year, 11, THURSDAY, 4),
  ]
}

function canada(year: number): readonly Temporal.PlainDate[] {
  const fixed = [date(year, 1, 1), date(year, 7, 1), date(year, 9, 30), date(year, 11, 11)]
  const christmas = date(year, 12, 25)
  // Victoria Day is the Monday before 25 May.
  const victoria = date(year, 5, 24)
  return [
    ...fixed.map(kept),
    easter(year).subtract({ days: 2 }),
    victoria.subtract({ days: victoria.dayOfWeek - MONDAY }),
    nthWeekday(year, 9, MONDAY, 1),
    nthWeekday(year, 10, MONDAY, 2),
    ...twoDays(christmas),
  ]
}

/** A holiday at a weekend is kept on the Monday. */
function kept(day: Temporal.PlainDate): Temporal.PlainDate {
  if (day.dayOfWeek === SATURDAY) return day.add({ days: 2 })
  return day.dayOfWeek === SUNDAY ? day.add({ days: 1 }) : day
}

/** Christmas and Boxing Day: both move behind a weekend, one after the other. */
function twoDays(christmas: Temporal.PlainDate): readonly Temporal.PlainDate[] {
  const first = kept(christmas)
  const boxing = christmas.add({ days: 1 })
  const second = boxing.dayOfWeek === SATURDAY || boxing.dayOfWeek === SUNDAY ? kept(boxing) : boxing
  return [first, second.equals(first) ? first.add({ days: 1 }) : second]
}

/** The Gregorian computus of Meeus (Astronomical Algorithms, chapter 8). */
function easter(year: number): Temporal.PlainDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const m = Math.floor((a + 11 * h) / 319)
  const r = (2 * (b % 4) + 2 * Math.floor(c / 4) - (c % 4) - h + m + 32) % 7
  const month = Math.floor((h - m + r + 90) / 25)
  return date(year, month, (h - m + r + month + 19) % 32)
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): Temporal.PlainDate {
  const first = date(year, month, 1)
  return first.add({ days: ((weekday - first.dayOfWeek + 7) % 7) + (nth - 1) * 7 })
}

function lastWeekday(year: number, month: number, weekday: number): Temporal.PlainDate {
  const last = date(year, month, 1).add({ months: 1 }).subtract({ days: 1 })
  return last.subtract({ days: (last.dayOfWeek - weekday + 7) % 7 })
}

function date(year: number, month: number, day: number): Temporal.PlainDate {
  return Temporal.PlainDate.from({ year, month, day })
}
