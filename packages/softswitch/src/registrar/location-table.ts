import type { Clock, Timer, Timers } from '@dialtone/foundation'
import type { BindingChange, RegistrationStore, StoredBinding } from '../ports/registration-store.ts'
import type { SwitchEvents } from '../ports/switch-events.ts'

export interface LocationTableDependencies {
  readonly store: RegistrationStore
  readonly events: Pick<SwitchEvents, 'registrationChanged'>
  readonly clock: Clock
  readonly timers: Timers
}

interface Entry {
  bindings: readonly StoredBinding[]
  timer: Timer | undefined
}

/**
 * The location service of RFC 3261 10.3: which contacts a line has now. In memory; the store hears of every change. A line
 * without bindings takes no room, and everybody is told in the moment its last binding ends (S0-102, S0-108).
 */
export class LocationTable {
  readonly #needs: LocationTableDependencies
  readonly #entries = new Map<string, Entry>()

  constructor(needs: LocationTableDependencies) {
    this.#needs = needs
  }

  /** Bindings of an earlier run. Those that expired meanwhile are dropped and told of. */
  restore(stored: readonly StoredBinding[]): void {
    const nowMs = this.#needs.clock.nowMs()
    const byLine = Map.groupBy(stored, (binding) => binding.lineId)
    for (const [lineId, bindings] of byLine) {
      const living = bindings.filter((binding) => binding.expiresAtMs > nowMs)
      for (const binding of bindings) if (!living.includes(binding)) this.#save({ kind: 'remove', lineId, contactUri: binding.contactUri })
      const first = bindings[0]
      if (living.length > 0) this.#keep(lineId, living)
      else if (first !== undefined) this.#tell(first, false)
    }
  }

  bindingsOf(lineId: string): readonly StoredBinding[] {
    const nowMs = this.#needs.clock.nowMs()
    const bindings = this.#entries.get(lineId)?.bindings ?? []
    // A timer may be late by a tick; an expired binding is none.
    return bindings.every((binding) => binding.expiresAtMs > nowMs) ? bindings : bindings.filter((binding) => binding.expiresAtMs > nowMs)
  }

  /** Replaces the bindings of a line by the decision on a REGISTER. */
  apply(lineId: string, bindings: readonly StoredBinding[], changes: readonly BindingChange[]): void {
    const before = this.#entries.get(lineId)?.bindings ?? []
    for (const change of changes) this.#save(change)
    this.#keep(lineId, bindings)
    const told = bindings[0] ?? before[0]
    if (told !== undefined && before.length > 0 !== bindings.length > 0) this.#tell(told, bindings.length > 0)
  }

  drop(lineId: string): void {
    const bindings = this.#entries.get(lineId)?.bindings ?? []
    const changes = bindings.map(({ contactUri }): BindingChange => ({ kind: 'remove', lineId, contactUri }))
    this.apply(lineId, [], changes)
  }

  /** Stops the timers; the bindings stay in the store for the next start. */
  stop(): void {
    for (const entry of this.#entries.values()) entry.timer?.cancel()
    this.#entries.clear()
  }

  get lineCount(): number {
    return this.#entries.size
  }

  get bindingCount(): number {
    let count = 0
    for (const entry of this.#entries.values()) count += entry.bindings.length
    return count
  }

  #keep(lineId: string, bindings: readonly StoredBinding[]): void {
    this.#entries.get(lineId)?.timer?.cancel()
    if (bindings.length === 0) {
      this.#entries.delete(lineId)
      return
    }
    const nextMs = Math.min(...bindings.map((binding) => binding.expiresAtMs))
    const timer = this.#needs.timers.start(nextMs - this.#needs.clock.nowMs(), () => this.#expire(lineId))
    this.#entries.set(lineId, { bindings, timer })
  }

  #expire(lineId: string): void {
    const nowMs = this.#needs.clock.nowMs()
    const bindings = this.#entries.get(lineId)?.bindings ?? []
    const expired = bindings.filter((binding) => binding.expiresAtMs <= nowMs)
    const changes = expired.map(({ contactUri }): BindingChange => ({ kind: 'remove', lineId, contactUri }))
    this.apply(
      lineId,
      bindings.filter((binding) => binding.expiresAtMs > nowMs),
      changes,
    )
  }

  #save(change: BindingChange): void {
    this.#needs.store.save(change)
  }

  #tell(binding: StoredBinding, registered: boolean): void {
    const { lineId, accountId, partitionId } = binding
    this.#needs.events.registrationChanged({ lineId, accountId, partitionId, registered, atMs: this.#needs.clock.nowMs() })
  }
}
