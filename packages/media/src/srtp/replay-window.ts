/** At least 64 (RFC 3711 3.3.2). */
const WINDOW = 128
const NONE = -1

/** Which packet indices were seen: each of the last 128 has a place of its own, so nothing has to be shifted. */
export class ReplayWindow {
  /** The highest index seen; -1 before the first. */
  highest = NONE
  readonly #seen = new Float64Array(WINDOW).fill(NONE)

  /** Whether a packet of this index may still be new. */
  isNew(index: number): boolean {
    return index > this.highest - WINDOW && this.#seen[index % WINDOW] !== index
  }

  add(index: number): void {
    this.#seen[index % WINDOW] = index
    if (index > this.highest) this.highest = index
  }
}
