import type { CallContext } from './call-context.ts'
import { listenToLeg } from './leg-listener.ts'
import type { LegPlan } from './state/leg-plan.ts'

/** Sends the INVITE of a plan, with that session description. */
export function inviteLeg(call: CallContext, legId: string, plan: LegPlan, body: string): void {
  const { requestUri, to, alternatives = [], from, toHeader, enclosed, carrierId } = plan
  // Looked up here: what is secret does not belong into the trace of a call.
  const credentials = carrierId === undefined ? undefined : call.needs.directory.carrier(carrierId)?.credentials
  const headers = enclosed === undefined ? plan.headers : [...plan.headers, ...enclosed.headers]
  const parts = enclosed?.parts
  const mustConnect = plan.kind === 'psap'
  const invite = call.needs.sip.invite({ uri: requestUri, to, alternatives, from, toHeader, headers, body, parts, credentials, mustConnect })
  call.legs.set(legId, invite)
  call.dispatch({ type: 'legStarted', legId, sipCallId: invite.leg.callId, tag: invite.leg.id })
  listenToLeg(call, legId)
}
