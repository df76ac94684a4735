import type { CallHandling } from '../call-handling.ts'
import { noAnswerOf } from './ring-outcome.ts'

/** S1-58: no answer after 20 s. */
const DEFAULT_RING_MS = 20_000
/** "Ring forever" is about three minutes. */
export const LONGEST_RING_MS = 180_000

/** How long the phones ring. @param handling undefined: they belong to nobody */
export function ringTimeMs(handling: CallHandling | undefined): number {
  const noAnswer = handling === undefined ? undefined : noAnswerOf(handling)
  if (noAnswer?.type === 'RingForever') return LONGEST_RING_MS
  const seconds = noAnswer?.timeoutSeconds
  return seconds === undefined || !(seconds > 0) ? DEFAULT_RING_MS : Math.min(seconds * 1000, LONGEST_RING_MS)
}
