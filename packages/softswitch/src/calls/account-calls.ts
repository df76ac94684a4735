import type { CallsOfAccount, LastCaller, OtherCall, RingingCall } from '@dialtone/call-routing'
import { LastCallers } from '../features/last-callers.ts'
import type { RememberedFact, SwitchMemory } from '../ports/switch-memory.ts'
import { ParkingBoard } from '../services/parking-board.ts'
import { otherCallOf, ringingAt, talkAt } from './calls-of-lines.ts'
import type { CallState } from './state/call-state.ts'
import { isInCall } from './state/is-in-call.ts'
import type { Leaving } from './state/is-in-call.ts'

/** What goes on that other phones may have to do with: parked calls, calls to be picked up, pulled or called back. */
export class AccountCalls implements CallsOfAccount {
  readonly #states: () => readonly CallState[]
  readonly #parking = new ParkingBoard()
  readonly #lastCallers: LastCallers
  /** Calls for the time of which their callers want no second one. */
  readonly #undisturbed = new Map<string, CallState>()

  /** @param states of every call; asked for by codes that are dialed now and then, never for an ordinary call */
  constructor(states: () => readonly CallState[], memory: Pick<SwitchMemory, 'save'>) {
    this.#states = states
    this.#lastCallers = new LastCallers(memory)
  }

  recall(facts: readonly RememberedFact[]): void {
    this.#lastCallers.recall(facts)
  }

  /** Told of every change of a call; most of them cost two looks. */
  observe(state: CallState, before: CallState | undefined): void {
    if (before === undefined || before.service !== state.service || before.phase !== state.phase) this.#parking.observe(state)
    if (state.disablesCallWaiting === true) this.#rememberUndisturbed(state)
    if (before === undefined || before.legs !== state.legs) this.#lastCallers.observe(state, before)
  }

  /** Costs nothing while nobody wants that. */
  wantsNoSecondCall(userId: string, leaving?: Leaving): boolean {
    return this.#undisturbed.size > 0 && [...this.#undisturbed.values()].some((state) => isInCall(state, userId, leaving))
  }

  parkedAt(accountId: string, spotId: string): { readonly sessionId: string } | undefined {
    return this.#parking.parkedAt(accountId, spotId)
  }

  lastCallerOf(lineIds: readonly string[]): LastCaller | undefined {
    return this.#lastCallers.lastCallerOf(lineIds)
  }

  otherCallOf(lineId: string): OtherCall | undefined {
    return otherCallOf(this.#states(), lineId)
  }

  ringingAt(lineIds: readonly string[]): RingingCall | undefined {
    return ringingAt(this.#states(), lineIds)
  }

  talkAt(lineIds: readonly string[]): OtherCall | undefined {
    return talkAt(this.#states(), lineIds)
  }

  #rememberUndisturbed(state: CallState): void {
    if (state.phase === 'over') this.#undisturbed.delete(state.sessionId)
    else this.#undisturbed.set(state.sessionId, state)
  }
}
