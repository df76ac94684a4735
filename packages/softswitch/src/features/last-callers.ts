import type { LastCaller } from '@dialtone/call-routing'
import type { CallState } from '../calls/state/call-state.ts'

/** Lines that are remembered; of more, the ones that were called longest ago are forgotten. */
const MAX_LINES = 100_000

/** Who has called each line last: for calling back, and for codes about the last caller. In memory only: after a restart nobody has. */
export class LastCallers {
  readonly #byLine = new Map<string, LastCaller>()

  /** Told when the legs of a call have changed. */
  observe({ sessionId, legs, accounts, startedAtMs, question }: CallState, before: CallState | undefined): void {
    if (before !== undefined && before.legs.at(-1)?.id === legs.at(-1)?.id) return
    const caller = accounts.find((account) => account.accountId === question.accountId)?.caller
    if (caller === undefined) return
    const known = new Set(before?.legs.map(({ id }) => id))
    for (const { id, plan } of legs) {
      if (known.has(id) || plan.kind !== 'line' || plan.lineId === undefined) continue
      this.#byLine.delete(plan.lineId)
      this.#byLine.set(plan.lineId, { number: caller.number, anonymous: caller.anonymous, sessionId, atMs: startedAtMs })
      const [oldest] = this.#byLine.size > MAX_LINES ? this.#byLine.keys() : []
      if (oldest !== undefined) this.#byLine.delete(oldest)
    }
  }

  lastCallerOf(lineIds: readonly string[]): LastCaller | undefined {
    return lineIds.flatMap((lineId) => this.#byLine.get(lineId) ?? []).toSorted((one, other) => other.atMs - one.atMs)[0]
  }
}
