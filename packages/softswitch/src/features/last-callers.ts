import type { LastCaller } from '@dialtone/call-routing'
import { viewAt } from '../calls/state/call-state.ts'
import type { CallState } from '../calls/state/call-state.ts'
import type { RememberedFact, SwitchMemory } from '../ports/switch-memory.ts'

/** Lines that are remembered; of more, the ones that were called longest ago are forgotten. */
const MAX_LINES = 100_000

/** Who has called each line last: for calling back, and for codes about the last caller. Kept over a restart. */
export class LastCallers {
  readonly #byLine = new Map<string, LastCaller>()
  readonly #memory: Pick<SwitchMemory, 'save'>

  constructor(memory: Pick<SwitchMemory, 'save'>) {
    this.#memory = memory
  }

  /** What an earlier run or another switch remembers; a later call stands. */
  recall(facts: readonly RememberedFact[]): void {
    for (const fact of facts) if (fact.kind === 'last-caller' && (this.#byLine.get(fact.key)?.atMs ?? -1) <= fact.value.atMs) this.#note(fact.key, fact.value)
  }

  /** Told when the legs of a call have changed. */
  observe({ sessionId, legs, accounts, startedAtMs, question }: CallState, before: CallState | undefined): void {
    if (before !== undefined && before.legs.at(-1)?.id === legs.at(-1)?.id) return
    const caller = viewAt(accounts, question.accountId)?.caller
    if (caller === undefined) return
    for (const { id, plan } of legs) {
      if (before?.legs.some((leg) => leg.id === id) === true || plan.kind !== 'line' || plan.lineId === undefined) continue
      const value: LastCaller = { number: caller.number, anonymous: caller.anonymous, sessionId, atMs: startedAtMs }
      this.#note(plan.lineId, value)
      this.#memory.save({ type: 'remember', fact: { kind: 'last-caller', key: plan.lineId, accountId: question.accountId, value } })
    }
  }

  #note(lineId: string, caller: LastCaller): void {
    this.#byLine.delete(lineId)
    this.#byLine.set(lineId, caller)
    const [oldest] = this.#byLine.size > MAX_LINES ? this.#byLine.keys() : []
    if (oldest !== undefined) this.#byLine.delete(oldest)
  }

  lastCallerOf(lineIds: readonly string[]): LastCaller | undefined {
    return lineIds.flatMap((lineId) => this.#byLine.get(lineId) ?? []).toSorted((one, other) => other.atMs - one.atMs)[0]
  }
}
