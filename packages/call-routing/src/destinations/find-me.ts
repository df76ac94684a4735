import type { FindMe, FindMeEndpoint, RingOutcomeAction } from '../call-handling.ts'
import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { AlsoCalled, RingVerdict } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import { callBeside } from './call-beside.ts'
import type { Destination, Progress, UserDestination } from './destination.ts'
import { readForward } from './forward.ts'
import { freeLines, isOccupied } from './own-phones.ts'
import { applyAction, applyRingOutcome } from './ring-outcome.ts'
import { LONGEST_RING_MS } from './ring-time.ts'

/** Rings the endpoints one after the other, each for its time; how far the search is tells the trail. */
export function findUser(scene: CallScene, user: RoutingUser, findMe: FindMe, destination: UserDestination): Progress {
  const { facts, trace } = scene
  let last: RouteAttempt = { target: `user:${user.id}`, outcome: 'no-answer', statusCode: 480 }
  for (const [index, endpoint] of findMe.endpoints.entries()) {
    const target = `user:${user.id}/find-me/${index}`
    const tried =
      lastAttemptAt(target, facts.trail) ??
      startEndpoint(scene, user, endpoint, target, { destination, timeoutMs: timeoutOf(findMe, index), confirms: endpoint.confirms === true })
    if (tried === undefined) {
      trace.note('find-me', 'left out: nobody to be called there', { userId: user.id, index, ...endpoint.to })
      continue
    }
    if (!('outcome' in tried)) return tried
    const isBusy = tried.outcome === 'busy' || tried.outcome === 'declined'
    trace.note('find-me', isBusy && !endpoint.continueOnBusy ? 'busy: the search ends' : 'did not answer: the next one', { index, outcome: tried.outcome })
    if (isBusy && !endpoint.continueOnBusy) return applyRingOutcome(scene, user, tried, destination)
    last = tried
  }
  trace.note('find-me', 'nobody answered', { userId: user.id, timeoutType: findMe.timeoutType })
  // Nobody was found, whatever the last of them said.
  return applyAction(scene, user, actionAfter(user, findMe), { ...last, outcome: 'no-answer', statusCode: 480 }, destination)
}

interface EndpointCall {
  readonly destination: UserDestination
  readonly timeoutMs: number
  /** Who answers is asked whether it is him. */
  readonly confirms: boolean
}

/** @returns undefined when nobody can be called there; an attempt when it is known how it would end */
function startEndpoint(scene: CallScene, user: RoutingUser, endpoint: FindMeEndpoint, target: string, call: EndpointCall): Progress | RouteAttempt | undefined {
  if (endpoint.to.kind === 'own-devices') {
    if (isOccupied(scene, user)) return { target, outcome: 'busy', statusCode: 486 }
    const { free } = freeLines(scene, user.lineIds)
    return free.length === 0 ? undefined : ringNow(scene, user, target, call, free, [])
  }
  const to = destinationOf(scene, user, endpoint.to, call.destination)
  const beside = to === undefined ? undefined : callBeside(scene, user, to)
  if (beside === undefined) return undefined
  if (beside.kind === 'service') {
    scene.trace.note('find-me', 'goes on to what takes calls of its own', { referenceType: beside.to.referenceType })
    return { next: beside, forwarded: true }
  }
  const called: AlsoCalled = { verdict: beside, startsAfterMs: 0, ringsForMs: undefined, endsRingingWhenBusy: true, ...confirmed(call) }
  return ringNow(scene, user, target, call, [], [called])
}

function destinationOf(scene: CallScene, user: RoutingUser, to: FindMeEndpoint['to'], destination: UserDestination): Destination | undefined {
  if (to.kind === 'number') return readForward(scene, user, to.toNumber, 'always', destination)
  if (to.kind === 'own-devices') return undefined
  const number = destination.calledNumber
  const calledNumber = scene.snapshot.users.get(to.userId)?.extension ?? number
  return { kind: 'user', userId: to.userId, calledNumber, diversion: { userId: user.id, number, reason: 'always', payer: { userId: user.id } } }
}

function ringNow(
  scene: CallScene,
  user: RoutingUser,
  target: string,
  call: EndpointCall,
  lineIds: readonly string[],
  alsoCall: readonly AlsoCalled[],
): Progress {
  const { destination, timeoutMs, confirms } = call
  const { calledNumber, diversion } = destination
  scene.trace.note('find-me', confirms ? 'rings, and who answers is asked to confirm' : 'rings', { target, timeoutMs, lineIds })
  const caller = callerToInside(scene)
  const verdict: RingVerdict = { kind: 'ring', lineIds, userId: user.id, target, timeoutMs, caller, calledNumber, diversion, alsoCall, ...confirmed(call) }
  return { verdict }
}

function confirmed({ confirms }: EndpointCall): Pick<AlsoCalled, 'confirms'> {
  return confirms ? { confirms: true } : {}
}

/** "Ring forever" is the last endpoint's. */
function timeoutOf({ endpoints, timeoutType }: FindMe, index: number): number {
  const isLast = index === endpoints.length - 1
  if (isLast && timeoutType === 'RingForever') return LONGEST_RING_MS
  return (endpoints[index]?.timeoutSeconds ?? 0) * 1000
}

/** A forward after the search has no number of its own: it is the one of unanswered calls. */
function actionAfter({ callHandling }: RoutingUser, { timeoutType }: FindMe): RingOutcomeAction {
  if (timeoutType !== 'Forward') return { type: timeoutType }
  return callHandling.noAnswer.type === 'Forward' ? callHandling.noAnswer : { type: 'Busy' }
}
