/** Objects a number can ring (C-39): the vocabulary of the interface. */
export const REFERENCE_TYPES = [
  'END_USER', 'SIP_TRUNK', 'SIP_TRUNK_GROUP', 'IVR', 'AUTO_ATTENDANT', 'VFAX', 'BUSINESS_LINE', 'BUSINESS_LINE_HUNT_GROUP', 'CALL_GROUP', 'CALL_QUEUE', 'CONTACT_CENTER',
  'SPECIALTY_LINE', 'TELEPHONE', 'LINE_APPEARANCE', 'LINE_HUNTGROUP',
] as const // prettier-ignore

export type ReferenceType = (typeof REFERENCE_TYPES)[number]
export type CarrierStatus = 'ACTIVE' | 'ACTIVATION_ON_HOLD' | 'ACTIVATION_PENDING' | 'INVENTORY' | 'COOLDOWN' | 'RECOVERED'
export type LifecycleState = 'INVENTORY_AVAILABLE' | 'RESERVED' | 'ACTIVE' | 'DISCONNECTED' | 'RELEASED'

/** Long enough to finish an order, short enough not to lock the inventory (S1-72). */
export const RESERVATION_MS = 30 * 60 * 1000

/** The stored facts that the state of a number is read from. */
export interface NumberFacts {
  readonly accountId: string | undefined
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
    if (facts.referenceId !== undefined) return 'ACTIVE'
    return facts.everReferenced ? 'DISCONNECTED' : 'RESERVED'
  }
  if (isCoolingDown(facts, nowMs)) return 'RELEASED'
  return isReserved(facts, nowMs) ? 'RESERVED' : 'INVENTORY_AVAILABLE'
}
