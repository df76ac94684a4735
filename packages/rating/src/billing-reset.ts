/** The billing day of an account and the moment it is asked about. */
export interface BillingMoment {
  /** 1 to 31; in a shorter month the cycle begins on its last day (C-13, S1-31). */
  readonly billingCycleDay: number
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: number
}

/**
 * When the plan minutes are next refreshed: midnight UTC on the billing day (S1-31), always after now. At the very moment of a
 * reset the next one is a month away.
 * @returns milliseconds since 1970-01-01T00:00:00Z.
 */
export function nextBillingReset(moment: BillingMoment): number {
  const thisMonth = resetInMonth(moment, 0)
  return thisMonth > moment.nowMs ? thisMonth : resetInMonth(moment, 1)
}

/** When the current billing cycle began: the latest reset that is not after now. */
export function billingCycleStart(moment: BillingMoment): number {
  const thisMonth = resetInMonth(moment, 0)
  return thisMonth <= moment.nowMs ? thisMonth : resetInMonth(moment, -1)
}

function resetInMonth({ billingCycleDay, nowMs }: BillingMoment, monthsAhead: number): number {
  const now = new Date(nowMs)
  const year = now.getUTCFullYear()
  const month = now.getUTCMonth() + monthsAhead
  // Day 0 of the following month is the last day of this one.
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(Math.max(1, Math.trunc(billingCycleDay)), lastDay))
}
