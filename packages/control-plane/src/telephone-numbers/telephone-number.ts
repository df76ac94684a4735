/** Objects a number can ring (C-39): the vocabulary of the interface. */
export const REFERENCE_TYPES = [
  'END_USER', 'SIP_TRUNK', 'SIP_TRUNK_GROUP', 'IVR', 'AUTO_ATTENDANT', 'VFAX', 'BUSINESS_LINE', 'BUSINESS_LINE_HUNT_GROUP', 'CALL_GROUP', 'CALL_QUEUE', 'CONTACT_CENTER',
  'SPECIALTY_LINE', 'TELEPHONE', 'LINE_APPEARANCE', 'LINE_HUNTGROUP', 'HUNT_GROUP', 'CONFERENCE_ROOM', 'PAGING_GROUP',
] as const // prettier-ignore
export type ReferenceType = (typeof REFERENCE_TYPES)[number]

export const CARRIER_STATUSES = [
  'ACTIVE', 'ACTIVATION_ON_HOLD', 'ACTIVATION_PENDING', 'PORT_PENDING', 'CANCEL_PORT', 'CANCEL_PORT_EXPIDITED', 'DELETE_PENDING', 'DELETED', 'CANCEL_PORT_COMPLETE',
  'PORT_REJECTED', 'INVENTORY', 'INVENTORY_CLAIMED', 'COOLDOWN', 'RECOVERED',
] as const // prettier-ignore
export type CarrierStatus = (typeof CARRIER_STATUSES)[number]

/** STAGED: may be shown as caller ID, but no call comes in by it yet (seed 000 section 6). */
export const OPERATIONAL_STATUSES = ['ACTIVE', 'STAGED'] as const
export const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7'] as const
export const SERVICE_PACKAGE_TYPES = [
  'Usage', 'PrimaryLocalFlatRate', 'PrimaryLocalAndDomesticLDFlatRate', 'SecondaryLocalFlatRate', 'SecondaryLocalAndDomesticLDFlatRate',
] as const // prettier-ignore
/** Of a number that nobody chose one for, as the table has it; the last owner's choice is not the next one's. */
export const DEFAULT_SERVICE_PACKAGE: (typeof SERVICE_PACKAGE_TYPES)[number] = 'PrimaryLocalAndDomesticLDFlatRate'

/** The states of S0-35 … S0-46, in their order. */
export const LIFECYCLE_STATES = ['INVENTORY_AVAILABLE', 'RESERVED', 'PORT_PENDING', 'PORT_COMPLETE', 'ACTIVE', 'DISCONNECTED', 'RELEASED'] as const
export type LifecycleState = (typeof LIFECYCLE_STATES)[number]

/** Long enough to finish an order, short enough not to lock the inventory (S1-72). */
export const RESERVATION_MS = 30 * 60 * 1000

/** The stored facts that the state of a number is read from. */
export interface NumberFacts {
  readonly accountId: string | undefined
  readonly carrierStatus: string
  readonly isPorted: boolean
  readonly referenceId: string | undefined
  readonly everReferenced: boolean
  readonly reservedAccountId: string | undefined
  readonly reservedUntilMs: number | undefined
  readonly cooldownUntilMs: number | undefined
}

/** A reservation ends by the clock, not by a timer: no crash and no restart can keep one alive. */
export function isReserved(facts: Pick<NumberFacts, 'reservedUntilMs'>, nowMs: number): boolean {
  return facts.reservedUntilMs !== undefined && facts.reservedUntilMs > nowMs
}

export function isCoolingDown(facts: Pick<NumberFacts, 'cooldownUntilMs'>, nowMs: number): boolean {
  return facts.cooldownUntilMs !== undefined && facts.cooldownUntilMs > nowMs
}

/** The lifecycle of a number as one word, derived from facts, never stored (C-29, S0-35 … S0-46). */
export function lifecycleState(facts: NumberFacts, nowMs: number): LifecycleState {
  if (facts.accountId !== undefined) {
    if (facts.carrierStatus === 'PORT_PENDING') return 'PORT_PENDING'
    if (facts.referenceId !== undefined) return 'ACTIVE'
    if (facts.everReferenced) return 'DISCONNECTED'
    return facts.isPorted ? 'PORT_COMPLETE' : 'RESERVED'
  }
  if (isCoolingDown(facts, nowMs)) return 'RELEASED'
  return isReserved(facts, nowMs) ? 'RESERVED' : 'INVENTORY_AVAILABLE'
}
