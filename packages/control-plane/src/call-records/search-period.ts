import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'

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
  const from = instantOf(o.startDate, o.startTime ?? '00:00:00', timeZone)
  if (from === undefined) return err(invalidField('startDate', 'is no date', 'yyyy-MM-dd, with startTime HH:mm:ss'))
  const to = instantOf(o.endDate, endOf(o.endTime ?? '23:59'), timeZone)
  if (to === undefined) return err(invalidField('endDate', 'is no date', 'yyyy-MM-dd, with endTime HH:mm:ss'))
  if (to.getTime() < from.getTime()) return err(invalidField('endDate', 'is before startDate', 'not before startDate'))
  return ok({ from, to })
}

/** The last millisecond of a minute, or of a second. */
function endOf(time: string): string {
  return `${time}${'HH:59:59.999'.slice(time.length)}`
}

function instantOf(date: string, time: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}(:\d{2}(\.\d{3})?)?$/.test(time)) return undefined
  try {
    return new Date(Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds)
  } catch {
    return undefined
  }
}
