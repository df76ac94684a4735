import { admissionOf } from '@dialtone/foundation'
import { sql as raw } from 'kysely'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { levelsOf, type RuleRow } from './access-levels.ts'

/**
 * What of the caller's partition and those below it an address may read together. His own rules, and those above, have let the address in
 * already; a partition below that shuts it out is left out with everything below that, as it is refused where the path names it (C-09).
 */
export async function admittedPartitions(
  { database: { sql }, clock, ruleUses }: Pick<Context, 'database' | 'clock' | 'ruleUses'>,
  { partitionId, visiblePartitionIds }: Principal,
  remoteAddress: string,
): Promise<readonly string[]> {
  const { rows } = await raw<RuleRow>`
    SELECT id, partition_id, account_id, action, cidr FROM access_rule
    WHERE partition_id = ANY(${visiblePartitionIds}) AND partition_id <> ${partitionId} AND scope = 'api' AND enabled AND account_id IS NULL`.execute(sql)
  const shut = [...Map.groupBy(rows, (row) => row.partition_id)].flatMap(([id, rules]) => {
    const { isAdmitted, entryIds } = admissionOf(levelsOf(rules), remoteAddress)
    if (!isAdmitted) ruleUses.note(entryIds, clock.nowMs())
    return isAdmitted ? [] : [id]
  })
  if (shut.length === 0) return visiblePartitionIds
  const { rows: below } = await raw<{ readonly id: string }>`
    WITH RECURSIVE shut AS (
      SELECT id FROM partition WHERE id = ANY(${shut})
      UNION SELECT partition.id FROM partition JOIN shut ON partition.parent_id = shut.id
    ) SELECT id FROM shut`.execute(sql)
  const leftOut = new Set(below.map(({ id }) => id))
  return visiblePartitionIds.filter((id) => !leftOut.has(id))
}
