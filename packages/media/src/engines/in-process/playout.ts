/** More frames than this are not made up for after a stall: they would arrive too late to be played. */
const MAX_FRAMES_AT_ONCE = 5

/**
 * Calls `tick` every `periodMs` on average: each wait is shortened by the lateness of the one before, which plain
 * setInterval does not do (it drifts by half a frame within seconds).
 */
export class Playout {
  readonly #periodMs: number
  readonly #tick: () => void
  #dueMs = 0
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(periodMs: number, tick: () => void) {
    this.#periodMs = periodMs
    this.#tick = tick
  }

  /** Starts unless it runs. */
  start(): void {
    if (this.#handle !== undefined) return
    this.#dueMs = performance.now() + this.#periodMs
    this.#wait()
  }

  stop(): void {
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  #wait(): void {
    this.#handle = setTimeout(() => this.#wake(), Math.max(0, this.#dueMs - performance.now()))
  }

  #wake(): void {
    const nowMs = performance.now()
    if (nowMs - this.#dueMs > MAX_FRAMES_AT_ONCE * this.#periodMs) this.#dueMs = nowMs
    for (let frames = 0; frames < MAX_FRAMES_AT_ONCE && this.#dueMs <= nowMs && this.#handle !== undefined; frames++) {
      this.#dueMs += this.#periodMs
      this.#tick()
    }
    if (this.#handle !== undefined) this.#wait()
  }
}
