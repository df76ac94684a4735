import type { MediaTerms } from '@dialtone/media'
import type { CallContext } from './call-context.ts'
import type { CallSide } from './state/call-event.ts'
import type { LegPlan } from './state/leg-plan.ts'
import { partyOf } from './state/transfer-state.ts'

type Whose = Pick<CallContext, 'state'> & { readonly needs: Pick<CallContext['needs'], 'directory'> }

/** What was arranged with the carrier or the PBX at a side about its media (S3-13); with `legId` that of a leg that may not have won. */
export function mediaTermsOf(call: Whose, side: CallSide, legId?: string): MediaTerms | undefined {
  const plan = legId === undefined ? undefined : call.state.legs.find((leg) => leg.id === legId)?.plan
  return plan === undefined ? termsAt(call, partyOf(call.state, side)) : mediaTermsOfPlan(call, plan)
}

export function mediaTermsOfPlan(call: Whose, { lineId, carrierId, beside }: LegPlan): MediaTerms | undefined {
  return termsAt(call, { lineId, carrierId, accountId: beside?.account.accountId ?? call.state.question.accountId })
}

/** A call for help is not refused for its codec, nor is anybody deaf to it for where it comes from (C-58). */
function termsAt(
  { state, needs }: Whose,
  party: { readonly lineId?: string | undefined; readonly carrierId?: string | undefined; readonly accountId: string } | undefined,
): MediaTerms | undefined {
  if (party === undefined || state.emergency !== undefined) return undefined
  if (party.carrierId !== undefined) return needs.directory.carrier(party.carrierId)?.media
  return party.lineId === undefined ? undefined : needs.directory.snapshotOf(party.accountId)?.lines.get(party.lineId)?.trunk?.media
}
