import type { PartitionScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'

/** A partition's inventory is its own and that of the partitions above it (S1-70, conflicts section 8). Its own comes first. */
export async function inventoryPartitions(sql: Sql | Transaction, scope: PartitionScope): Promise<string[]> {
  const rows = await sql
    .withRecursive('ancestry', (query) =>
      query
        .selectFrom('partition')
        .select(['partition.id as id', 'partition.parent_id as parent_id'])
        .where('partition.id', '=', scope.partitionId)
        .unionAll(
          query
            .selectFrom('partition')
            .innerJoin('ancestry', 'ancestry.parent_id', 'partition.id')
            .select(['partition.id as id', 'partition.parent_id as parent_id']),
        ),
    )
    .selectFrom('ancestry')
    .select('id')
    .execute()
  return rows.map((row) => row.id)
}
