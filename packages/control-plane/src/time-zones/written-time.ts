const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[-+]\d\d:\d\d)$/
const DAY = /^\d{4}-\d\d-\d\d$/

/** A time as RFC 3339 writes it, which says where it is: one without an offset would be another at every server. The 30th of February is none. */
export function timeWritten(text: string): Date | undefined {
  if (!DATE_TIME.test(text)) return undefined
  try {
    return new Date(Temporal.Instant.from(text.toUpperCase()).epochMilliseconds)
  } catch {
    return undefined
  }
}

/** The same, or a day, which begins at midnight UTC. */
export function timeOrDayWritten(text: string): Date | undefined {
  return timeWritten(DAY.test(text) ? `${text}T00:00:00Z` : text)
}

/** The day of a date, or of a time as it was written, wherever that is. */
export function dayWritten(text: string): string | undefined {
  const [day = ''] = text.split(/[Tt]/, 1)
  return DAY.test(day) && timeOrDayWritten(day) !== undefined ? day : undefined
}
