import { type RawBuilder, sql as text } from 'kysely'
import type { Sql } from '../database/index.ts'

const ROWS_AT_ONCE = 1000

/** What a query finds, some at a time and all as of one moment: half a million rows never lie in memory together. */
export async function* rowsOfQuery<Row>(sql: Sql, query: RawBuilder<Row>): AsyncGenerator<Row> {
  const transaction = await sql.startTransaction().setAccessMode('read only').execute()
  try {
    await text`DECLARE rows_of_query NO SCROLL CURSOR FOR ${query}`.execute(transaction)
    for (;;) {
      const { rows } = await text<Row>`FETCH ${text.lit(ROWS_AT_ONCE)} FROM rows_of_query`.execute(transaction)
      yield* rows
      if (rows.length < ROWS_AT_ONCE) return
    }
  } finally {
    await transaction.rollback().execute()
  }
}
