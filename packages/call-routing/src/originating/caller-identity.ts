import type { CallScene } from '../call-scene.ts'
import type { CallerIdentity } from '../route-facts.ts'
import type { RoutingLine, RoutingSnapshot, RoutingUser } from '../routing-snapshot.ts'
import { fallbackNumberOf } from './account-numbers.ts'

/** How the caller shows to phones of the same account: extension and name, unless the user hides them (S1-57). */
export function callerToInside(scene: CallScene): CallerIdentity {
  const { caller, snapshot } = scene
  if (caller.kind === 'outside') return caller.identity
  const { line, user } = caller
  if (user === undefined) return callerToOutside(scene)
  const number = user.extension ?? externalNumberOf(snapshot, line, user) ?? ''
  return { number, name: displayNameOf(user), anonymous: !user.extensionCallerIdVisible }
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
  const number = externalNumberOf(snapshot, line, user)
  const name = (number === undefined ? undefined : snapshot.numbers.get(number)?.callerName) ?? displayNameOf(user, line)
  const anonymous = number === undefined || user?.externalCallerIdVisible === false || line.callerId?.visible === false
  trace.note('caller-id', outcomeOf(line, user, number, anonymous), { number })
  return { number: number ?? '', name, anonymous }
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
