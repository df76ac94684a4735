export { normalizeTimeZone, TIME_ZONES } from './time-zone.ts'
export type { TimeZone } from './time-zone.ts'
export { dayWritten, timeOrDayWritten, timeWritten } from './written-time.ts'
