import Type, { type Static } from 'typebox'
import type { FieldProblem } from '../failures/index.ts'
import { named, oneOf } from '../http/index.ts'
import { CallHandlingSettings } from './call-handling.ts'

/** When another call handling holds: hours of the week, or of single dates, in the user's time zone (public-spec section 8). */

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const
const time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$|^24:00(:00)?$' })
const Span = Type.Object({ startTime: time, endTime: time })
const Week = Type.Object(Object.fromEntries(DAYS.map((day) => [day, Type.Optional(Span)])), { additionalProperties: false })

const Schedule = named(
  'Schedule',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    type: oneOf(['WEEKLY', 'CUSTOM']),
    /** By day, or several weeks by name. */
    weekly: Type.Optional(Type.Record(Type.String(), Type.Union([Span, Week]))),
    custom: Type.Optional(
      Type.Array(Type.Object({ date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}' }), startTime: time, endTime: time }), { maxItems: 366 }),
    ),
  }),
)
export const CallHandlingSchedule = named('CallHandlingSchedule', Type.Object({ schedule: Schedule, callHandling: CallHandlingSettings }))
export type CallHandlingSchedule = Static<typeof CallHandlingSchedule>

/** What a list of schedules breaks besides its shape; the call handling in them is checked like any other. */
export function scheduleProblems(schedules: readonly CallHandlingSchedule[]): FieldProblem[] {
  const names = schedules.map(({ schedule }) => schedule.name.toLowerCase())
  return schedules.flatMap(({ schedule }, position) => {
    const field = `callHandlingSchedules.${position}.schedule`
    const problems = schedule.type === 'WEEKLY' ? weeklyProblems(schedule.weekly, `${field}.weekly`) : customProblems(schedule.custom, `${field}.custom`)
    if (names.indexOf(schedule.name.toLowerCase()) === position) return problems
    return [
      { field: `${field}.name`, code: 'DuplicateName', reason: `"${schedule.name}" is there twice`, rule: 'unique among the schedules of the user' },
      ...problems,
    ]
  })
}

function weeklyProblems(weekly: NonNullable<CallHandlingSchedule['schedule']['weekly']> | undefined, field: string): FieldProblem[] {
  const entries = Object.entries(weekly ?? {})
  if (entries.length === 0) return [{ field, code: 'WeeklyRequired', reason: 'is missing', rule: 'a WEEKLY schedule has hours on at least one day' }]
  return entries.flatMap(([key, value]) => {
    if (isSpan(value)) return isDay(key) ? spanProblems(value, `${field}.${key}`) : [unknownDay(`${field}.${key}`)]
    return Object.entries(value).flatMap(([day, span]) =>
      isDay(day) && span !== undefined ? spanProblems(span, `${field}.${key}.${day}`) : [unknownDay(`${field}.${key}.${day}`)],
    )
  })
}

function customProblems(custom: CallHandlingSchedule['schedule']['custom'], field: string): FieldProblem[] {
  if (custom === undefined || custom.length === 0)
    return [{ field, code: 'CustomRequired', reason: 'is missing', rule: 'a CUSTOM schedule has at least one date' }]
  return custom.flatMap((entry, position) => {
    const place = `${field}.${position}`
    const isDate = !Number.isNaN(Date.parse(entry.date)) && new Date(Date.parse(entry.date.slice(0, 10))).toISOString().startsWith(entry.date.slice(0, 10))
    return isDate ? spanProblems(entry, place) : [{ field: `${place}.date`, code: 'InvalidDate', reason: 'is no date', rule: 'yyyy-MM-dd' }]
  })
}

function spanProblems({ startTime, endTime }: { startTime: string; endTime: string }, field: string): FieldProblem[] {
  if (startTime < endTime) return []
  return [{ field: `${field}.endTime`, code: 'InvalidEndTime', reason: 'is not after startTime', rule: 'after startTime on the same day, at most 24:00' }]
}

function isSpan(value: object): value is Static<typeof Span> {
  return 'startTime' in value && typeof value.startTime === 'string'
}

function isDay(text: string): boolean {
  return DAYS.some((day) => day === text)
}

function unknownDay(field: string): FieldProblem {
  return { field, code: 'InvalidWeekly', reason: 'is no day', rule: `one of ${DAYS.join(', ')}` }
}
