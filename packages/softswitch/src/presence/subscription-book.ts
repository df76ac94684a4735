/** One entry can be ended. */
export interface Endable {
  /** Where it was made from. */
  readonly source: { readonly address: string }
  end(reason: string): void
}

interface Entry {
  readonly key: string
  readonly subscription: Endable
}

/** More than any phone has keys with lamps, and enough for a few phones of one line. */
const MOST_PER_LINE = 250

/**
 * Which subscriptions a line holds. A phone that starts again subscribes anew under the same contact: the subscription it had
 * before is ended, for nobody else would. Beyond the limit the oldest one goes.
 */
export class SubscriptionBook {
  readonly #byLine = new Map<string, Entry[]>()
  readonly #most: number

  constructor(most: number = MOST_PER_LINE) {
    this.#most = most
  }

  get size(): number {
    let size = 0
    for (const entries of this.#byLine.values()) size += entries.length
    return size
  }

  /** @param key what it is for and who gets it. @returns takes it out again */
  add(lineId: string, key: string, subscription: Endable): () => void {
    const entries = this.#byLine.get(lineId) ?? []
    const replaced = entries.find((entry) => entry.key === key) ?? (entries.length >= this.#most ? entries[0] : undefined)
    const entry: Entry = { key, subscription }
    this.#byLine.set(lineId, [...entries, entry])
    // RFC 6665 4.1.3: deactivated, a subscriber that still wants it may subscribe at once.
    replaced?.subscription.end('deactivated')
    if (replaced !== undefined) this.#remove(lineId, replaced)
    return () => this.#remove(lineId, entry)
  }

  /**
   * The line was deleted, or has another password.
   * @param from only those made from these addresses, which are shut out now (RFC 6665 4.1.3: rejected, they shall not come back)
   */
  endAll(lineId: string, from?: readonly string[]): void {
    for (const entry of this.#byLine.get(lineId) ?? []) {
      if (from?.includes(entry.subscription.source.address) === false) continue
      entry.subscription.end(from === undefined ? 'noresource' : 'rejected')
      this.#remove(lineId, entry)
    }
  }

  #remove(lineId: string, entry: Entry): void {
    const left = (this.#byLine.get(lineId) ?? []).filter((other) => other !== entry)
    if (left.length === 0) this.#byLine.delete(lineId)
    else this.#byLine.set(lineId, left)
  }
}
