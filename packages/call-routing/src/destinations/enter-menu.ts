import { keypadDigits } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import type { DirectoryEntry, MenuHours, RoutingMenu } from '../menu.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RoutingSnapshot } from '../routing-snapshot.ts'
import { type LocalTime, localTimeAt } from '../schedule/local-time.ts'
import type { Progress, ServiceDestination } from './destination.ts'

const DEFAULT_TIME_ZONE = 'UTC'

/** A menu of the account takes the call (S0-48, S0-56, S0-57). Which of its rules of time hold is decided here, with the time of the call. */
export function enterMenu(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const menu = snapshot.services.menus.get(to.referenceId)
  if (menu === undefined || facts.canServe === false) {
    trace.note('menu', menu === undefined ? 'does not exist' : 'skipped: this switch has no services', { ivrId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `ivr:${menu.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  const rulesInForce = rulesAt(menu, localTimeAt(facts.nowMs, snapshot.timeZone ?? DEFAULT_TIME_ZONE))
  trace.note('menu', 'answers', { ivrId: menu.id, name: menu.name, rulesInForce })
  const service = { kind: 'menu', menu, rulesInForce, directory: directoryOf(snapshot, menu) } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

function rulesAt(menu: RoutingMenu, time: LocalTime | undefined): readonly string[] {
  if (time === undefined) return []
  const rules = Object.values(menu.steps).flatMap((step) => (step.kind === 'schedule' ? step.rules : []))
  const held = rules.map(({ id, hours }) => ({ id, spans: hours.filter((span) => isWithin(span, time)) })).filter(({ spans }) => spans.length > 0)
  // As with the schedules of users: a holiday comes before the hours of the week. Sorting is stable.
  const isOfDate = ({ spans }: (typeof held)[number]): boolean => spans.some((span) => 'date' in span)
  return held.toSorted((one, other) => Number(isOfDate(other)) - Number(isOfDate(one))).map(({ id }) => id)
}

function isWithin(span: MenuHours, { date, day, secondOfDay }: LocalTime): boolean {
  const isDay = 'day' in span ? span.day === day : span.date === date
  return isDay && secondOfDay >= span.startSecond && secondOfDay < span.endSecond
}

/** Only a menu that asks for names needs the list. */
function directoryOf(snapshot: RoutingSnapshot, menu: RoutingMenu): readonly DirectoryEntry[] {
  if (!Object.values(menu.steps).some((step) => step.kind === 'directory' && step.by === 'NAME')) return []
  return [...snapshot.users.values()].flatMap((user) =>
    user.extension === undefined ? [] : [{ userId: user.id, extension: user.extension, keys: keysOf(`${user.lastName}${user.firstName}`) }],
  )
}

/** The keys of a telephone that spell it (ITU-T E.161); accents do not count. */
export function keysOf(name: string): string {
  return keypadDigits(name.normalize('NFD').replaceAll(/[^A-Za-z]/g, ''))
}
