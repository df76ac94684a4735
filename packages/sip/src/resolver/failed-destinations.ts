import type { Clock } from '@dialtone/foundation'
import type { RemoteAddress } from '../transport/index.ts'

const MOST_REMEMBERED = 1_000

/** Places that did not answer lately: tried last, not never, for they may be all there is (RFC 3263 4.3). */
export class FailedDestinations {
  readonly #clock: Clock
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(remote: RemoteAddress, forMs: number): void {
    const key = keyOf(remote)
    this.#until.delete(key)
    this.#until.set(key, this.#clock.nowMs() + forMs)
    const [oldest] = this.#until.keys()
    if (this.#until.size > MOST_REMEMBERED && oldest !== undefined) this.#until.delete(oldest)
  }

  /** The same places, those that failed behind. */
  order(destinations: readonly RemoteAddress[]): readonly RemoteAddress[] {
    if (this.#until.size === 0) return destinations
    const nowMs = this.#clock.nowMs()
    const hasFailed = (remote: RemoteAddress): boolean => nowMs < (this.#until.get(keyOf(remote)) ?? 0)
    return [...destinations.filter((remote) => !hasFailed(remote)), ...destinations.filter(hasFailed)]
  }
}

function keyOf({ transport, address, port }: RemoteAddress): string {
  return `${transport} ${address} ${port}`
}
