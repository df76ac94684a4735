import { newUuid } from '@dialtone/foundation'
import { userOf } from '@dialtone/sip'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { SipUri } from '@dialtone/sip'
import type { CallContext, PendingRefer } from './call-context.ts'
import type { Referral } from './state/call-event.ts'

/** As for dialing: nobody dials more than that. */
const LONGEST_DIALED = 64

/** What a REFER asks of us (RFC 3515 2.1, RFC 5589): only ever a call (the stack refuses other methods), and never one for help. */
export function readReferral(call: CallContext, { referTo, replaces }: PendingRefer): Referral {
  const { uri } = referTo
  if (replaces !== undefined) {
    const leg = call.needs.sip.findLeg(replaces)
    const found = leg === undefined ? undefined : call.others.locate(leg)
    return found === undefined ? { kind: 'unknownDialog' } : { kind: 'attended', toSessionId: found.sessionId, toSide: found.side }
  }
  const dialed = dialedIn(uri)
  // The location and the number to call back would be those of somebody else (47 CFR 9.16).
  if (isEmergencyDialed(dialed)) return { kind: 'refused', statusCode: 403 }
  return { kind: 'blind', dialed, toSessionId: newUuid(), recordId: newUuid() }
}

/** What a URI in a REFER or a 3xx means when a line dials it. */
export function dialedIn(uri: SipUri): string {
  return (userOf(uri).split(';')[0] ?? '').slice(0, LONGEST_DIALED)
}
