/** How call time is rounded up: the first period is billed whole, then every started further one. */
export interface Increment {
  readonly initialSeconds: number
  readonly subsequentSeconds: number
}

/**
 * Six seconds and six seconds. The sources name no increment; plans count the rest of their minutes in seconds (S1-56, C-64),
 * which whole-minute billing would not need, and 6/6 is the usual increment of hosted voice.
 */
export const defaultIncrement: Increment = { initialSeconds: 6, subsequentSeconds: 6 }

/** A hundred years: what claims to be longer is a broken clock, not a call, and is not billed. */
const longestCallSeconds = 100 * 366 * 86_400

/**
 * @param answeredSeconds as measured, may have a fraction; nothing answered is nothing billed.
 * @returns whole seconds to bill. Increments below one second count as one second.
 */
export function billedSecondsOf(answeredSeconds: number, increment: Increment = defaultIncrement): number {
  if (!(answeredSeconds > 0 && answeredSeconds <= longestCallSeconds)) return 0
  const initial = Math.max(1, Math.ceil(increment.initialSeconds))
  const subsequent = Math.max(1, Math.ceil(increment.subsequentSeconds))
  if (answeredSeconds <= initial) return initial
  return initial + Math.ceil((answeredSeconds - initial) / subsequent) * subsequent
}
