import type { Timer, Timers } from '@dialtone/foundation'
import type { TimerEvent, TransactionTimer } from '../transaction/index.ts'

/**
 * The running timers of one transaction. In every state there is at most one that retransmits (A, E, G) and one that ends
 * something (all others), so two places are enough.
 */
export class TransactionTimers {
  readonly #timers: Timers
  readonly #machine: { feed(event: TimerEvent): void }
  #retransmission: Timer | undefined
  #end: Timer | undefined

  constructor(timers: Timers, machine: { feed(event: TimerEvent): void }) {
    this.#timers = timers
    this.#machine = machine
  }

  start(timer: TransactionTimer, delayMs: number): void {
    this.stop(timer)
    const started = this.#timers.start(delayMs, () => this.#machine.feed({ type: 'timer', timer }))
    if (retransmits(timer)) this.#retransmission = started
    else this.#end = started
  }

  stop(timer: TransactionTimer): void {
    if (retransmits(timer)) {
      this.#retransmission?.cancel()
      this.#retransmission = undefined
    } else {
      this.#end?.cancel()
      this.#end = undefined
    }
  }

  stopAll(): void {
    this.#retransmission?.cancel()
    this.#end?.cancel()
  }
}

function retransmits(timer: TransactionTimer): boolean {
  return timer === 'A' || timer === 'E' || timer === 'G'
}
