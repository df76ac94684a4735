import type { HandlingSchedule, ScheduleSpan, WeekDay } from '@dialtone/call-routing'
import { callHandlingOf } from './call-handling-of.ts'
import { listAt, objectAt, textAt } from './stored-object.ts'
import type { StoredObject } from './stored-object.ts'

const DAYS: readonly WeekDay[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** Stored schedules as routing uses them. Hours of the week stand by day, or by day within weeks that have names. */
export function handlingSchedulesOf(stored: readonly unknown[]): readonly HandlingSchedule[] {
  return stored.map((each): HandlingSchedule => {
    const entry = each as StoredObject
    const schedule = objectAt(entry, 'schedule')
    const spans = schedule['type'] === 'CUSTOM' ? datesOf(schedule) : weekOf(objectAt(schedule, 'weekly'))
    return { name: textAt(schedule, 'name') ?? '', spans, callHandling: callHandlingOf(objectAt(entry, 'callHandling')) }
  })
}

function datesOf(schedule: StoredObject): readonly ScheduleSpan[] {
  return listAt(schedule, 'custom').flatMap((each) => {
    const date = textAt(each as StoredObject, 'date')
    return date === undefined ? [] : [{ date: date.slice(0, 10), ...hoursOf(each as StoredObject) }]
  })
}

function weekOf(weekly: StoredObject): readonly ScheduleSpan[] {
  return Object.keys(weekly).flatMap((key) => {
    const value = objectAt(weekly, key)
    if (textAt(value, 'startTime') === undefined) return weekOf(value)
    const day = DAYS.find((known) => known === key)
    return day === undefined ? [] : [{ day, ...hoursOf(value) }]
  })
}

function hoursOf(span: StoredObject): { readonly startSecond: number; readonly endSecond: number } {
  return { startSecond: secondOf(textAt(span, 'startTime') ?? ''), endSecond: secondOf(textAt(span, 'endTime') ?? '') }
}

/** `09:00`, `09:00:30`, `24:00`. */
function secondOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return hours * 3600 + minutes * 60 + seconds
}
