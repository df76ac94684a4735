import type { Logger } from '@dialtone/foundation'
import type { LegEvent } from './sip-leg.ts'

/** A leg nobody listens to keeps so many events; later ones are lost. */
const MAX_KEPT = 100

/** Brings the events of a leg to its one handler, and keeps those that come before it. */
export class LegEventQueue {
  readonly #logger: Logger
  #handler: ((event: LegEvent) => void) | undefined
  #kept: LegEvent[] = []

  constructor(logger: Logger) {
    this.#logger = logger
  }

  setHandler(handler: (event: LegEvent) => void): void {
    this.#handler = handler
    const kept = this.#kept
    this.#kept = []
    for (const event of kept) this.emit(event)
  }

  /** @returns false when the handler threw: a bug in it, not a reason to stop receiving */
  emit(event: LegEvent): boolean {
    if (this.#handler === undefined) {
      if (this.#kept.length < MAX_KEPT) this.#kept.push(event)
      return true
    }
    try {
      this.#handler(event)
      return true
    } catch (error) {
      this.#logger.error('the handler of a leg event failed', { event: event.type, error })
      return false
    }
  }

  /** Nothing more will come: lets go of the handler, and with it of the whole call. Events kept for a handler still to come remain. */
  close(): void {
    this.#handler = undefined
  }
}
