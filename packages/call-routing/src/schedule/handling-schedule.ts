import type { CallHandling } from '../call-handling.ts'
import type { LocalTime, WeekDay } from './local-time.ts'

/** When another call handling holds (public-spec section 8). */
export interface HandlingSchedule {
  readonly name: string
  readonly spans: readonly ScheduleSpan[]
  readonly callHandling: CallHandling
}

/** Hours of every such day of the week, or of one date; local time, `endSecond` is outside, at most 86,400. */
export type ScheduleSpan = { readonly startSecond: number; readonly endSecond: number } & ({ readonly day: WeekDay } | { readonly date: string })

/** The schedule that holds: one for the date comes before the week's, then the order in which they stand. */
export function scheduleAt(schedules: readonly HandlingSchedule[], time: LocalTime): HandlingSchedule | undefined {
  return schedules.find(({ spans }) => spans.some((span) => isOnDate(span, time))) ?? schedules.find(({ spans }) => spans.some((span) => isOnDay(span, time)))
}

function isOnDate(span: ScheduleSpan, time: LocalTime): boolean {
  return 'date' in span && span.date === time.date && isWithin(span, time)
}

function isOnDay(span: ScheduleSpan, time: LocalTime): boolean {
  return 'day' in span && span.day === time.day && isWithin(span, time)
}

function isWithin({ startSecond, endSecond }: ScheduleSpan, { secondOfDay }: LocalTime): boolean {
  return startSecond <= secondOfDay && secondOfDay < endSecond
}
