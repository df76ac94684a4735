import { callInto, NO_SERVICES } from '@dialtone/call-routing'
import type { AlsoCalled, CarrierVerdict, RouteAttempt, RouteVerdict, RoutingSnapshot, ServeVerdict } from '@dialtone/call-routing'
import { askRouting, withCaller, withPathOf } from '../calls/ask-routing.ts'
import type { Occupancy, RoutingNeeds } from '../calls/ask-routing.ts'
import { MAX_HOPS } from '../calls/state/call-state.ts'
import type { RouteQuestion } from '../calls/state/call-event.ts'
import { placeInTrail } from '../calls/state/route-call.ts'
import { reachableDevices } from '../features/reachable-devices.ts'
import type {
  CallExplanation,
  ExplainedDecision,
  ExplainedEndpoint,
  ExplainedOutcome,
  ExplainQuestion,
  PaidLeg,
  ToldCarrier,
} from '../ports/call-explanation.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { CarrierPeer } from '../ports/switch-directory.ts'
import { numbersAtCarrier } from '../trunks/plan-carrier-leg.ts'
import { paidLegsOf } from './paid-legs.ts'
import { waysOutOf, wordsAfter } from './ways-out.ts'

export interface ExplainNeeds extends RoutingNeeds {
  readonly occupancy: Occupancy
}

interface WalkNeeds extends ExplainNeeds {
  readonly refusals: ExplainQuestion['refusals']
  /** The line that calls. */
  readonly lineId: string | undefined
}

/** How a destination may refuse, and with which status: what follows each of them is explained. */
const RING_OUTCOMES: readonly Answer[] = [
  { after: 'busy', outcome: 'busy', statusCode: 486 },
  { after: 'no-answer', outcome: 'no-answer', statusCode: 480 },
  { after: 'unregistered', outcome: 'unregistered', statusCode: 480 },
  { after: 'declined', outcome: 'declined', statusCode: 603 },
  { after: 'failed', outcome: 'failed', statusCode: 500 },
]
const CARRIER_OUTCOMES: readonly Answer[] = [
  { after: 'busy', outcome: 'busy', statusCode: 486 },
  { after: 'failed', outcome: 'failed', statusCode: 503 },
  // The stack gives up, or another one is tried before (RFC 3261 17.1.1.2): the caller hears that it took too long.
  { after: 'silent', outcome: 'failed', statusCode: 408 },
]

type Outcome = Pick<RouteAttempt, 'outcome' | 'statusCode'>
type Answer = Outcome & Pick<ExplainedOutcome, 'after'>
type Destination = Extract<RouteVerdict, { kind: 'ring' | 'carrier' | 'emergency' }>

/**
 * What the switch would do with a call now: the decisions it would take, asked for as `calls/state/route-call.ts` asks for them,
 * where they lead, and what would follow if nobody answered there. Changes nothing and calls nobody.
 */
export function explainCall(present: ExplainNeeds, question: ExplainQuestion): CallExplanation {
  const { accountId, call, atMs, past, refusals } = question
  const directory = past === undefined ? present.directory : directoryOf(present.directory, past)
  const callerId = call.direction === 'originating' ? directory.snapshotOf(accountId)?.lines.get(call.fromLineId)?.userId : undefined
  const occupancy = withCaller(present.occupancy, (userId) => userId === callerId)
  const lineId = call.direction === 'originating' ? call.fromLineId : undefined
  const needs: WalkNeeds = { ...present, refusals, directory, occupancy, lineId }
  const begun: Walk = { question: { accountId, call }, trail: [], hops: 0, onNetHops: 0 }
  const path = walk(needs, begun, atMs)
  const { stop } = path
  const taken = path.decisions.at(-1)?.verdict
  if (taken?.kind === 'serve') return { decisions: path.decisions, endpoints: [], next: explainWaysOut(needs, path, taken, atMs) }
  return {
    decisions: path.decisions,
    endpoints: stop === undefined ? [] : endpointsOf(needs, stop.verdict, atMs, MAX_HOPS - stop.onNetHops),
    next: stop === undefined ? [] : outcomesAt(stop.verdict).map((outcome) => follow(needs, stop, outcome, atMs)),
  }
}

/** A call that the platform sends on: whoever is not to be had then, its caller is told so. */
function explainWaysOut(needs: WalkNeeds, { decisions: before }: Path, taken: ServeVerdict, atMs: number): readonly ExplainedOutcome[] {
  const { caller, calledNumber } = taken
  const accountId = before.at(-1)?.accountId ?? ''
  const onNetHops = before.filter(({ verdict }) => verdict.kind === 'on-net').length
  return waysOutOf(taken).map(({ after, to, goesOn }) => {
    const question: RouteQuestion = { accountId, call: { direction: 'continuing', to, caller, calledNumber } }
    const { decisions } = walk(needs, { question, trail: [], hops: before.length, onNetHops }, atMs)
    const prompt = goesOn === true ? undefined : wordsAfter(decisions.at(-1))
    return { after, decisions, ...(prompt === undefined ? {} : { prompt }) }
  })
}

function directoryOf(present: RoutingNeeds['directory'], past: ReadonlyMap<string, RoutingSnapshot>): RoutingNeeds['directory'] {
  return {
    snapshotOf: (accountId) => {
      const snapshot = past.get(accountId)
      // It may be older than a kind of service that was added since.
      return snapshot === undefined ? present.snapshotOf(accountId) : { ...snapshot, services: { ...NO_SERVICES, ...snapshot.services } }
    },
    ownerOf: (number) => present.ownerOf(number),
    carrier: (id) => present.carrier(id),
  }
}

/** A call on its way: what it asks, and what was tried. */
interface Walk {
  readonly question: RouteQuestion
  readonly trail: readonly RouteAttempt[]
  readonly hops: number
  readonly onNetHops: number
}

interface Path {
  readonly decisions: readonly ExplainedDecision[]
  /** Where it waits for an answer; undefined: it has ended, or the platform has taken it. */
  readonly stop: (Walk & { readonly verdict: Destination }) | undefined
}

/** Decision after decision, until somebody can be reached. */
function walk(needs: WalkNeeds, begun: Walk, atMs: number): Path {
  const decisions: ExplainedDecision[] = []
  let at = begun
  while (at.hops < MAX_HOPS) {
    const { question, trail, onNetHops } = at
    const occupancy = withPathOf(needs.occupancy, question.call, needs.lineId)
    const { snapshot, decision } = askRouting(needs, { ...question, trail, hopLimit: MAX_HOPS - onNetHops, nowMs: atMs, ...occupancy })
    const { steps, ...routed } = decision
    const { accountId } = question
    const paid = paidLegsOf(question, routed, snapshot, needs.refusals)
    const decided = { partitionId: snapshot?.partitionId, accountId, accountVersion: snapshot?.version, after: trail.at(-1), steps, verdict: routed }
    decisions.push(paid.length === 0 ? decided : { ...decided, paid })
    at = { ...at, hops: at.hops + 1 }
    const verdict = withoutRefused(routed, paid)
    if (verdict === undefined || verdict.kind === 'reject' || verdict.kind === 'serve' || verdict.kind === 'take') return { decisions, stop: undefined }
    if (verdict.kind === 'on-net') {
      at = { ...at, question: { accountId: verdict.accountId, call: callInto(verdict, question.call) }, onNetHops: onNetHops + 1 }
      continue
    }
    const isRefused = paid.some(({ refusal }) => refusal !== undefined)
    const failure = failureToReach(needs, verdict, atMs, MAX_HOPS - onNetHops, isRefused)
    if (failure === undefined) return { decisions, stop: { ...at, verdict } }
    // Every emergency carrier was tried: the switch has nobody left to ask for.
    if (verdict.kind === 'emergency' && verdict.carrierIds.length === 0) return { decisions, stop: undefined }
    at = { ...at, trail: [...trail, { ...placeInTrail(verdict), ...failure }] }
  }
  return { decisions, stop: undefined }
}

/** What is left of a decision when nobody pays for some of it; undefined: the call ends there. */
function withoutRefused(verdict: RouteVerdict, paid: readonly PaidLeg[]): RouteVerdict | undefined {
  const refused = new Set(paid.flatMap(({ calledNumber, refusal }) => (refusal === undefined ? [] : [calledNumber])))
  if (refused.size === 0) return verdict
  if (verdict.kind !== 'ring') return undefined
  return { ...verdict, alsoCall: verdict.alsoCall?.filter(({ verdict: also }) => also.kind === 'ring' || !refused.has(also.number)) }
}

/** What the switch finds out by itself: nobody is registered, or the carrier is not known here. */
function failureToReach(needs: ExplainNeeds, verdict: Destination, atMs: number, hopLimit: number, isRefused: boolean): Outcome | undefined {
  const isReachable = endpointsOf(needs, verdict, atMs, hopLimit).some((endpoint) => endpoint.kind !== 'line' || endpoint.contacts.length > 0)
  if (isReachable) return undefined
  if (verdict.kind === 'ring' && isRefused) return { outcome: 'failed', statusCode: 480 }
  return verdict.kind === 'ring' ? { outcome: 'unregistered', statusCode: 480 } : { outcome: 'failed', statusCode: 503 }
}

/** A destination that rings until the caller gives up has no answer to wait for; a carrier is not unregistered. */
function outcomesAt(verdict: Destination): readonly Answer[] {
  if (verdict.kind === 'ring') return RING_OUTCOMES.filter(({ outcome }) => outcome !== 'no-answer' || verdict.timeoutMs !== undefined)
  return verdict.kind === 'carrier' ? CARRIER_OUTCOMES : CARRIER_OUTCOMES.filter(({ outcome }) => outcome === 'failed')
}

/** The same answer everywhere, until the call ends or comes to somebody who cannot give it. */
function follow(needs: WalkNeeds, from: NonNullable<Path['stop']>, { after }: Answer, atMs: number): ExplainedOutcome {
  const decisions: ExplainedDecision[] = []
  let stop: Path['stop'] = from
  while (stop !== undefined) {
    const possible = outcomesAt(stop.verdict).find((one) => one.after === after)
    if (possible === undefined) break
    const { outcome, statusCode } = possible
    const trail: readonly RouteAttempt[] = [...stop.trail, { ...placeInTrail(stop.verdict), outcome, statusCode }]
    const path: Path = walk(needs, { question: stop.question, trail, hops: stop.hops, onNetHops: stop.onNetHops }, atMs)
    decisions.push(...path.decisions)
    ;({ stop } = path)
  }
  return { after, decisions }
}

/** The phones, with their contacts, and the carriers that are known here; the first of these is tried. */
function endpointsOf(needs: ExplainNeeds, verdict: Destination, atMs: number, hopLimit: number): readonly ExplainedEndpoint[] {
  const { directory, bindingsOf } = needs
  if (verdict.kind === 'ring') {
    const phones = verdict.lineIds.map((lineId): ExplainedEndpoint => {
      return { kind: 'line', lineId, contacts: reachableDevices(bindingsOf(lineId)).map(({ binding }) => contactOf(binding)) }
    })
    const beside = (verdict.alsoCall ?? []).flatMap((also) => besideEndpoints(needs, also.verdict, atMs, hopLimit))
    return [...phones, ...beside]
  }
  // Without the first there is no call, as in `planCarrierLeg`.
  if (directory.carrier(verdict.carrierIds[0] ?? '') === undefined) return []
  return verdict.carrierIds.map((carrierId) => {
    const peer = directory.carrier(carrierId)
    const told = peer === undefined || verdict.kind !== 'carrier' ? undefined : toldCarrier(peer, verdict)
    return { kind: peer?.emergency === true ? 'psap' : 'carrier', carrierId, name: peer?.name, told }
  })
}

function toldCarrier(peer: CarrierPeer, verdict: CarrierVerdict): ToldCarrier {
  const { called, caller, callerRuleIndex } = numbersAtCarrier(peer, verdict)
  return { called: called.number, calledRule: called.ruleIndex, caller: caller.anonymous ? undefined : caller.writtenAs, callerRule: callerRuleIndex }
}

/** Who rings beside the phones, as `plansBeside` finds them: of another account its phones alone. */
function besideEndpoints(needs: ExplainNeeds, verdict: AlsoCalled['verdict'], atMs: number, hopLimit: number): readonly ExplainedEndpoint[] {
  if (verdict.kind !== 'on-net') return endpointsOf(needs, verdict, atMs, hopLimit)
  const call = { direction: 'terminating', calledNumber: verdict.number, caller: verdict.caller } as const
  const { decision } = askRouting(needs, { accountId: verdict.accountId, call, trail: [], hopLimit: hopLimit - 1, nowMs: atMs, ...needs.occupancy })
  return decision.kind === 'ring' ? endpointsOf(needs, { ...decision, alsoCall: [] }, atMs, hopLimit) : []
}

/** Parameters of a contact may hold tokens of the phone's own. */
function contactOf({ contactUri, transport, userAgent, expiresAtMs }: StoredBinding) {
  return { uri: contactUri.split(/[;?]/)[0] ?? '', transport, userAgent, expiresAtMs }
}
