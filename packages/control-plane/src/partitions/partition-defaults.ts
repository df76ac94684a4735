import { sql as sqlText } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { type PartitionSettings, settingsInForce } from './partition-settings.ts'

/** What a partition decides for objects that leave it out (C-14, S1-37). */
export type PartitionDefaults = PartitionSettings

/** The settings in force: the platform's, those of the partitions above, the partition's own; the nearer wins. */
export async function partitionDefaults(sql: Sql | Transaction, scope: Pick<PartitionScope, 'partitionId'>): Promise<PartitionDefaults> {
  return settingsInForce((await partitionLine(sql, scope.partitionId)).map((row) => row.settings))
}

/** The partition and those above it, the highest first. */
export async function partitionLine(sql: Sql | Transaction, partitionId: string): Promise<readonly { id: string; settings: Record<string, unknown> }[]> {
  const rows = await sql
    .withRecursive('line', (query) =>
      query
        .selectFrom('partition')
        .select(['partition.id as id', 'partition.parent_id as parent_id', 'partition.settings as settings', sqlText<number>`0`.as('height')])
        .where('partition.id', '=', partitionId)
        .unionAll(
          query
            .selectFrom('partition')
            .innerJoin('line', 'line.parent_id', 'partition.id')
            .select([
              'partition.id as id',
              'partition.parent_id as parent_id',
              'partition.settings as settings',
              sqlText<number>`line.height + 1`.as('height'),
            ]),
        ),
    )
    .selectFrom('line')
    .select(['id', 'settings'])
    .orderBy('height', 'desc')
    .execute()
  return rows
}
