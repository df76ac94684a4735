import { type AddressRange, isInRange, parseAddressRange } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'

/** Rules of another node reach this one within this time. */
const REMEMBER_MS = 2_000
const MAX_REMEMBERED = 10_000

/** The rules of one partition, and of those above it. */
interface Level {
  readonly allowed: readonly AddressRange[]
  readonly denied: readonly AddressRange[]
}

export interface AccessGate {
  /** Whether an address may use the interface for a partition: asked before any work on who calls (C-09). */
  admits(partitionId: string, remoteAddress: string): Promise<boolean>
  /** Rules or partitions changed in this process. */
  forget(): void
}

/**
 * A denied block is denied for everything below; an allow list narrows what the levels above allow; a level without one allows all.
 * Denying always wins (conflicts section 8).
 */
export function createAccessGate(context: Pick<Context, 'database' | 'clock'>): AccessGate {
  const remembered = new Map<string, { readonly levels: readonly Level[]; readonly untilMs: number }>()

  async function levelsOf(partitionId: string): Promise<readonly Level[]> {
    const nowMs = context.clock.nowMs()
    const known = remembered.get(partitionId)
    if (known !== undefined && known.untilMs > nowMs) return known.levels
    const levels = await readLevels(context.database.sql, partitionId)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(partitionId, { levels, untilMs: nowMs + REMEMBER_MS })
    return levels
  }

  return {
    admits: async (partitionId, remoteAddress) => isAdmittedBy(await levelsOf(partitionId), remoteAddress),
    forget: () => remembered.clear(),
  }
}

/** Whether every level lets an address in. */
export function isAdmittedBy(levels: readonly Level[], remoteAddress: string): boolean {
  return levels.every((level) => lets(level, remoteAddress))
}

function lets(level: Level, remoteAddress: string): boolean {
  if (level.denied.some((range) => isInRange(range, remoteAddress))) return false
  return level.allowed.length === 0 || level.allowed.some((range) => isInRange(range, remoteAddress))
}

/** What is enabled for a partition and those above it, a level each. */
export async function readLevels(sql: Sql | Transaction, partitionId: string): Promise<readonly Level[]> {
  const rows = await sql
    .withRecursive('line', (query) =>
      query
        .selectFrom('partition')
        .select(['partition.id as id', 'partition.parent_id as parent_id'])
        .where('partition.id', '=', partitionId)
        .unionAll(
          query.selectFrom('partition').innerJoin('line', 'line.parent_id', 'partition.id').select(['partition.id as id', 'partition.parent_id as parent_id']),
        ),
    )
    .selectFrom('line')
    .innerJoin('access_rule', 'access_rule.partition_id', 'line.id')
    .select(['access_rule.partition_id', 'access_rule.action', 'access_rule.cidr'])
    .where('access_rule.scope', '=', 'api')
    .where('access_rule.enabled', '=', true)
    .where('access_rule.account_id', 'is', null)
    .execute()
  return [...Map.groupBy(rows, (row) => row.partition_id).values()].map((rules) => ({
    allowed: rules.filter((rule) => rule.action === 'allow').flatMap((rule) => parseAddressRange(rule.cidr) ?? []),
    denied: rules.filter((rule) => rule.action === 'deny').flatMap((rule) => parseAddressRange(rule.cidr) ?? []),
  }))
}
