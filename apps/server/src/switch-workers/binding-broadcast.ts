import type { BindingChange, RegistrationStore, StoredBinding } from '@dialtone/softswitch'
import type { DecidedBindings } from './message-lane.ts'

/**
 * The registration store of a switch in a worker: what a REGISTER changed goes to all other threads, whole, before the event loop
 * does anything else. What every thread finds out by itself, an end of time, is told to nobody.
 */
export class BindingBroadcast implements RegistrationStore {
  readonly #tell: (decided: DecidedBindings) => void
  readonly #nowMs: () => number
  #restored: readonly StoredBinding[] = []
  #changes: BindingChange[] = []
  #isMuted = false

  constructor(o: { readonly tell: (decided: DecidedBindings) => void; readonly nowMs: () => number }) {
    this.#tell = o.tell
    this.#nowMs = o.nowMs
  }

  /** What `load` will give. */
  restore(bindings: readonly StoredBinding[]): void {
    this.#restored = bindings
  }

  load(): Promise<readonly StoredBinding[]> {
    const restored = this.#restored
    this.#restored = []
    return Promise.resolve(restored)
  }

  save(change: BindingChange): void {
    if (this.#isMuted || (change.kind === 'remove' && change.expired === true)) return
    if (this.#changes.length === 0) queueMicrotask(() => this.#flush())
    this.#changes.push(change)
  }

  /** Does something that all threads are doing now. */
  muted(work: () => void): void {
    this.#isMuted = true
    try {
      work()
    } finally {
      this.#isMuted = false
    }
  }

  #flush(): void {
    const changes = this.#changes
    this.#changes = []
    this.#tell({ kind: 'bindings', changes, atMs: this.#nowMs() })
  }
}
