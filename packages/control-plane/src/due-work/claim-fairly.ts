import { type Expression, type Kysely, sql as sqlText } from 'kysely'
import type { Schema } from '../database/index.ts'

/** Rows with a next attempt, which is their lease as well, and a count of attempts. */
type Attempted = {
  [Table in keyof Schema]: Schema[Table] extends { id: unknown; next_attempt_at: unknown; attempts: unknown } ? Table : never
}[keyof Schema]

/** What may be taken: an id, whose it is, and since when it is due. */
interface Candidate {
  readonly id: string
  readonly owner: string
  readonly next_attempt_at: Date | null
}

interface Claim {
  readonly table: Attempted
  /** The oldest of those that are due, of all owners that have a place: limited, for the look costs as much as it sees. */
  readonly due: Expression<Candidate>
  /** How many owners are served at the most. */
  readonly owners: number
  /** And how many rows of each. */
  readonly each: number
  readonly now: Date
  /** While one node is at them, no other takes them up; after a crash the next one does. */
  readonly leaseMs: number
}

/** Takes a few that are due of each of so many owners; whoever else looks meanwhile passes them by, and waits for nobody. */
export async function claimFairly<Row>(sql: Kysely<Schema>, { table, due, owners, each, now, leaseMs }: Claim): Promise<(Row & { readonly owner: string })[]> {
  const target = sqlText.table(table)
  const { rows } = await sqlText<Row & { readonly owner: string }>`
    WITH ranked AS (
      SELECT id, owner, row_number() OVER (PARTITION BY owner ORDER BY next_attempt_at, id) AS place, dense_rank() OVER (ORDER BY owner) AS owner_place
      FROM ${due} AS due
    ), locked AS (
      SELECT taken.id, ranked.owner
      FROM ${target} AS taken JOIN ranked ON ranked.id = taken.id
      WHERE ranked.place <= ${each} AND ranked.owner_place <= ${owners}
        -- Again, for rows that somebody else took between the look and the lock.
        AND taken.next_attempt_at <= ${now}
      FOR UPDATE OF taken SKIP LOCKED
    )
    UPDATE ${target} AS taken
    SET attempts = taken.attempts + 1, next_attempt_at = ${new Date(now.getTime() + leaseMs)}
    FROM locked
    WHERE taken.id = locked.id
    RETURNING taken.*, locked.owner`.execute(sql)
  return rows
}
