import type { CallScene } from '../call-scene.ts'
import type { CallerIdentity } from '../route-facts.ts'
import type { RoutingLine, RoutingSnapshot, RoutingUser } from '../routing-snapshot.ts'
import { hasPatternFor } from '../routing-trunk.ts'
import { fallbackNumberOf } from './account-numbers.ts'
import { presentedCaller } from './presented-caller.ts'

/** How the caller shows to phones of the same account: extension and name, unless the user hides them (S1-57). */
export function callerToInside(scene: CallScene): CallerIdentity {
  const { caller, snapshot } = scene
  if (caller.kind === 'outside') return caller.identity
  const { line, user } = caller
  if (user === undefined) return extensionOfPbx(scene, line) ?? callerToOutside(scene)
  const number = user.extension ?? externalNumberOf(snapshot, line, user) ?? ''
  return { number, name: displayNameOf(user), anonymous: isHidden(scene, !user.extensionCallerIdVisible) }
}

/**
 * How the caller shows outside the account. The number must be one of the account: a caller ID that was moved away or never was
 * theirs falls back to a number that reaches the caller (S1-87). Staged numbers may be shown. A caller from outside, whose call
 * is sent on, keeps the identity it came with.
 */
export function callerToOutside(scene: CallScene): CallerIdentity {
  const { caller, snapshot, trace } = scene
  if (caller.kind === 'outside') return caller.identity
  const { line, user } = caller
  const ofQueue = numberOfQueue(scene)
  if (ofQueue !== undefined) return ofQueue
  const presented = presentedCaller(scene)
  const theirs = presented !== undefined && snapshot.numbers.has(presented.number)
  const once = scene.callerNumberOnce
  const ofRule = once !== undefined && snapshot.numbers.has(once) ? once : undefined
  const number = ofRule ?? (theirs ? presented.number : externalNumberOf(snapshot, line, user))
  const name = (number === undefined ? undefined : snapshot.numbers.get(number)?.callerName) ?? displayNameOf(user, line)
  const set = user?.externalCallerIdVisible === false || line.callerId?.visible === false || presented?.anonymous === true
  const anonymous = number === undefined || isHidden(scene, set)
  if (presented !== undefined) trace.note('caller-id.pbx', theirs ? 'a number of the account' : 'no number of the account: replaced', { presented })
  trace.note('caller-id', outcomeOf(line, user, number, anonymous), { number })
  return { number: number ?? '', name, anonymous }
}

/** Who is called back sees the number it had called. */
function numberOfQueue({ facts, snapshot, trace }: CallScene): CallerIdentity | undefined {
  const number = facts.call.direction === 'originating' ? facts.call.shownNumber : undefined
  const own = number === undefined ? undefined : snapshot.numbers.get(number)
  if (own === undefined) return undefined
  trace.note('caller-id', 'the number of the queue that calls back', { number })
  return { number: own.number, name: own.callerName ?? '', anonymous: false }
}

/** What was dialed for this call alone, else what the phone asks or what is set. */
function isHidden({ callerIdOnce, facts }: CallScene, set: boolean): boolean {
  const isAsked = facts.call.direction === 'originating' && facts.call.wantsPrivacy === true
  return callerIdOnce === undefined ? set || isAsked : callerIdOnce === 'hidden'
}

/** An extension behind the PBX that calls shows as it is to those inside (S1-121). */
function extensionOfPbx(scene: CallScene, line: RoutingLine): CallerIdentity | undefined {
  const presented = presentedCaller(scene)
  if (presented === undefined || line.trunk === undefined || !hasPatternFor(line.trunk, presented.number)) return undefined
  scene.trace.note('caller-id.pbx', 'an extension behind the PBX', { presented })
  return { ...presented, anonymous: isHidden(scene, presented.anonymous) }
}

function externalNumberOf(snapshot: RoutingSnapshot, line: RoutingLine, user: RoutingUser | undefined): string | undefined {
  const configured = line.callerId?.number ?? user?.callerIdNumber
  return configured !== undefined && snapshot.numbers.has(configured) ? configured : fallbackNumberOf(snapshot, line, user)
}

function outcomeOf(line: RoutingLine, user: RoutingUser | undefined, number: string | undefined, anonymous: boolean): string {
  if (number === undefined) return 'the account has no number: anonymous'
  const own = line.callerId?.number === number ? "the line's caller ID" : user?.callerIdNumber === number ? "the user's caller ID" : undefined
  const source = own ?? 'no caller ID of this account is set: a number that reaches the caller'
  return anonymous ? `${source}, hidden` : source
}

export function displayNameOf(user: RoutingUser | undefined, line?: RoutingLine): string {
  return user === undefined ? (line?.callerId?.name ?? '') : `${user.firstName} ${user.lastName}`.trim()
}
