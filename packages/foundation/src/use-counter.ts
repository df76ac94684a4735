/** How often something was used, and when last. */
export interface Use {
  readonly id: string
  readonly count: number
  readonly lastAtMs: number
}

/** Counts uses until somebody takes them: a use costs one look into a map. */
export class UseCounter {
  #uses = new Map<string, { count: number; lastAtMs: number }>()

  note(ids: readonly string[], atMs: number, count = 1): void {
    for (const id of ids) {
      const use = this.#uses.get(id)
      if (use === undefined) this.#uses.set(id, { count, lastAtMs: atMs })
      else Object.assign(use, { count: use.count + count, lastAtMs: Math.max(use.lastAtMs, atMs) })
    }
  }

  take(): readonly Use[] {
    if (this.#uses.size === 0) return []
    const uses = [...this.#uses].map(([id, use]) => ({ id, ...use }))
    this.#uses = new Map()
    return uses
  }
}
