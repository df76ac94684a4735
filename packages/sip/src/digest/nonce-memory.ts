/** How far behind the highest count of a nonce a request may arrive: over UDP, requests overtake each other. */
const WINDOW = 32
const FIRST_ROOM = 1024

/**
 * Which counts of which nonces were used (RFC 7616 3.4.6): a count is good once. Memory is bounded: when it is full the nonce
 * first used longest ago is forgotten, and with it every nonce as old that is not in memory counts as used up.
 *
 * A ring of numbers, the oldest first: a `Map` that forgets its oldest entry has to walk over all that were forgotten before,
 * and an object for each nonce is one more for the collector to move.
 */
export class NonceMemory {
  /** Numbers are found faster than texts, see `ReadNonce.key`. */
  readonly #places = new Map<string | number, number>()
  readonly #maxNonces: number
  #keys: (string | number)[] = []
  #madeAtMs = new Float64Array(0)
  #highestCounts = new Float64Array(0)
  /** Bit n: the count `highest - n` was used. */
  #usedCounts = new Uint32Array(0)
  /** The place of the nonce first used longest ago. */
  #first = 0
  #forgottenUpToMs = -1

  constructor(maxNonces: number) {
    this.#maxNonces = maxNonces
  }

  /** Nonces remembered. */
  get size(): number {
    return this.#places.size
  }

  /**
   * Uses a count of a nonce up.
   * @param count from 1; 0 stands for credentials without a count, which use up the whole nonce
   * @param oldestMs nonces made before are past their lifetime and need not be remembered
   * @returns false when it was used before
   */
  use(nonce: string | number, madeAtMs: number, count: number, oldestMs: number): boolean {
    const known = this.#places.get(nonce)
    if (known !== undefined) return count > 0 && this.#useCount(known, count)
    if (madeAtMs <= this.#forgottenUpToMs) return false
    this.#makeRoom(oldestMs)
    const place = (this.#first + this.#places.size) % this.#madeAtMs.length
    this.#places.set(nonce, place)
    this.#keys[place] = nonce
    this.#madeAtMs[place] = madeAtMs
    this.#highestCounts[place] = count === 0 ? Number.POSITIVE_INFINITY : count
    this.#usedCounts[place] = 1
    return true
  }

  #makeRoom(oldestMs: number): void {
    while (this.#places.size > 0) {
      const madeAtMs = this.#madeAtMs[this.#first] ?? 0
      const isExpired = madeAtMs < oldestMs
      if (!isExpired && this.#places.size < this.#maxNonces) break
      this.#places.delete(this.#keys[this.#first] ?? '')
      this.#first = (this.#first + 1) % this.#madeAtMs.length
      if (!isExpired) this.#forgottenUpToMs = Math.max(this.#forgottenUpToMs, madeAtMs)
    }
    if (this.#places.size === this.#madeAtMs.length) this.#grow()
  }

  /** Twice the room, the oldest in its first place. */
  #grow(): void {
    const room = Math.max(FIRST_ROOM, 2 * this.#madeAtMs.length)
    this.#keys = [...this.#keys.slice(this.#first), ...this.#keys.slice(0, this.#first)]
    this.#madeAtMs = turned(new Float64Array(room), this.#madeAtMs, this.#first)
    this.#highestCounts = turned(new Float64Array(room), this.#highestCounts, this.#first)
    this.#usedCounts = turned(new Uint32Array(room), this.#usedCounts, this.#first)
    this.#first = 0
    for (const [place, key] of this.#keys.entries()) this.#places.set(key, place)
  }

  #useCount(place: number, count: number): boolean {
    const behind = (this.#highestCounts[place] ?? 0) - count
    const used = this.#usedCounts[place] ?? 0
    if (behind >= WINDOW) return false
    if (behind < 0) {
      this.#usedCounts[place] = -behind >= WINDOW ? 1 : (used << -behind) | 1
      this.#highestCounts[place] = count
      return true
    }
    const bit = (1 << behind) >>> 0
    if ((used & bit) !== 0) return false
    this.#usedCounts[place] = used | bit
    return true
  }
}

function turned<Numbers extends Float64Array | Uint32Array>(into: Numbers, from: Numbers, first: number): Numbers {
  into.set(from.subarray(first))
  into.set(from.subarray(0, first), from.length - first)
  return into
}
