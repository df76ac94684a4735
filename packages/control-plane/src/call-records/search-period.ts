import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{3})?)?$/

/**
 * The time a search covers: `yyyy-MM-dd` days, both ends inclusive, in the account's own time zone (public-spec
 * section 2), narrowed by `HH:mm` or `HH:mm:ss` if given: until 23:59 is until that minute is over.
 */
export function searchPeriod(
  o: { startDate: string | undefined; endDate: string | undefined; startTime: string | undefined; endTime: string | undefined },
  timeZone: string,
): Result<{ from: Date; to: Date }, ApiFailure> {
  if (o.startDate === undefined) return err(fieldRequired('startDate'))
  if (o.endDate === undefined) return err(fieldRequired('endDate'))
  for (const field of ['startTime', 'endTime'] as const) {
    const time = o[field]
    if (time !== undefined && !TIME.test(time)) return err(invalidField(field, 'is no time of the day', 'HH:mm or HH:mm:ss'))
  }
  const from = instantOf(o.startDate, o.startTime ?? '00:00:00', timeZone)
  if (from === undefined) return err(invalidField('startDate', 'is no date', 'yyyy-MM-dd'))
  const to = instantOf(o.endDate, endOf(o.endTime ?? '23:59'), timeZone)
  if (to === undefined) return err(invalidField('endDate', 'is no date', 'yyyy-MM-dd'))
  if (to.getTime() < from.getTime()) return err(invalidField('endDate', 'is before startDate', 'not before startDate'))
  return ok({ from, to })
}

/** The last millisecond of a minute, or of a second. */
function endOf(time: string): string {
  return `${time}${'HH:59:59.999'.slice(time.length)}`
}

function instantOf(date: string, time: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  try {
    return new Date(Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds)
  } catch {
    return undefined
  }
}
