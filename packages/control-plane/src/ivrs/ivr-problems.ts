import { destinationProblems } from '../call-destinations/index.ts'
import type { FieldProblem } from '../failures/index.ts'
import { dayWritten } from '../time-zones/index.ts'
import { componentsOf, type Ivr, type IvrComponent, type TimeSpan } from './ivr.ts'

const DIGITS = /^[0-9*#]$/
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/
const DIALABLE = /^\+?\d{2,15}$/
const MAX_RING_SECONDS = 600

/** What is wrong with a menu tree: its components, then how they hang together. */
export function ivrProblems(ivr: Ivr): readonly FieldProblem[] {
  const problems = componentsOf(ivr).flatMap((component) => componentProblems(component))
  return problems.length > 0 ? problems : graphProblems(ivr)
}

function componentProblems(component: IvrComponent): readonly FieldProblem[] {
  const field = `ivrComponents.${component.id}`
  switch (component.type) {
    case 'MENU':
      return menuProblems(component, field)
    case 'DTMF':
      return DIGITS.test(component.digit ?? '') ? [] : [problem(`${field}.digit`, `"${component.digit ?? ''}" is no key`, '0 to 9, * or #')]
    case 'GROUP':
      return groupProblems(component, field)
    case 'USER':
      return component.userId === undefined ? [problem(`${field}.userId`, 'is missing', 'a user of the account')] : []
    case 'LINE_HUNTGROUP':
      return component.lineHuntGroupId === undefined ? [problem(`${field}.lineHuntGroupId`, 'is missing', 'a hunt group of the account')] : []
    case 'DESTINATION':
      return component.destination === undefined
        ? [problem(`${field}.destination`, 'is missing', 'where the call goes')]
        : destinationProblems(`${field}.destination`, component.destination)
    case 'FORWARD':
      return DIALABLE.test(component.toNumber ?? '')
        ? []
        : [problem(`${field}.toNumber`, `"${component.toNumber ?? ''}" cannot be dialed`, 'an extension or a telephone number')]
    case 'SCHEDULE':
      return (component.scheduleComponent ?? []).length === 0 ? [problem(`${field}.scheduleComponent`, 'is empty', 'at least one rule')] : []
    case 'SCHEDULE_RULE_COMPONENT':
      return scheduleProblems(component, field)
    default:
      return []
  }
}

function menuProblems(menu: IvrComponent, field: string): readonly FieldProblem[] {
  const digits = (menu.dtmf ?? []).map((choice) => choice.digit ?? '')
  const twice = digits.find((digit, index) => digits.indexOf(digit) !== index)
  return [
    ...(digits.length === 0 ? [problem(`${field}.dtmf`, 'is empty', 'at least one key')] : []),
    ...(twice === undefined ? [] : [problem(`${field}.dtmf`, `the key ${twice} has two meanings`, 'every key once')]),
    ...(menu.failure === undefined ? [problem(`${field}.failure`, 'is missing', 'what happens without a valid choice')] : []),
    ...(menu.dtmf ?? []).flatMap((choice) =>
      choice.type === 'DTMF' ? [] : [problem(`${field}.dtmf`, `${choice.type} is no choice`, 'components of type DTMF')],
    ),
    ...(menu.failure === undefined || menu.failure.type === 'MENU_FAILURE'
      ? []
      : [problem(`${field}.failure`, `is a ${menu.failure.type}`, 'a component of type MENU_FAILURE')]),
  ]
}

function groupProblems(group: IvrComponent, field: string): readonly FieldProblem[] {
  const members = group.routedToList ?? []
  const isTooLong = [group.timeoutSeconds ?? 1, ...members.map((member) => member.timeoutSeconds)].some((seconds) => seconds < 1 || seconds > MAX_RING_SECONDS)
  return [
    ...(members.length === 0 ? [problem(`${field}.routedToList`, 'is empty', 'at least one member')] : []),
    ...(group.ringType === undefined ? [problem(`${field}.ringType`, 'is missing', 'how the members ring')] : []),
    ...(group.groupType === undefined ? [problem(`${field}.groupType`, 'is missing', 'USER or DEVICE')] : []),
    ...(isTooLong ? [problem(`${field}.timeoutSeconds`, 'rings too long or not at all', `1 to ${MAX_RING_SECONDS} seconds`)] : []),
  ]
}

function scheduleProblems(rule: IvrComponent, field: string): readonly FieldProblem[] {
  const spans: readonly TimeSpan[] = [
    ...Object.values(rule.weekly ?? {}).flatMap((hours) => Object.values(hours)),
    ...(rule.custom === undefined ? [] : [rule.custom]),
  ]
  const bad = spans.find(({ startTime, endTime }) => !TIME_OF_DAY.test(startTime) || !TIME_OF_DAY.test(endTime) || startTime >= endTime)
  return [
    ...(spans.length === 0 ? [problem(field, 'has no times', 'weekly hours or a date')] : []),
    ...(bad === undefined ? [] : [problem(field, `${bad.startTime} to ${bad.endTime} is no span of a day`, 'HH:mm, the end after the start')]),
    ...(rule.custom !== undefined && dayWritten(rule.custom.date) === undefined ? [problem(`${field}.custom.date`, 'is no date', 'yyyy-MM-dd')] : []),
  ]
}

/** Ids are unique, the call comes in at one place, every way leads somewhere, and no circle is without somebody who presses a key. */
function graphProblems(ivr: Ivr): readonly FieldProblem[] {
  const components = componentsOf(ivr)
  const ids = components.map((component) => component.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) return [problem('ivrComponents', `two components are called "${twice}"`, 'every id once')]
  const known = new Set(ids)
  const incoming = components.filter((component) => component.type === 'INCOMING')
  const timeouts = components.flatMap(({ id, timeoutComponentId }) => (timeoutComponentId === undefined ? [] : [[id, timeoutComponentId] as const]))
  const ways = [...ivr.ivrComponentMappings.map(({ fromIvrComponentId, toIvrComponentId }) => [fromIvrComponentId, toIvrComponentId] as const), ...timeouts]
  const lost = ways.flat().find((id) => !known.has(id))
  return [
    ...(incoming.length === 1 ? [] : [problem('ivrComponents', `has ${incoming.length} components of type INCOMING`, 'exactly one')]),
    ...(lost === undefined ? [] : [problem('ivrComponentMappings', `"${lost}" is no component`, 'ids of ivrComponents')]),
    ...(turnsForEver(components, ways) ? [problem('ivrComponentMappings', 'go in a circle that nobody can leave', 'a menu in every circle')] : []),
  ]
}

/** A menu waits for its caller; everything else goes on by itself. */
function turnsForEver(components: readonly IvrComponent[], ways: readonly (readonly [string, string])[]): boolean {
  const waiting = new Set(components.filter((component) => component.type === 'MENU').map((component) => component.id))
  const next = Map.groupBy(ways, ([from]) => from)
  const done = new Set<string>()
  const isInCircle = (id: string, path: ReadonlySet<string>): boolean => {
    if (waiting.has(id) || done.has(id)) return false
    if (path.has(id)) return true
    const further = new Set([...path, id])
    const found = (next.get(id) ?? []).some(([, to]) => isInCircle(to, further))
    done.add(id)
    return found
  }
  return components.some((component) => isInCircle(component.id, new Set()))
}

function problem(field: string, reason: string, rule: string): FieldProblem {
  return { field, code: 'InvalidIvrComponents', reason, rule }
}
