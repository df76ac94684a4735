import type { StoredBinding } from '../ports/registration-store.ts'

/** Which lines are reached over which connection and no other way (RFC 5626 4.2.2). */
export class FlowTable {
  readonly #lines = new Map<string, Set<string>>()

  /** The connection a binding ends with, if there is one. */
  static flowOf(binding: StoredBinding): string | undefined {
    return binding.flowBound === true ? binding.receivedFrom.connectionId : undefined
  }

  linesOf(connectionId: string): readonly string[] {
    return [...(this.#lines.get(connectionId) ?? [])]
  }

  /** The bindings of a line have changed. */
  move(lineId: string, before: readonly StoredBinding[], after: readonly StoredBinding[]): void {
    for (const binding of before) this.#leave(FlowTable.flowOf(binding), lineId)
    for (const binding of after) this.#enter(FlowTable.flowOf(binding), lineId)
  }

  clear(): void {
    this.#lines.clear()
  }

  #enter(connectionId: string | undefined, lineId: string): void {
    if (connectionId === undefined) return
    const lines = this.#lines.get(connectionId)
    if (lines === undefined) this.#lines.set(connectionId, new Set([lineId]))
    else lines.add(lineId)
  }

  #leave(connectionId: string | undefined, lineId: string): void {
    const lines = connectionId === undefined ? undefined : this.#lines.get(connectionId)
    if (lines === undefined || connectionId === undefined) return
    lines.delete(lineId)
    if (lines.size === 0) this.#lines.delete(connectionId)
  }
}
