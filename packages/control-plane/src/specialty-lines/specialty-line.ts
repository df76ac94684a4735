import type { ObjectReference } from '../account-objects/index.ts'
import type { PortPlace } from '../devices/index.ts'

/** What a caller decides about a line of an alarm, elevator or intercom (S4-15 … S4-21). */
export interface SpecialtyLineAttributes {
  readonly name: string
  /** The number its calls show, of the account. */
  readonly callerId: string
  /** Called back after a 911 call; its address is the location. */
  readonly e911CallbackNumber: string
  /** Products of the partition; at least one (S4-18). */
  readonly callingPlanIds: readonly string[]
  /** The port it is on, when a device is configured with it (S4-13). */
  readonly port: PortPlace | undefined
}

/** What the line points at, for the registry of the account. */
export function referencesOf(line: SpecialtyLineAttributes, deviceId: string | undefined): readonly ObjectReference[] {
  return [
    { role: 'callerId', type: 'TELEPHONE_NUMBER', id: line.callerId },
    { role: 'emergencyNumber', type: 'TELEPHONE_NUMBER', id: line.e911CallbackNumber },
    ...(deviceId === undefined ? [] : [{ role: 'device', type: 'DEVICE', id: deviceId } as const]),
  ]
}
