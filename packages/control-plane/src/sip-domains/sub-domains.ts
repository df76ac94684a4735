import type { Sql, Transaction } from '../database/index.ts'
import { isServing, type SipDomainRow } from './sip-domain.ts'

/** A partition, and the SUB_DOMAINS it has stored itself. */
export interface NamingPartition {
  readonly id: string
  readonly parentId: string | null
  readonly subDomains: readonly string[] | undefined
}

/** A name that needs no proof of its own, for the domain above it is proven. */
export interface SubDomain {
  readonly name: string
  readonly base: SipDomainRow
  /** Whose phones may use it: those of partitions in which the setting is in force. */
  readonly partitionIds: readonly string[]
}

/**
 * The SUB_DOMAINS that serve: each below a serving domain of the partition that names it, or of one above that. Whoever has proven
 * the very name has it alone; a mere claim takes nobody's.
 */
export function servingSubDomains(partitions: readonly NamingPartition[], domains: readonly SipDomainRow[]): readonly SubDomain[] {
  const nodes = new Map(partitions.map((partition) => [partition.id, partition]))
  const proven = new Set(domains.flatMap((row) => (row.verified_at === null ? [] : [row.name])))
  const found = new Map<string, SubDomain>()
  for (const partition of partitions) {
    const line = lineOf(partition, nodes)
    const names = line.find((node) => node.subDomains !== undefined)?.subDomains ?? []
    const bases = domains.filter((row) => row.account_id === null && isServing(row) && line.some(({ id }) => id === row.partition_id))
    for (const name of names) {
      const base = bases.filter((row) => isBelow(name, row.name)).toSorted((one, other) => other.name.length - one.name.length)[0]
      if (base === undefined || proven.has(name)) continue
      const known = found.get(name)
      found.set(name, { name, base: known?.base ?? base, partitionIds: [...(known?.partitionIds ?? []), partition.id] })
    }
  }
  return [...found.values()]
}

export function isBelow(name: string, domain: string): boolean {
  return name.endsWith(`.${domain}`)
}

/** All partitions when any of them names sub-domains; none otherwise, which is the usual case. */
export async function namingPartitions(sql: Sql | Transaction): Promise<readonly NamingPartition[]> {
  const rows = await sql.selectFrom('partition').select(['id', 'parent_id', 'settings']).execute()
  if (!rows.some(({ settings }) => 'subDomains' in settings)) return []
  return rows.map((row) => ({ id: row.id, parentId: row.parent_id, subDomains: row.settings['subDomains'] as readonly string[] | undefined }))
}

/** The partition and those above it, the nearest first. */
function lineOf(partition: NamingPartition, nodes: ReadonlyMap<string, NamingPartition>): readonly NamingPartition[] {
  const above = partition.parentId === null ? undefined : nodes.get(partition.parentId)
  return above === undefined ? [partition] : [partition, ...lineOf(above, nodes)]
}
