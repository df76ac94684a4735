import { decideRoute } from '@dialtone/call-routing'
import { planRing } from '../features/plan-ring.ts'
import { limitBreadth } from './limit-breadth.ts'
import type { RouteNeeds } from './resolve-route.ts'
import { partyOf } from './state/transfer-state.ts'
import type { CallEffect } from './state/call-effect.ts'
import { viewAt } from './state/call-state.ts'
import type { CallState } from './state/call-state.ts'
import type { LegPlan } from './state/leg-plan.ts'

/**
 * The phones a 3xx leads to, decided as if the line that sent it had dialed: extensions and numbers of its own account. They
 * are shown the caller, and by whom the call comes (RFC 5806).
 */
export function redirectionPlans(
  needs: RouteNeeds,
  { contacts, lineId, legId }: Extract<CallEffect, { type: 'askRedirection' }>,
  { state, maxForwards }: { readonly state: CallState; readonly maxForwards: number },
): readonly LegPlan[] {
  const { accountId } = state.question
  const snapshot = needs.directory.snapshotOf(accountId)
  const view = viewAt(state.accounts, accountId)
  const caller = partyOf(state, 'caller')?.identity
  if (snapshot === undefined || view === undefined || caller === undefined) return []
  const ownerOf = needs.directory.ownerOf.bind(needs.directory)
  const userId = snapshot.lines.get(lineId)?.userId ?? ''
  const plans = contacts.flatMap((dialed) => {
    const call = { direction: 'originating', fromLineId: lineId, dialed } as const
    const decision = decideRoute(snapshot, { call, nowMs: needs.clock.nowMs(), ownerOf, trail: [], hopLimit: undefined })
    if (decision.kind !== 'ring') return []
    const diversion = { userId, number: view.calledNumber, reason: 'deflection' } as const
    return planRing({ ...decision, caller, diversion }, { realm: needs.realm, bindingsOf: needs.bindingsOf, maxForwards })
  })
  return limitBreadth(plans, breadthOf(state.legs.find(({ id }) => id === legId)?.plan))
}

/** What the phone that sends on had been given of the caller's breadth; nothing of it is in use any more (RFC 5393 5.3.3). */
function breadthOf(plan: LegPlan | undefined): number | undefined {
  const given = plan?.headers.find(([name]) => name === 'Max-Breadth')?.[1]
  return given === undefined ? undefined : Number(given)
}
