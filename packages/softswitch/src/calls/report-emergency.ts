import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallerPlace } from '../emergency/recent-emergencies.ts'
import { ownText } from '../registrar/own-text.ts'
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
    call.needs.recentEmergencies.note(callbackNumber, callingLineId, call.needs.clock.nowMs(), placeOf(call))
  const parties = { dialedNumber, callingLineId, callingUserId, callingNumber, callingName }
  const facts = { service, callbackNumber, location, carrierIds, atMs: call.needs.clock.nowMs() }
  call.needs.events.emergencyCall({ recordId, sessionId, partitionId, accountId, ...parties, ...facts })
}

/** What the phone says it is reached at, through what it was heard from: as registering would have told (RFC 3261 10.3). */
function placeOf({ caller }: CallContext): CallerPlace | undefined {
  const contact = caller?.request?.contacts[0]
  if (contact?.uri === undefined || caller?.source === undefined) return undefined
  return { contactUri: ownText(contact.uriText), receivedFrom: caller.source }
}
