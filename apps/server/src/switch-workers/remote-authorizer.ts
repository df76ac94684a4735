import type { Timer, Timers } from '@dialtone/foundation'
import type { AuthorizationRequest, CallAuthorization, CallAuthorizer } from '@dialtone/softswitch'

/** A main thread that says nothing for so long is stuck. The call is refused then: who does not know what is left must not spend it. */
const ANSWER_LIMIT_MS = 2_000

export type AuthorizationQuestion =
  | { readonly kind: 'authorize'; readonly ticket: number; readonly request: AuthorizationRequest }
  | { readonly kind: 'extend'; readonly ticket: number; readonly reservationId: string }
  | { readonly kind: 'settle'; readonly reservationId: string; readonly seconds: number }

/**
 * The authoriser of a switch in a worker: all accounts' minutes are in the main thread, where one ledger sees the calls of all workers,
 * also those that one account forwards in the worker of another. Emergency calls never come here (C-58).
 */
export class RemoteAuthorizer implements CallAuthorizer {
  readonly #ask: (question: AuthorizationQuestion) => void
  readonly #timers: Timers
  readonly #waiting = new Map<number, { readonly decided: (authorization: CallAuthorization) => void; readonly timer: Timer }>()
  #lastTicket = 0

  constructor(timers: Timers, ask: (question: AuthorizationQuestion) => void) {
    this.#timers = timers
    this.#ask = ask
  }

  authorize(request: AuthorizationRequest, decided: (authorization: CallAuthorization) => void): void {
    this.#ask({ kind: 'authorize', ticket: this.#wait(decided), request })
  }

  extend(reservationId: string, decided: (authorization: CallAuthorization) => void): void {
    this.#ask({ kind: 'extend', ticket: this.#wait(decided), reservationId })
  }

  settle(reservationId: string, seconds: number): void {
    this.#ask({ kind: 'settle', reservationId, seconds })
  }

  /** The main thread's answer. */
  answer(ticket: number, authorization: CallAuthorization): void {
    const waiting = this.#waiting.get(ticket)
    if (waiting === undefined) return
    waiting.timer.cancel()
    this.#waiting.delete(ticket)
    waiting.decided(authorization)
  }

  #wait(decided: (authorization: CallAuthorization) => void): number {
    const ticket = ++this.#lastTicket
    const timer = this.#timers.start(ANSWER_LIMIT_MS, () => this.answer(ticket, { allowed: false, code: 'AuthorizationTimeout' }))
    this.#waiting.set(ticket, { decided, timer })
    return ticket
  }
}
