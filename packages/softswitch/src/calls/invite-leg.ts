import type { CallContext } from './call-context.ts'
import { listenToLeg } from './leg-listener.ts'
import type { LegPlan } from './state/leg-plan.ts'

/** Who has not even said 100 by then is not there: four copies of the INVITE have been sent (RFC 3261 17.1.1.2). */
const SILENCE_MS = 5_000

/** Sends the INVITE of a plan, with that session description. */
export function inviteLeg(call: CallContext, legId: string, plan: LegPlan, body: string): void {
  const { requestUri, to, alternatives = [], from, toHeader, enclosed, carrierId } = plan
  // Looked up here: what is secret does not belong into the trace of a call.
  const credentials = carrierId === undefined ? undefined : call.needs.directory.carrier(carrierId)?.credentials
  const headers = enclosed === undefined ? plan.headers : [...plan.headers, ...enclosed.headers]
  const parts = enclosed?.parts
  const mustConnect = plan.kind === 'psap'
  const silence = { timeoutMs: SILENCE_MS, leavesLast: plan.isReplaceable === true || (plan.otherCarriers ?? []).length > 0 }
  const invite = call.needs.sip.invite({ uri: requestUri, to, alternatives, from, toHeader, headers, body, parts, credentials, silence, mustConnect })
  call.legs.set(legId, invite)
  call.dispatch({ type: 'legStarted', legId, sipCallId: invite.leg.callId, tag: invite.leg.id })
  listenToLeg(call, legId)
}
