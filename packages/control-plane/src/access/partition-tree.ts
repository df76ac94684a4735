import type { Sql, Transaction } from '../database/index.ts'

/** The partition itself and everything below it. */
export async function visiblePartitions(sql: Sql | Transaction, partitionId: string): Promise<readonly string[]> {
  const rows = await sql
    .withRecursive('tree', (query) =>
      query
        .selectFrom('partition')
        .select('partition.id as id')
        .where('partition.id', '=', partitionId)
        .unionAll(query.selectFrom('partition').innerJoin('tree', 'tree.id', 'partition.parent_id').select('partition.id as id')),
    )
    .selectFrom('tree')
    .select('id')
    .execute()
  return rows.map((row) => row.id)
}
