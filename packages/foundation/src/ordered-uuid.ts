const TIME_DIGITS = 12
const COUNTER_DIGITS = 3
const MAX_COUNTER = 0xfff
/** Where the counter of a millisecond begins at the most: there is room above for as many ids as are made in one. */
const MAX_START = 0x7ff

/**
 * UUIDv7s of which each sorts after the one before, also those of one millisecond and when the clock goes back: the twelve bits behind the
 * version count (RFC 9562 6.2, method 1). Those that are drawn are in no order within a millisecond.
 * @param draw a UUIDv7 of now
 */
export function orderedUuid(draw: () => string): () => string {
  let lastMs = 0
  let counter = 0
  return () => {
    const drawn = draw()
    const nowMs = Number.parseInt(drawn.slice(0, 8) + drawn.slice(9, 13), 16)
    if (nowMs > lastMs) {
      lastMs = nowMs
      counter = Number.parseInt(drawn.slice(15, 18), 16) & MAX_START
    } else if (++counter > MAX_COUNTER) {
      lastMs++
      counter = 0
    }
    const time = lastMs.toString(16).padStart(TIME_DIGITS, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(COUNTER_DIGITS, '0')}${drawn.slice(18)}`
  }
}
