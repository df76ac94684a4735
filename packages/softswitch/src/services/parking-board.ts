import type { CallState } from '../calls/state/call-state.ts'

/** Who waits at which parking spot. In memory, kept up by what every call tells of its changes: who waits is on the line, and gone with it. */
export class ParkingBoard {
  readonly #sessionAt = new Map<string, string>()
  readonly #spotOf = new Map<string, string>()

  observe({ sessionId, phase, service, question }: CallState): void {
    const order = phase === 'setup' ? service?.order : undefined
    const spot = order?.kind === 'park' ? keyOf(question.accountId, order.spot.id) : undefined
    const before = this.#spotOf.get(sessionId)
    if (before === spot) return
    if (before !== undefined) {
      this.#spotOf.delete(sessionId)
      this.#sessionAt.delete(before)
    }
    if (spot === undefined || this.#sessionAt.has(spot)) return
    this.#spotOf.set(sessionId, spot)
    this.#sessionAt.set(spot, sessionId)
  }

  parkedAt(accountId: string, spotId: string): { readonly sessionId: string } | undefined {
    const sessionId = this.#sessionAt.get(keyOf(accountId, spotId))
    return sessionId === undefined ? undefined : { sessionId }
  }

  /** Spots with somebody. */
  get size(): number {
    return this.#sessionAt.size
  }
}

function keyOf(accountId: string, spotId: string): string {
  return `${accountId} ${spotId}`
}
