import type { ObjectReference } from '../account-objects/index.ts'
import type { CallHandling } from './call-handling.ts'

/** What a caller decides about a line: a port of an adapter that a number or a hunt group rings (S1-99, S1-101). */
export interface BusinessLine {
  readonly name: string
  /** The number its calls show, of the account. */
  readonly callerIdPhoneNumber: string | undefined
  readonly callerIdVisible: boolean
  /** Called back after a 911 call; its address is the location. */
  readonly emergencyCallbackPhoneNumber: string | undefined
}

/** The name of a caller whose number is not shown, or has none (conflicts section 9). */
export const ANONYMOUS = 'ANONYMOUS'

/** What the line points at, for the registry of the account. */
export function referencesOf(line: BusinessLine, handling: CallHandling, deviceId: string | undefined): readonly ObjectReference[] {
  return [
    ...reference('callerId', 'TELEPHONE_NUMBER', line.callerIdPhoneNumber),
    ...reference('emergencyNumber', 'TELEPHONE_NUMBER', line.emergencyCallbackPhoneNumber),
    ...reference('voicemailBox', 'VOICEMAIL_BOX', handling.voicemailBoxId),
    ...reference('device', 'DEVICE', deviceId),
  ]
}

function reference(role: string, type: ObjectReference['type'], id: string | undefined): readonly ObjectReference[] {
  return id === undefined ? [] : [{ role, type, id }]
}
