import { err, ok, type Result } from '@dialtone/foundation'
import { addDays, businessDayFrom, businessDaysBetween, dayAt, isBusinessDay, type IsoDate, isoDateOf } from '../business-days/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import type { CountryCode } from '../reference-data/index.ts'

/** Carriers ask for a week (S2-48). */
export const MINIMUM_DAYS_AHEAD = 7
/** What carriers plan ahead. */
const LATEST_DAYS_AHEAD = 90

export interface PortDates {
  readonly earliest: IsoDate
  readonly latest: IsoDate
  /** Every business day a port may be asked for, in order. */
  readonly available: readonly IsoDate[]
}

/** The days a port can happen on, as seen on one day from the customer's zone. */
export function portDates(nowMs: number, timeZone: string, country: CountryCode): PortDates {
  const today = dayAt(nowMs, timeZone)
  const available = businessDaysBetween(addDays(today, MINIMUM_DAYS_AHEAD), addDays(today, LATEST_DAYS_AHEAD), country)
  const earliest = available[0] ?? businessDayFrom(addDays(today, MINIMUM_DAYS_AHEAD), country)
  return { earliest, latest: available.at(-1) ?? earliest, available }
}

export interface WantedDate {
  readonly field: 'crdDate' | 'requestedDate'
  /** `yyyy-MM-dd`, or a date with a time, of which the day counts. Undefined: as early as possible. */
  readonly written: string | undefined
  /** A wish moves to the next business day (S2-23); a date of the carrier's list is taken or refused. */
  readonly isWish: boolean
}

/** The day the carriers work with. */
export function readPortDate(wanted: WantedDate, nowMs: number, timeZone: string, country: CountryCode): Result<IsoDate, ApiFailure> {
  const { field, written } = wanted
  const dates = portDates(nowMs, timeZone, country)
  if (written === undefined) return ok(dates.earliest)
  const day = isoDateOf(/^\d{4}-\d{2}-\d{2}(T|$)/.test(written) ? written.slice(0, 10) : written)
  if (day === undefined) return err(invalidField(field, `"${written.slice(0, 40)}" is no date`, 'yyyy-MM-dd'))
  const today = dayAt(nowMs, timeZone)
  if (day < addDays(today, MINIMUM_DAYS_AHEAD)) return err(invalidField(field, `${day} is too soon`, `at least ${MINIMUM_DAYS_AHEAD} days after ${today}`))
  if (day > addDays(today, LATEST_DAYS_AHEAD)) return err(invalidField(field, `${day} is too late`, `at most ${LATEST_DAYS_AHEAD} days after ${today}`))
  if (wanted.isWish) return ok(businessDayFrom(day, country))
  return isBusinessDay(day, country)
    ? ok(day)
    : err(invalidField(field, `${day} is no business day`, `a business day of ${country}, such as ${businessDayFrom(day, country)}`))
}
