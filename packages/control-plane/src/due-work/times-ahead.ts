import { sql as sqlText } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { DueTask } from './due-work.ts'

/** A stored time that is set a while ahead: a lease, a hold, the next attempt. The column has an index, or the table is small. */
export type TimeAhead = {
  [Table in keyof Schema]: {
    readonly table: Table
    readonly column: keyof Schema[Table] & string
    /** What it is set ahead at the most. */
    readonly mostMs: number
  }
}[keyof Schema]

/**
 * A clock that was set back leaves such times further ahead than they are ever set: nobody could take the lease over, the hold would not
 * end. They are brought back to as far as they would be had they been set now; so none ends early, and none lasts longer than once more.
 * A node whose clock is a little behind does the same to what others have set, and changes it by no more than that little.
 */
export function timesAheadTask(times: readonly TimeAhead[]): DueTask {
  return {
    name: 'times ahead',
    run: async ({ database, clock, logger }) => {
      for (const { table, column, mostMs } of times) {
        const most = new Date(clock.nowMs() + mostMs)
        const { numAffectedRows: changed = 0n } =
          await sqlText`UPDATE ${sqlText.table(table)} SET ${sqlText.ref(column)} = ${most} WHERE ${sqlText.ref(column)} > ${most}`.execute(database.sql)
        if (changed > 0n) logger.debug('times too far ahead were brought back', { table, column, rows: Number(changed) })
      }
    },
  }
}
