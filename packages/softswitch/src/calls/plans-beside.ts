import type { AlsoCalled, CarrierVerdict, OnNetVerdict, RingVerdict } from '@dialtone/call-routing'
import { newUuid } from '@dialtone/foundation'
import { askRouting } from './ask-routing.ts'
import type { RouteNeeds } from './resolve-route.ts'
import type { CallAccount } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import type { LegPlan } from './state/leg-plan.ts'

export interface BesideNeeds {
  /** The account whose user is called. */
  readonly account: CallAccount
  readonly call: Pick<CallState, 'sessionId'>
  readonly hopLimit: number
  /** The INVITEs a verdict leads to. */
  readonly plan: (verdict: RingVerdict | CarrierVerdict) => readonly LegPlan[]
}

/** The INVITEs to those who are called while the phones of a user ring, each with what it is to the records. */
export function plansBeside(needs: RouteNeeds, called: readonly AlsoCalled[], { account, call, hopLimit, plan }: BesideNeeds): readonly LegPlan[] {
  return called.flatMap(({ verdict, confirms, ...times }) => {
    const found = verdict.kind === 'on-net' ? resolveOnNet(needs, verdict, call.sessionId, hopLimit) : { account, verdict }
    if (found === undefined) return []
    const forward = verdict.kind === 'ring' ? undefined : { recordId: newUuid(), account, verdict }
    const asBeside = (leg: LegPlan): LegPlan => toConfirm({ ...leg, beside: { ...found, forward, ...times } }, confirms)
    const otherCarriers = carriersAfter(found.verdict).flatMap(plan).map(asBeside)
    return plan(found.verdict).map((leg) => (otherCarriers.length === 0 ? asBeside(leg) : { ...asBeside(leg), otherCarriers }))
  })
}

function carriersAfter(verdict: RingVerdict | CarrierVerdict): readonly CarrierVerdict[] {
  return verdict.kind === 'ring' ? [] : verdict.carrierIds.slice(1).map((carrierId) => ({ ...verdict, carrierIds: [carrierId] }))
}

/** Our own end speaks to it first. */
export function toConfirm(plan: LegPlan, confirms: true | undefined): LegPlan {
  return confirms === true ? { ...plan, confirms } : plan
}

/** Phones of another account: what else it has set for calls takes more than one ring and is not followed from here. */
function resolveOnNet(needs: RouteNeeds, { accountId, number, caller }: OnNetVerdict, sessionId: string, hopLimit: number) {
  const call = { direction: 'terminating', calledNumber: number, caller } as const
  const facts = { trail: [], hopLimit: hopLimit - 1, nowMs: needs.clock.nowMs(), ...needs.occupancyFor(sessionId) }
  const { snapshot, decision } = askRouting(needs, { accountId, call, ...facts })
  if (snapshot === undefined || decision.kind !== 'ring') return undefined
  return { account: { accountId, partitionId: snapshot.partitionId, recordId: newUuid() }, verdict: decision }
}
