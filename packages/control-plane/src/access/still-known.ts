/**
 * Whether what was remembered for a moment still counts. A clock that was set back prolongs no moment: what another node has changed
 * meanwhile would not be noticed until the clock is there again.
 */
export function isStillKnown(untilMs: number, nowMs: number, rememberMs: number): boolean {
  return untilMs > nowMs && untilMs - nowMs <= rememberMs
}
