import type { CountryCode } from '../reference-data/index.ts'
import { bankHolidays } from './bank-holidays.ts'

/** A day without a time, `yyyy-MM-dd`. */
export type IsoDate = string

const SATURDAY = 6

/** @returns the same day when it is one that exists, or undefined. */
export function isoDateOf(text: string): IsoDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString()
  } catch {
    return undefined
  }
}

/** Monday to Friday, and no bank holiday of the country. */
export function isBusinessDay(day: IsoDate, country: CountryCode): boolean {
  return isOpen(Temporal.PlainDate.from(day), country)
}

/** The day itself, or the first business day after it. */
export function businessDayFrom(day: IsoDate, country: CountryCode): IsoDate {
  let date = Temporal.PlainDate.from(day)
  while (!isOpen(date, country)) date = date.add({ days: 1 })
  return date.toString()
}

/** The business days between two days, both included. @param last at most a year after the first. */
export function businessDaysBetween(first: IsoDate, last: IsoDate, country: CountryCode): readonly IsoDate[] {
  const days: IsoDate[] = []
  const end = Temporal.PlainDate.from(last)
  for (let date = Temporal.PlainDate.from(first); Temporal.PlainDate.compare(date, end) <= 0 && days.length < 366; date = date.add({ days: 1 })) {
    if (isOpen(date, country)) days.push(date.toString())
  }
  return days
}

/** Calendar days, not business days. */
export function addDays(day: IsoDate, count: number): IsoDate {
  return Temporal.PlainDate.from(day).add({ days: count }).toString()
}

/** The day it is somewhere. @param timeZone a name of the IANA data base. */
export function dayAt(nowMs: number, timeZone: string): IsoDate {
  return Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** @param time `HH:mm`. @returns milliseconds since 1970. */
export function instantAt(day: IsoDate, time: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone).epochMilliseconds
}

function isOpen(date: Temporal.PlainDate, country: CountryCode): boolean {
  return date.dayOfWeek < SATURDAY && !bankHolidays(date.year, country).some((holiday) => holiday.equals(date))
}
