/** Ten times what a phone sends: two sessions pointed at each other must not spin. */
const MAX_PACKETS_PER_SECOND = 500
/** Five times what the shortest keys allow (RFC 4733 2.5.2.2: 40 ms): each one becomes an event, and perhaps a request. */
const MAX_DIGITS_PER_SECOND = 100

/** How much one side may send in a second. */
export class ArrivalLimit {
  packetsRefused = 0
  #startMs = 0
  #packets = 0
  #digits = 0

  takesPacket(nowMs: number): boolean {
    if (nowMs - this.#startMs >= 1_000) {
      this.#startMs = nowMs
      this.#packets = 0
      this.#digits = 0
    }
    if (++this.#packets <= MAX_PACKETS_PER_SECOND) return true
    this.packetsRefused++
    return false
  }

  /** Whether a key of a packet that was taken is told. */
  takesDigit(): boolean {
    return ++this.#digits <= MAX_DIGITS_PER_SECOND
  }
}
