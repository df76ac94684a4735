/** How far behind the highest count of a nonce a request may arrive: over UDP, requests overtake each other. */
const WINDOW = 32

interface NonceUse {
  readonly madeAtMs: number
  highestCount: number
  /** Bit n: the count `highestCount - n` was used. */
  usedCounts: number
}

/**
 * Which counts of which nonces were used (RFC 7616 3.4.6): a count is good once. Memory is bounded: when it is full the nonce
 * first used longest ago is forgotten, and with it every nonce as old that is not in memory counts as used up.
 */
export class NonceMemory {
  /** Numbers are found faster than texts, see `ReadNonce.key`. */
  readonly #uses = new Map<string | number, NonceUse>()
  readonly #maxNonces: number
  #forgottenUpToMs = -1

  constructor(maxNonces: number) {
    this.#maxNonces = maxNonces
  }

  /** Nonces remembered. */
  get size(): number {
    return this.#uses.size
  }

  /**
   * Uses a count of a nonce up.
   * @param count from 1; 0 stands for credentials without a count, which use up the whole nonce
   * @param oldestMs nonces made before are past their lifetime and need not be remembered
   * @returns false when it was used before
   */
  use(nonce: string | number, madeAtMs: number, count: number, oldestMs: number): boolean {
    const use = this.#uses.get(nonce)
    if (use !== undefined) return count > 0 && useCount(use, count)
    if (madeAtMs <= this.#forgottenUpToMs) return false
    this.#makeRoom(oldestMs)
    this.#uses.set(nonce, { madeAtMs, highestCount: count === 0 ? Number.POSITIVE_INFINITY : count, usedCounts: 1 })
    return true
  }

  #makeRoom(oldestMs: number): void {
    for (const [nonce, use] of this.#uses) {
      const isExpired = use.madeAtMs < oldestMs
      if (!isExpired && this.#uses.size < this.#maxNonces) return
      this.#uses.delete(nonce)
      if (!isExpired) this.#forgottenUpToMs = Math.max(this.#forgottenUpToMs, use.madeAtMs)
    }
  }
}

function useCount(use: NonceUse, count: number): boolean {
  const behind = use.highestCount - count
  if (behind >= WINDOW) return false
  if (behind < 0) {
    use.usedCounts = -behind >= WINDOW ? 1 : ((use.usedCounts << -behind) | 1) >>> 0
    use.highestCount = count
    return true
  }
  const bit = (1 << behind) >>> 0
  if ((use.usedCounts & bit) !== 0) return false
  use.usedCounts = (use.usedCounts | bit) >>> 0
  return true
}
