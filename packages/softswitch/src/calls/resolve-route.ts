import { decideRoute } from '@dialtone/call-routing'
import type { RouteDecision } from '@dialtone/call-routing'
import { newUuid } from '@dialtone/foundation'
import type { Clock } from '@dialtone/foundation'
import { planEmergencyLeg } from '../emergency/plan-emergency-leg.ts'
import { planRing } from '../features/plan-ring.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import { planCarrierLeg } from '../trunks/plan-carrier-leg.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { CallAccount } from './state/call-event.ts'
import type { LegPlan } from './state/leg-plan.ts'

export interface RouteNeeds {
  readonly directory: SwitchDirectory
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  readonly clock: Clock
  readonly realm: string
  readonly publicAddress: string
}

export interface ResolvedRoute {
  readonly account: CallAccount
  readonly decision: RouteDecision
  readonly plans: readonly LegPlan[]
}

/**
 * Asks the routing, in the account's newest snapshot, and looks up where its decision leads: contacts of lines, addresses
 * of carriers.
 * @param known the accounts of the call so far, which keep their record
 */
export function resolveRoute(
  needs: RouteNeeds,
  question: Extract<CallEffect, { type: 'askRoute' }>,
  known: readonly CallAccount[],
  maxForwards: number,
): ResolvedRoute {
  const { accountId, call } = question.question
  const snapshot = needs.directory.snapshotOf(accountId)
  const before = known.find((account) => account.accountId === accountId)
  if (snapshot === undefined) return { account: before ?? known[0] ?? NOBODY, decision: ACCOUNT_GONE, plans: [] }
  const ownerOf = needs.directory.ownerOf.bind(needs.directory)
  const { trail, hopLimit } = question
  const decision = decideRoute(snapshot, { call, nowMs: needs.clock.nowMs(), ownerOf, trail, hopLimit })
  const account = before ?? { accountId, partitionId: snapshot.partitionId, recordId: newUuid() }
  return { account, decision, plans: plansOf(needs, decision, maxForwards) }
}

/** Never reached: a call begins in an account. */
const NOBODY: CallAccount = { accountId: '', partitionId: '', recordId: '' }

/** The account was deleted between two steps of the call. */
const ACCOUNT_GONE: RouteDecision = {
  kind: 'reject',
  statusCode: 404,
  code: 'UnknownNumber',
  reasonPhrase: 'Not Found',
  steps: [{ rule: 'account', outcome: 'the account is not known to the switch' }],
}

function plansOf(needs: RouteNeeds, decision: RouteDecision, maxForwards: number): readonly LegPlan[] {
  const { realm, publicAddress, bindingsOf } = needs
  if (decision.kind === 'ring') return planRing(decision, { realm, bindingsOf, maxForwards })
  if (decision.kind !== 'carrier' && decision.kind !== 'emergency') return []
  const peer = needs.directory.carrier(decision.carrierIds[0] ?? '')
  if (peer === undefined) return []
  if (decision.kind === 'carrier') return [planCarrierLeg(decision, peer, { publicAddress, maxForwards })]
  return [planEmergencyLeg(decision, peer, { publicAddress, maxForwards })]
}
