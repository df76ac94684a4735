import type { CallScene } from '../call-scene.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import { scheduleAt } from './handling-schedule.ts'
import { localTimeAt } from './local-time.ts'

/**
 * The user with the call handling that holds now, in the user's time zone. A call that began within the hours of a schedule keeps to it:
 * what was begun by one setting does not end by another.
 */
export function followSchedule(scene: CallScene, user: RoutingUser): RoutingUser {
  const { schedules = [], timeZone } = user
  if (schedules.length === 0 || timeZone === undefined) return user
  const { call, nowMs, startedAtMs } = scene.facts
  // Who waited in a menu or a queue goes on now.
  const time = localTimeAt(call.direction === 'continuing' ? nowMs : (startedAtMs ?? nowMs), timeZone)
  const schedule = time === undefined ? undefined : scheduleAt(schedules, time)
  scene.trace.note('schedule', schedule === undefined ? 'none holds: as ever' : schedule.name, { userId: user.id, timeZone, ...time })
  return schedule === undefined ? user : { ...user, callHandling: schedule.callHandling }
}
