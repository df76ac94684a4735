import type { Sql } from '../database/index.ts'

/** What belongs to one key, an account's id mostly. */
export type ReadOne<Row> = (sql: Sql, key: string) => Promise<readonly Row[]>

interface Batch<Row> {
  readonly keys: Set<string>
  readonly rows: Promise<ReadonlyMap<string, readonly Row[]>>
}

/**
 * A query for many accounts, asked for one at a time: whoever asks in the same turn of the event loop shares a statement.
 * So a start reads a hundred accounts with as many statements as one, and each kind still says what it needs of its account.
 * @param read gives the rows of all keys, in the order in which those of one key are wanted.
 */
export function ofAccounts<Row>(read: (sql: Sql, keys: readonly string[]) => Promise<readonly Row[]>, keyOf: (row: Row) => string): ReadOne<Row> {
  const open = new WeakMap<Sql, Batch<Row>>()
  return async (sql, key) => {
    let batch = open.get(sql)
    if (batch === undefined) {
      const keys = new Set<string>()
      const rows = nextTurn().then(async () => {
        // From here on it is closed: what is asked later sees what was committed later.
        open.delete(sql)
        return Map.groupBy(await read(sql, [...keys]), keyOf)
      })
      batch = { keys, rows }
      open.set(sql, batch)
    }
    batch.keys.add(key)
    return (await batch.rows).get(key) ?? []
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
