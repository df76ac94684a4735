import type { CallerIdentity, RouteDecision, RouteVerdict } from '@dialtone/call-routing'
import { newUuid } from '@dialtone/foundation'
import type { Clock } from '@dialtone/foundation'
import type { Header } from '@dialtone/sip'
import { planEmergencyLeg } from '../emergency/plan-emergency-leg.ts'
import type { RecentEmergencies } from '../emergency/recent-emergencies.ts'
import { planRing } from '../features/plan-ring.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { ServiceDesk } from '../ports/service-desk.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import { planCarrierLeg } from '../trunks/plan-carrier-leg.ts'
import type { CarrierNeeds } from '../trunks/plan-carrier-leg.ts'
import { askRouting, withCaller, withPathOf } from './ask-routing.ts'
import type { Occupancy } from './ask-routing.ts'
import { plansBeside, toConfirm } from './plans-beside.ts'
import type { CallEffect } from './state/call-effect.ts'
import { numberUri, referredByHeaders } from './party-headers.ts'
import type { DiversionShown } from './party-headers.ts'
import type { CallAccount, CallOrigin, RouteQuestion } from './state/call-event.ts'
import { viewAt } from './state/call-state.ts'
import { calledNumberOf } from './state/route-call.ts'
import type { CallState } from './state/call-state.ts'
import { isInCall, leavingOf } from './state/is-in-call.ts'
import type { Leaving } from './state/is-in-call.ts'
import type { LegPlan } from './state/leg-plan.ts'
import type { Party } from './state/transfer-state.ts'

export interface RouteNeeds {
  readonly directory: SwitchDirectory
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  readonly clock: Clock
  readonly services?: ServiceDesk | undefined
  readonly realm: string
  readonly publicAddress: string
  /**
   * What goes on at users, lines, trunks and carriers now, and who of a group had the last call. At users with the call that
   * asks; elsewhere without it, but for its path from the carrier it came by. At a transferor without the call he leaves.
   */
  readonly occupancyFor: (sessionId: string, from?: CameFrom) => Occupancy
  /** The places of a carrier in the order to try them. */
  readonly targetsInOrder?: CarrierNeeds['targetsInOrder']
  /** Who has dialed 911 and may be called back. */
  readonly recentEmergencies: RecentEmergencies
}

/** Of a call: the carrier it came by, and the part in another one that ends when it is answered. */
export interface CameFrom {
  readonly carrierId?: string | undefined
  readonly leaving?: Leaving | undefined
}

/** What is shown of where a call comes from. */
type CallSource = Pick<CallState, 'transfer' | 'origin' | 'forwards' | 'question'>

export interface ResolvedRoute {
  readonly account: CallAccount
  readonly decision: RouteDecision
  readonly accountVersion?: number
  readonly plans: readonly LegPlan[]
  readonly forwardRecordId?: string
}

/**
 * Asks the routing, in the account's newest snapshot, and looks up where its decision leads: contacts of lines, addresses
 * of carriers.
 * @param state the accounts of the call so far, which keep their record, and who is transferred
 */
export function resolveRoute(needs: RouteNeeds, question: Extract<CallEffect, { type: 'askRoute' }>, state: CallState, maxForwards: number): ResolvedRoute {
  const { accountId } = question.question
  const before = question.entering === true ? undefined : viewAt(state.accounts, accountId)
  const { trail, hopLimit } = question
  const { startedAtMs, sessionId } = state
  const nowMs = needs.clock.nowMs()
  const known = withCaller(needs.occupancyFor(sessionId, { carrierId: carrierBefore(state), leaving: leavingOf(state) }), (userId) => isInCall(state, userId))
  const occupancy = withPathOf(known, question.question.call, lineBefore(state))
  const { snapshot, decision } = askRouting(needs, { ...question.question, trail, hopLimit, nowMs, startedAtMs, ...occupancy })
  if (snapshot === undefined) return { account: before ?? state.accounts[0] ?? NOBODY, decision, plans: [] }
  const account = before ?? { accountId, partitionId: snapshot.partitionId, recordId: newUuid() }
  const plans = plansOf(needs, decision, maxForwards, state)
  if (decision.kind === 'ring' && decision.alsoCall !== undefined) {
    const beside = plansBeside(needs, decision.alsoCall, { account, call: state, hopLimit, plan: (verdict) => plansOf(needs, verdict, maxForwards, state) })
    return { account, decision, accountVersion: snapshot.version, plans: [...plans, ...beside] }
  }
  const forward = isSentOn(decision, question.question.call) ? { forwardRecordId: newUuid() } : {}
  return { account, decision, accountVersion: snapshot.version, plans, ...forward }
}

/** The carrier on whose path the caller is still there. */
function carrierBefore({ origin, callerLeg, transfer }: Pick<CallState, 'origin' | 'callerLeg' | 'transfer'>): string | undefined {
  return origin.kind === 'carrier' && callerLeg !== 'over' && transfer.guests.caller === undefined ? origin.carrierId : undefined
}

/** The line or trunk on whose path the caller is still there. */
function lineBefore({ origin, callerLeg, transfer }: CallSource & Pick<CallState, 'callerLeg'>): string | undefined {
  const isThere = callerLeg !== 'over' && transfer.origin === undefined && transfer.guests.caller === undefined
  return origin.kind === 'line' && origin.lineId !== '' && isThere ? origin.lineId : undefined
}

/** It leads out of the account, and nobody of the account has dialed that. */
function isSentOn(decision: RouteDecision, call: RouteQuestion['call']): boolean {
  return (decision.kind === 'carrier' || decision.kind === 'on-net') && (decision.diversion !== undefined || call.direction !== 'originating')
}

export interface Recall {
  readonly transferor: Party
  readonly caller: CallerIdentity
  readonly timeoutMs: number
  /** Those of a click-to-call; left out: the line of a transferor, whose transfer failed. */
  readonly lineIds?: readonly string[] | undefined
}

/** The phones of a transferor whose transfer failed, to take the transferee back: whatever its user has set for other calls. */
export function resolveRecall(needs: RouteNeeds, recall: Recall, maxForwards: number): Omit<ResolvedRoute, 'account'> {
  const { transferor, caller, timeoutMs } = recall
  const { lineId, userId } = transferor
  const target = `line:${lineId ?? ''}`
  const outcome = recall.lineIds === undefined ? 'the transfer failed: back to the transferor' : 'click-to-call: the own phones first'
  const steps = [{ rule: recall.lineIds === undefined ? 'recall' : 'own-phones', outcome }]
  const calledNumber = transferor.identity.number
  const lineIds = recall.lineIds ?? (lineId === undefined ? [] : [lineId])
  const decision: RouteDecision = { kind: 'ring', lineIds, userId, target, timeoutMs, caller, calledNumber, diversion: undefined, steps }
  return { decision, plans: plansOf(needs, decision, maxForwards, undefined) }
}

/** Never reached: a call begins in an account. */
const NOBODY: CallAccount = { accountId: '', partitionId: '', recordId: '' }

/** @param call undefined: it is taken back from a transfer, and comes from nobody new */
function plansOf(needs: RouteNeeds, decision: RouteVerdict, maxForwards: number, call: CallSource | undefined): readonly LegPlan[] {
  const { realm, publicAddress, bindingsOf } = needs
  if (decision.kind === 'ring') {
    const transfer = call?.transfer.origin?.isClickToCall === true ? undefined : call?.transfer.origin
    // Who is transferred to is called by the transferee, and told who transfers (RFC 3892); the call is the transferor's all the same.
    const caller = transfer?.transferee.identity ?? decision.caller
    const shown = { ...decision, caller, diversion: decision.diversion ?? sentOnBefore(call) }
    const more: Header[] = [...referredByHeaders(transfer?.transferor.identity, realm), ...earlierDiversionHeaders(call?.origin, shown, realm)]
    // A phone that knows the value lets it through its own do not disturb (RFC 7090 5).
    if (decision.isCallback === true) more.push(['Priority', 'psap-callback'])
    const placeOf = (lineId: string) => needs.recentEmergencies.placeOf(decision.calledNumber, lineId)
    return planRing(shown, { realm, bindingsOf, maxForwards, more, ...(decision.isCallback === true ? { placeOf } : {}) }).map((plan) =>
      toConfirm(plan, decision.confirms),
    )
  }
  if (decision.kind !== 'carrier' && decision.kind !== 'emergency') return []
  const peer = needs.directory.carrier(decision.carrierIds[0] ?? '')
  if (peer === undefined) return []
  const timesSentOn = call?.origin.kind === 'carrier' ? call.origin.timesSentOn : undefined
  if (decision.kind === 'carrier') return [planCarrierLeg(decision, peer, { publicAddress, maxForwards, targetsInOrder: needs.targetsInOrder, timesSentOn })]
  return [planEmergencyLeg(decision, peer, { publicAddress, maxForwards, nowMs: needs.clock.nowMs() })]
}

/** Another account has sent the call on to the number by which it came here. */
function sentOnBefore(call: CallSource | undefined): DiversionShown | undefined {
  if (call?.forwards === undefined) return undefined
  const number = calledNumberOf(call.question)
  const by = call.forwards.findLast(({ ended, destination, calledNumber }) => ended === undefined && destination === 'other' && calledNumber === number)?.by
  return by === undefined ? undefined : { userId: by.userId ?? '', number: by.number, reason: by.reason }
}

/** Who sent the call on before it came to us, as the carrier said; not when one of ours has sent it on since (RFC 5806 5). */
function earlierDiversionHeaders(origin: CallOrigin | undefined, shown: { readonly diversion: DiversionShown | undefined }, host: string): readonly Header[] {
  if (origin?.kind !== 'carrier' || origin.diversion === undefined || shown.diversion !== undefined) return []
  return [['Diversion', `<${numberUri(origin.diversion.number, host)}>;reason=${origin.diversion.reason}`]]
}
