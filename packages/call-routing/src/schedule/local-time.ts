/** What clock and calendar show somewhere. */
export interface LocalTime {
  /** yyyy-MM-dd. */
  readonly date: string
  readonly day: WeekDay
  /** Since local midnight by the clock on the wall: on the days the clocks change, not what has passed. */
  readonly secondOfDay: number
}

export const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const
export type WeekDay = (typeof WEEK_DAYS)[number]

/** One a zone; there are some hundred names of zones, and making one costs as much as a hundred decisions. */
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The time on the wall at a moment, daylight saving time included: every moment has exactly one, though not the other way round.
 * @param timeZone a name of the IANA database. @returns undefined for a name that is none
 */
export function localTimeAt(atMs: number, timeZone: string): LocalTime | undefined {
  const format = formatOf(timeZone)
  if (format === undefined) return undefined
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const text = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const day = WEEK_DAYS.find((each) => each === text('weekday').toUpperCase())
  if (day === undefined) return undefined
  const secondOfDay = Number(text('hour')) * 3600 + Number(text('minute')) * 60 + Number(text('second'))
  return { date: `${text('year')}-${text('month')}-${text('day')}`, day, secondOfDay }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
    return format
  } catch {
    return undefined
  }
}
