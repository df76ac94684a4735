const TIME_DIGITS = 12
const COUNTER_DIGITS = 3
const MAX_COUNTER = 0xfff
/** Where the counter of a millisecond begins at the most: there is room above for as many ids as are made in one. */
const MAX_START = 0x7ff
/** Where the time of a UUIDv7 ends, where its counter begins and where the rest of it: `tttttttt-tttt-7ccc-rrrr-rrrrrrrrrrrr`. */
const TIME_END = 13
const COUNTER_START = 15
const REST_START = 18

/**
 * UUIDv7s of which each sorts after the one before, also those of one millisecond and when the clock goes back: the twelve bits behind the
 * version count (RFC 9562 6.2, method 1). Those that are drawn are in no order within a millisecond.
 * @param draw a UUIDv7 of now
 */
export function orderedUuid(draw: () => string): () => string {
  let lastTime = ''
  let counter = 0
  return () => {
    const drawn = draw()
    const drawnTime = drawn.slice(0, TIME_END)
    // Times are of one length and sort as their numbers do.
    if (drawnTime > lastTime) {
      lastTime = drawnTime
      counter = Number.parseInt(drawn.slice(COUNTER_START, REST_START), 16) & MAX_START
    } else if (++counter > MAX_COUNTER) {
      lastTime = timeAfter(lastTime)
      counter = 0
    }
    return `${lastTime}-7${counter.toString(16).padStart(COUNTER_DIGITS, '0')}${drawn.slice(REST_START)}`
  }
}

function timeAfter(before: string): string {
  const ms = Number.parseInt(before.replace('-', ''), 16) + 1
  const time = ms.toString(16).padStart(TIME_DIGITS, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}`
}
