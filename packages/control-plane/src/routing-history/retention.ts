import type { DueTask } from '../due-work/index.ts'
import { STATES_KEPT_MS } from './routing-history.ts'

const ROWS_AT_ONCE = 1000
const MAX_TURNS = 20

/** Past states of the routing go with the time nobody may ask about any more. */
export const routingHistoryRetentionTask: DueTask = {
  name: 'routing history retention',
  isBackground: true,
  run: async ({ database: { sql }, clock }) => {
    // By the time of the world, as they are stored: the business clock may be days ahead.
    const before = new Date(clock.nowMs() - (clock.aheadMs ?? 0) - STATES_KEPT_MS)
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const removed = await sql
        .deleteFrom('routing_state')
        .where((expression) =>
          expression(
            expression.refTuple('account_id', 'valid_until'),
            'in',
            expression
              .selectFrom('routing_state')
              .select(['account_id', 'valid_until'])
              .where('valid_until', '<', before)
              .limit(ROWS_AT_ONCE)
              .$asTuple('account_id', 'valid_until'),
          ),
        )
        .executeTakeFirst()
      if (removed.numDeletedRows < ROWS_AT_ONCE) break
    }
  },
}
