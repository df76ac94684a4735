import type { StoredBinding } from '../ports/registration-store.ts'

/** What a new process makes of the bindings of the one before. */
export interface RestorePlan {
  readonly living: ReadonlyMap<string, readonly StoredBinding[]>
  /** Lines of which nothing lives, and single bindings that ended, each with what the store must forget. */
  readonly ended: readonly (readonly StoredBinding[])[]
}

/** How long a phone whose connection died with the old process may take to come back, at least and at most. */
const COMEBACK_MS = 120_000
const COMEBACK_SPREAD_MS = 60_000

/**
 * Sorts the bindings of an earlier run. Connections do not outlive a process: their ids mean nothing any more, and may mean
 * somebody else's connection. What was reachable over one alone gets time to come back, for nobody is helped when every browser
 * and every phone behind a NAT is reported lost and found again; the ends of these are spread evenly, without randomness.
 */
export function planRestore(stored: readonly StoredBinding[], nowMs: number): RestorePlan {
  const living = new Map<string, readonly StoredBinding[]>()
  const ended: (readonly StoredBinding[])[] = []
  let flows = 0
  for (const [lineId, bindings] of Map.groupBy(stored, (binding) => binding.lineId)) {
    const alive = bindings.filter((binding) => binding.expiresAtMs > nowMs).map((binding) => withoutConnection(binding, nowMs, flows++))
    if (alive.length > 0) living.set(lineId, alive)
    const dead = bindings.filter((binding) => binding.expiresAtMs <= nowMs)
    if (dead.length > 0) ended.push(dead)
  }
  return { living, ended }
}

function withoutConnection(binding: StoredBinding, nowMs: number, index: number): StoredBinding {
  const { transport, address, port } = binding.receivedFrom
  // It was learnt from a datagram, as the stack would say: large requests stay on UDP.
  const flow = transport === 'udp' ? { isFlow: true } : {}
  const restored = { ...binding, receivedFrom: { transport, address, port, ...flow } }
  if (binding.flowBound !== true) return restored
  // The golden ratio spreads any number of them evenly over the span.
  const spreadMs = Math.round(((index * 0.618_033_988_75) % 1) * COMEBACK_SPREAD_MS)
  return { ...restored, expiresAtMs: Math.min(binding.expiresAtMs, nowMs + COMEBACK_MS + spreadMs) }
}
