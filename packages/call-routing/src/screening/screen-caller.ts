import { isTollFree, normalizePhoneNumber } from '@dialtone/numbering'
import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import type { LineDestination, Progress, UserDestination } from '../destinations/destination.ts'
import { forwardTo } from '../destinations/forward.ts'
import { leaveMessage } from '../destinations/voicemail.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject } from '../reject.ts'
import type { RejectVerdict } from '../route-decision.ts'
import type { CallerIdentity } from '../route-facts.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { CallScreen, CallScreening, RingType } from './call-screening.ts'

export interface Screened {
  /** Undefined: the call may ring. */
  readonly progress: Progress | undefined
  readonly ringType: RingType | undefined
}

const LET_IN: Screened = { progress: undefined, ringType: undefined }

type CallerClass = 'custom' | 'anonymous' | 'toll-free' | 'default'

/**
 * What the account, and then the user, want done with this caller: single callers first, then who hides, then toll-free numbers, then
 * everybody (public-spec section 8). What the account lets in the user may still refuse.
 */
export function screenCaller(scene: CallScene, user: RoutingUser, destination: UserDestination | LineDestination): Screened {
  const { screening: ofAccount } = scene.snapshot
  if (ofAccount === undefined && user.screening === undefined) return LET_IN
  const caller = callerToInside(scene)
  const first = ofAccount === undefined ? LET_IN : applyScreening(scene, user, destination, { screening: ofAccount, owner: 'account', caller })
  if (first.progress !== undefined || user.screening === undefined) return first
  const second = applyScreening(scene, user, destination, { screening: user.screening, owner: 'user', caller })
  return { progress: second.progress, ringType: second.ringType ?? first.ringType }
}

interface Applied {
  readonly screening: CallScreening
  readonly owner: 'account' | 'user'
  readonly caller: CallerIdentity
}

function applyScreening(scene: CallScene, user: RoutingUser, destination: UserDestination | LineDestination, applied: Applied): Screened {
  const { screening, owner, caller } = applied
  const { callerClass, screen } = screenFor(scene, screening, caller)
  scene.trace.note('call-screening', screen.action, { of: owner, userId: user.id, class: callerClass, ringType: screen.ringType })
  const refusal = reject(callerClass === 'anonymous' ? 'AnonymousRejected' : 'CallerBlocked')
  switch (screen.action) {
    case 'Allow':
      return LET_IN
    case 'VipRing':
      return { progress: undefined, ringType: screen.ringType }
    case 'Block':
      return { progress: { verdict: refusal }, ringType: undefined }
    case 'BlockWithPrompt':
      return { progress: announceRefusal(scene, user, destination, refusal), ringType: undefined }
    case 'Voicemail':
      return { progress: { verdict: leaveMessage(scene, user, 'always', destination) ?? refusal }, ringType: undefined }
    case 'Forward':
      return { progress: forwardTo(scene, user, screening.forwardTo, 'always', destination), ringType: undefined }
  }
}

/** The first class a caller belongs to whose screen is one; the last is everybody's. */
function screenFor(scene: CallScene, screening: CallScreening, caller: CallerIdentity): { readonly callerClass: CallerClass; readonly screen: CallScreen } {
  const numbers = numbersOf(scene, caller)
  const custom = numbers.map((number) => screening.custom.get(number)).find((screen) => screen !== undefined)
  if (custom !== undefined) return { callerClass: 'custom', screen: custom }
  if (caller.anonymous || caller.number === '') return { callerClass: 'anonymous', screen: screening.anonymous }
  if (numbers.some(isTollFree)) return { callerClass: 'toll-free', screen: screening.tollFree }
  return { callerClass: 'default', screen: screening.others }
}

/** A colleague is shown by extension, and is known by the numbers it shows outside as well. */
function numbersOf({ caller }: CallScene, { number }: CallerIdentity): readonly string[] {
  const shown = caller.kind === 'line' ? [caller.line.callerId?.number, caller.user?.callerIdNumber] : []
  return [number, ...shown].flatMap((each) => (each === undefined ? [] : (normalizePhoneNumber(each) ?? normalizePhoneNumber(`+${each}`) ?? [])))
}

/** Words say why before the call is refused; it is not answered, and costs nothing. */
function announceRefusal(scene: CallScene, user: RoutingUser, destination: UserDestination | LineDestination, refusal: RejectVerdict): Progress {
  const target = `screening:${user.id}`
  if (lastAttemptAt(target, scene.facts.trail) !== undefined) return { verdict: refusal }
  const isHidden = refusal.code === 'AnonymousRejected'
  const promptId = isHidden ? 'anonymous-rejected' : 'call-blocked'
  const service = { kind: 'announcement', promptId, isAnswered: false, next: undefined, refusal: isHidden ? 'AnonymousRejected' : 'CallerBlocked' } as const
  const { calledNumber, diversion } = destination
  return { verdict: { kind: 'serve', service, target, userId: user.id, caller: callerToInside(scene), calledNumber, diversion } }
}
