import type { BindingChange } from '@dialtone/softswitch'

const MOST_KEPT = 1_000

/**
 * Lines whose bindings were dropped a moment ago. A registration decided before, in another thread, may still be on its way: it
 * must not bring back a phone whose password was just taken away.
 */
export class RecentDrops {
  readonly #droppedAtMs = new Map<string, number>()

  /** @param atMs of the clock all threads share */
  note(lineId: string, atMs: number): void {
    this.#droppedAtMs.delete(lineId)
    this.#droppedAtMs.set(lineId, atMs)
    const [oldest] = this.#droppedAtMs.keys()
    if (this.#droppedAtMs.size > MOST_KEPT && oldest !== undefined) this.#droppedAtMs.delete(oldest)
  }

  /** What is left of changes decided at `atMs`. */
  without(changes: readonly BindingChange[], atMs: number): readonly BindingChange[] {
    return this.#droppedAtMs.size === 0 ? changes : changes.filter((change) => change.kind === 'remove' || !this.#isOlder(change.binding.lineId, atMs))
  }

  #isOlder(lineId: string, atMs: number): boolean {
    return atMs <= (this.#droppedAtMs.get(lineId) ?? Number.NEGATIVE_INFINITY)
  }
}
