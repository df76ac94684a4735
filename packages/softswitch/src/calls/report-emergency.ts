import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallContext } from './call-context.ts'

/** Tells the platform that somebody dialed 911 or 933; the legs are on their way already (S0-73). */
export function reportEmergency(call: CallContext): void {
  const { emergency } = call.state
  const record = buildCallRecords(call.state)[0]
  if (emergency === undefined || record === undefined) return
  const { id: recordId, sessionId, partitionId, accountId, dialedNumber, callingLineId, callingUserId, callingNumber, callingName } = record
  const { service, callbackNumber, location, carrierIds } = emergency
  // A test of the address is nobody's call for help.
  if (service === '911' && callbackNumber !== undefined && callingLineId !== undefined)
    call.needs.recentEmergencies.note(callbackNumber, callingLineId, call.needs.clock.nowMs())
  const parties = { dialedNumber, callingLineId, callingUserId, callingNumber, callingName }
  const facts = { service, callbackNumber, location, carrierIds, atMs: call.needs.clock.nowMs() }
  call.needs.events.emergencyCall({ recordId, sessionId, partitionId, accountId, ...parties, ...facts })
}
