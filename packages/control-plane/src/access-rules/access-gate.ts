import { isStillKnown } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type AddressLists, admissionOf } from '@dialtone/foundation'
import { readLevels } from './access-levels.ts'

/** Rules of another node reach this one within this time. */
const REMEMBER_MS = 2_000
const MAX_REMEMBERED = 10_000

export interface AccessGate {
  /** Whether an address may use the interface for a partition: asked before any work on who calls (C-09). */
  admits(partitionId: string, remoteAddress: string): Promise<boolean>
  /** Rules or partitions changed in this process. */
  forget(): void
}

/** Remembers the levels of partitions for a moment; counts which rules decided. */
export function createAccessGate(context: Pick<Context, 'database' | 'clock' | 'ruleUses'>): AccessGate {
  const remembered = new Map<string, { readonly levels: readonly AddressLists[]; readonly untilMs: number }>()
  let forgotten = 0

  async function levelsOf(partitionId: string): Promise<readonly AddressLists[]> {
    const nowMs = context.clock.nowMs()
    const known = remembered.get(partitionId)
    if (known !== undefined && isStillKnown(known.untilMs, nowMs, REMEMBER_MS)) return known.levels
    const forgottenBefore = forgotten
    const levels = await readLevels(context.database.sql, partitionId)
    // Rules that changed meanwhile may not be in what was read.
    if (forgotten !== forgottenBefore) return levels
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(partitionId, { levels, untilMs: nowMs + REMEMBER_MS })
    return levels
  }

  return {
    admits: async (partitionId, remoteAddress) => {
      const { isAdmitted, entryIds } = admissionOf(await levelsOf(partitionId), remoteAddress)
      context.ruleUses.note(entryIds, context.clock.nowMs())
      return isAdmitted
    },
    forget: () => {
      forgotten++
      remembered.clear()
    },
  }
}
