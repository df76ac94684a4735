/** A packet that is late is waited for that long, and behind so many others. */
const [WAIT_MS, MOST_HELD] = [60, 4]
/** What is further ahead is no loss: somebody was silent, or began anew. Half a second at 8000 Hz; as far behind, one second. */
const [LONGEST_GAP, SET_BACK] = [4_000, -8_000]
/** Nothing came for so long: it is silent, and sends no packets to say so; a network that stalls does not that long. */
const SILENT_MS = 1_200
const FRAME_SAMPLES = 160
const SILENCE = new Int16Array(FRAME_SAMPLES)

export interface SampleListener {
  hear(samples: Int16Array, nowMs: number): void
  /** So many never came. */
  miss(count: number, nowMs: number): void
}

/** The samples of a sender one after the other, as its clock has them; of what is missing it is told how much. For who does not play them, but counts on each. */
export class SampleOrder {
  readonly #listener: SampleListener
  readonly #held = new Map<number, Int16Array>()
  #ssrc = -1
  #expected = 0
  #heldSinceMs = 0
  #lastMs = -Infinity

  constructor(listener: SampleListener) {
    this.#listener = listener
  }

  receive(ssrc: number, timestamp: number, samples: Int16Array, nowMs: number): void {
    const ahead = (timestamp - this.#expected) | 0
    const isNew = ssrc !== this.#ssrc || nowMs - this.#lastMs >= SILENT_MS || ahead > LONGEST_GAP || ahead < SET_BACK
    this.#lastMs = nowMs
    if (isNew) {
      this.#held.clear()
      this.#ssrc = ssrc
      this.#expected = timestamp
    } else if (ahead < 0) return
    if (isNew || ahead === 0) this.#hear(samples, nowMs)
    else {
      if (this.#held.size === 0) this.#heldSinceMs = nowMs
      this.#held.set(timestamp, samples)
      if (this.#held.size >= MOST_HELD) this.#giveUp(nowMs)
    }
    this.#release(nowMs)
  }

  /** Called every 20 ms. */
  tick(nowMs: number): void {
    if (this.#held.size > 0 && nowMs - this.#heldSinceMs >= WAIT_MS) {
      this.#giveUp(nowMs)
      this.#release(nowMs)
    }
    if (nowMs - this.#lastMs >= SILENT_MS) this.#listener.hear(SILENCE, nowMs)
  }

  #hear(samples: Int16Array, nowMs: number): void {
    this.#expected = (this.#expected + samples.length) >>> 0
    this.#listener.hear(samples, nowMs)
  }

  #giveUp(nowMs: number): void {
    const gaps = [...this.#held.keys()].map((timestamp) => (timestamp - this.#expected) | 0).filter((gap) => gap > 0)
    const gap = Math.min(...gaps)
    if (gap === Infinity) return
    this.#expected = (this.#expected + gap) >>> 0
    this.#listener.miss(gap, nowMs)
  }

  #release(nowMs: number): void {
    for (;;) {
      const samples = this.#held.get(this.#expected)
      if (samples === undefined) break
      this.#held.delete(this.#expected)
      this.#hear(samples, nowMs)
    }
    // What has been given up, and came all the same.
    for (const timestamp of this.#held.keys()) if (((timestamp - this.#expected) | 0) < 0) this.#held.delete(timestamp)
    if (this.#held.size > 0) this.#heldSinceMs = Math.max(this.#heldSinceMs, nowMs - WAIT_MS)
  }
}
