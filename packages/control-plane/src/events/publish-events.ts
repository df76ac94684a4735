import type { Selectable } from 'kysely'
import { sql as sqlText } from 'kysely'
import type { EventOutboxTable, Sql } from '../database/index.ts'
import type { CommittedEvent, PublicationHook, PublishedEvent } from './domain-event.ts'

export type OutboxRow = Selectable<EventOutboxTable>

export function committedEvent(row: OutboxRow): CommittedEvent {
  return {
    sequence: row.sequence,
    id: row.id,
    type: row.type,
    partitionId: row.partition_id,
    accountId: row.account_id ?? undefined,
    data: row.payload,
    occurredAt: row.occurred_at,
  }
}

export function publishedEvent(row: OutboxRow): PublishedEvent {
  return { ...committedEvent(row), position: row.feed_position ?? '', actor: row.actor }
}

/**
 * Marks events as handed out and gives them their places in the feed, together with what the hook makes of them. Sequences are drawn
 * before transactions commit, so a later one may become visible first; places are drawn under a lock that is held until the commit.
 * @returns how many were marked: those another node marked meanwhile are left alone.
 */
export async function publishEvents(sql: Sql, sequences: readonly string[], now: Date, onPublication: PublicationHook | undefined): Promise<number> {
  if (sequences.length === 0) return 0
  return sql.transaction().execute(async (transaction) => {
    const feed = await transaction.selectFrom('event_feed').select('last_position').where('name', '=', 'feed').forUpdate().executeTakeFirstOrThrow()
    const rows = await transaction
      .with('numbered', (query) =>
        query
          .selectFrom('event_outbox')
          .select(['sequence', sqlText<string>`row_number() OVER (ORDER BY sequence)`.as('place')])
          .where('sequence', 'in', [...sequences])
          .where('dispatched_at', 'is', null),
      )
      .updateTable('event_outbox')
      .from('numbered')
      .set({ dispatched_at: now, feed_position: sqlText<string>`${feed.last_position}::bigint + numbered.place` })
      .whereRef('event_outbox.sequence', '=', 'numbered.sequence')
      .returningAll('event_outbox')
      .execute()
    if (rows.length === 0) return 0
    await transaction
      .updateTable('event_feed')
      .set({ last_position: sqlText<string>`last_position + ${rows.length}` })
      .where('name', '=', 'feed')
      .execute()
    await onPublication?.(
      transaction,
      rows.map(publishedEvent).toSorted((one, other) => Number(one.position) - Number(other.position)),
    )
    return rows.length
  })
}
