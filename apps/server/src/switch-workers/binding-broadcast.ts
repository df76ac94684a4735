import { type Clock, systemTimers } from '@dialtone/foundation'
import type { BindingChange, RegistrationStore, StoredBinding } from '@dialtone/softswitch'
import type { DecidedBindings } from './message-lane.ts'

/** A switch that does not say by then that it knows a new phone is stuck; the phone does not wait for it. */
const SETTLE_LIMIT_MS = 250

export interface BindingBroadcastOptions {
  readonly clock: Clock
  /** Brings the changes to the other threads. @returns how many of them will say that they know */
  readonly tell: (decided: DecidedBindings) => number
  /** What the switch of this thread has for the line, before the change. */
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
}

interface Waiting {
  missing: number
  readonly resolve: () => void
}

/**
 * The registration store of a switch in a worker: what a REGISTER changed goes to all other threads. A phone that is new, or reached
 * another way, is told 200 when every switch knows, so that a call made at once finds it; a mere refresh waits for nobody. What every
 * thread finds out by itself, an end of time, is told to nobody.
 */
export class BindingBroadcast implements RegistrationStore {
  readonly #o: BindingBroadcastOptions
  readonly #waiting = new Map<number, Waiting>()
  #changes: BindingChange[] = []
  #isNews = false
  #isMuted = false
  #lastTicket = 0

  constructor(options: BindingBroadcastOptions) {
    this.#o = options
  }

  /** What there is comes from the other threads, with the connections they have: it is mirrored, not restored. */
  load(): Promise<readonly StoredBinding[]> {
    return Promise.resolve([])
  }

  save(change: BindingChange): void {
    if (this.#isMuted || (change.kind === 'remove' && change.expired === true)) return
    if (this.#changes.length === 0) queueMicrotask(() => this.#flush(undefined))
    this.#changes.push(change)
    this.#isNews ||= change.kind === 'remove' || !this.#isRefresh(change.binding)
  }

  settled(): Promise<void> | undefined {
    if (!this.#isNews) return undefined
    const ticket = ++this.#lastTicket
    const missing = this.#flush(ticket)
    if (missing === 0) return undefined
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel()
        this.#waiting.delete(ticket)
        resolve()
      }
      const timer = systemTimers.start(SETTLE_LIMIT_MS, done)
      this.#waiting.set(ticket, { missing, resolve: done })
    })
  }

  /** Another thread knows the changes with this ticket. */
  known(ticket: number): void {
    const waiting = this.#waiting.get(ticket)
    if (waiting !== undefined && --waiting.missing === 0) waiting.resolve()
  }

  /** Does something that all threads are doing now. */
  muted(work: () => void): void {
    this.#isMuted = true
    try {
      work()
    } finally {
      this.#isMuted = false
    }
  }

  #isRefresh({ lineId, contactUri, receivedFrom: from }: StoredBinding): boolean {
    const before = this.#o.bindingsOf(lineId).find((binding) => binding.contactUri === contactUri)?.receivedFrom
    return before !== undefined && before.address === from.address && before.port === from.port && before.connectionId === from.connectionId
  }

  /** @returns how many threads will say that they know */
  #flush(ticket: number | undefined): number {
    const changes = this.#changes
    this.#changes = []
    this.#isNews = false
    return changes.length === 0 ? 0 : this.#o.tell({ kind: 'bindings', changes, atMs: this.#o.clock.nowMs(), ticket })
  }
}
