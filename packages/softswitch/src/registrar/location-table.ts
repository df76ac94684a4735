import type { Clock, Timer, Timers } from '@dialtone/foundation'
import type { BindingChange, RegistrationStore, StoredBinding } from '../ports/registration-store.ts'
import type { SwitchEvents } from '../ports/switch-events.ts'
import { FlowTable } from './flow-table.ts'
import { planRestore } from './plan-restore.ts'

export interface LocationTableDependencies {
  readonly store: RegistrationStore
  readonly events: Pick<SwitchEvents, 'registrationChanged'>
  readonly clock: Clock
  readonly timers: Timers
}

interface Entry {
  bindings: readonly StoredBinding[]
  timer: Timer
  /** When the timer fires: no later than the first binding ends. */
  firesAtMs: number
}

/** After a restart, lines that ended meanwhile are told of in portions, so that nobody downstream drowns. */
const RESTORE_PORTION = 100
const RESTORE_PAUSE_MS = 50

/**
 * The location service of RFC 3261 10.3: which contacts a line has now. In memory; the store hears of every change. A line
 * without bindings takes no room, and everybody is told in the moment its last binding ends (S0-102, S0-108). One timer a line.
 */
export class LocationTable {
  readonly #needs: LocationTableDependencies
  readonly #entries = new Map<string, Entry>()
  readonly #flows = new FlowTable()
  #restoring: Timer | undefined

  constructor(needs: LocationTableDependencies) {
    this.#needs = needs
  }

  /** Bindings of an earlier run, quietly. Those that ended meanwhile are dropped, and told of a portion at a time. */
  restore(stored: readonly StoredBinding[]): void {
    const { living, ended } = planRestore(stored, this.#needs.clock.nowMs())
    for (const [lineId, bindings] of living) this.#keep(lineId, bindings)
    this.#dropEnded(ended, 0)
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

  /** Changes another table has decided on, in order. Stored, and told of, as if they were its own. */
  take(changes: readonly BindingChange[]): void {
    for (const [lineId, ofLine] of Map.groupBy(changes, lineOf)) this.apply(lineId, this.#with(lineId, ofLine), ofLine)
  }

  /** The same for a copy of that table: neither stored nor told of. */
  mirror(changes: readonly BindingChange[]): void {
    for (const [lineId, ofLine] of Map.groupBy(changes, lineOf)) this.#keep(lineId, this.#with(lineId, ofLine))
  }

  /** @param from only what registered from these addresses; left out: everything */
  drop(lineId: string, from?: readonly string[]): void {
    this.#remove(lineId, (binding) => from?.includes(binding.receivedFrom.address) ?? true)
  }

  /** A connection ended, and with it every binding that is reached over it alone (RFC 5626 4.2.2, 5.3). */
  flowClosed(connectionId: string): void {
    for (const lineId of this.#flows.linesOf(connectionId)) this.#remove(lineId, (binding) => FlowTable.flowOf(binding) === connectionId)
  }

  /**
   * Connections ended with the thread that had them. Nobody is helped when every phone of it is reported lost and found again: what is reached over
   * one alone gets the time to come back that it has when the process begins anew.
   */
  connectionsLost(isLost: (connectionId: string) => boolean): void {
    const lost = this.all().filter(({ receivedFrom: { connectionId } }) => connectionId !== undefined && isLost(connectionId))
    const { living } = planRestore(lost, this.#needs.clock.nowMs())
    this.take([...living.values()].flat().map((binding) => ({ kind: 'put', binding })))
  }

  /** A proxy on the way to a phone answered 430: that flow is gone (RFC 5626 5.3.1, 11.5). */
  flowFailed(lineId: string, contactUri: string): void {
    this.#remove(lineId, (binding) => binding.contactUri === contactUri && binding.regId !== undefined)
  }

  /** Stops the timers; the bindings stay in the store for the next start. */
  stop(): void {
    this.#restoring?.cancel()
    for (const entry of this.#entries.values()) entry.timer.cancel()
    this.#entries.clear()
    this.#flows.clear()
  }

  get lineCount(): number {
    return this.#entries.size
  }

  get bindingCount(): number {
    let count = 0
    for (const entry of this.#entries.values()) count += entry.bindings.length
    return count
  }

  /** Every binding there is. */
  linesAt(domain: string): readonly string[] {
    return [...this.#entries].flatMap(([lineId, { bindings }]) => (bindings.some((binding) => binding.domain === domain) ? [lineId] : []))
  }

  all(): readonly StoredBinding[] {
    return [...this.#entries.values()].flatMap((entry) => entry.bindings)
  }

  #with(lineId: string, changes: readonly BindingChange[]): readonly StoredBinding[] {
    const bindings = new Map(this.#entries.get(lineId)?.bindings.map((binding) => [binding.contactUri, binding]))
    for (const change of changes) {
      if (change.kind === 'put') bindings.set(change.binding.contactUri, change.binding)
      else bindings.delete(change.contactUri)
    }
    return [...bindings.values()]
  }

  #remove(lineId: string, isGone: (binding: StoredBinding) => boolean, why: { readonly expired?: true } = {}): void {
    const bindings = this.#entries.get(lineId)?.bindings ?? []
    const gone = bindings.filter(isGone)
    if (gone.length === 0) return
    const changes = gone.map(({ contactUri }): BindingChange => ({ kind: 'remove', lineId, contactUri, ...why }))
    this.apply(
      lineId,
      bindings.filter((binding) => !gone.includes(binding)),
      changes,
    )
  }

  #keep(lineId: string, bindings: readonly StoredBinding[]): void {
    const entry = this.#entries.get(lineId)
    this.#flows.move(lineId, entry?.bindings ?? [], bindings)
    if (bindings.length === 0) {
      entry?.timer.cancel()
      this.#entries.delete(lineId)
      return
    }
    const nextMs = Math.min(...bindings.map((binding) => binding.expiresAtMs))
    // A refresh only moves the end away: the timer that runs is early, finds nothing ended, and starts again.
    if (entry !== undefined && entry.firesAtMs <= nextMs) entry.bindings = bindings
    else {
      entry?.timer.cancel()
      this.#entries.set(lineId, { bindings, ...this.#startTimer(lineId, nextMs) })
    }
  }

  #startTimer(lineId: string, firesAtMs: number): Pick<Entry, 'timer' | 'firesAtMs'> {
    return { firesAtMs, timer: this.#needs.timers.start(firesAtMs - this.#needs.clock.nowMs(), () => this.#expire(lineId)) }
  }

  #expire(lineId: string): void {
    const nowMs = this.#needs.clock.nowMs()
    const entry = this.#entries.get(lineId)
    if (entry === undefined) return
    // It has fired: whatever is kept needs another one.
    entry.firesAtMs = Number.POSITIVE_INFINITY
    const living = entry.bindings.filter((binding) => binding.expiresAtMs > nowMs)
    if (living.length === entry.bindings.length) this.#keep(lineId, living)
    else this.#remove(lineId, (binding) => binding.expiresAtMs <= nowMs, { expired: true })
  }

  #dropEnded(ended: readonly (readonly StoredBinding[])[], from: number): void {
    this.#restoring = undefined
    for (const bindings of ended.slice(from, from + RESTORE_PORTION)) {
      const first = bindings[0]
      // Unless the phone has come back meanwhile.
      const now = this.#entries.get(first?.lineId ?? '')?.bindings ?? []
      for (const { lineId, contactUri } of bindings) {
        if (!now.some((binding) => binding.contactUri === contactUri)) this.#save({ kind: 'remove', lineId, contactUri })
      }
      if (first !== undefined && now.length === 0) this.#tell(first, false)
    }
    const next = from + RESTORE_PORTION
    if (next < ended.length) this.#restoring = this.#needs.timers.start(RESTORE_PAUSE_MS, () => this.#dropEnded(ended, next))
  }

  #save(change: BindingChange): void {
    this.#needs.store.save(change)
  }

  #tell(binding: StoredBinding, registered: boolean): void {
    const { lineId, accountId, partitionId } = binding
    this.#needs.events.registrationChanged({ lineId, accountId, partitionId, registered, atMs: this.#needs.clock.nowMs() })
  }
}

function lineOf(change: BindingChange): string {
  return change.kind === 'put' ? change.binding.lineId : change.lineId
}
