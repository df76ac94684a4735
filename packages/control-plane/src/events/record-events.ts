import { newId } from '@dialtone/foundation'
import type { Actor } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import type { DomainEvent } from './domain-event.ts'
import { historyText } from './history-text.ts'
import { partitionHistoryRows } from './partition-history-rows.ts'

/** Something that happened, and who did it. */
export interface ActedEvent {
  readonly event: DomainEvent
  readonly actor: Actor
  readonly now: Date
}

/** A statement takes at most 65,535 values, and a row has a dozen. */
const ROWS_AT_ONCE = 1000

/** Stores events and history in the transaction of what they tell of: a few statements, however many they are. */
export async function recordEvents(sql: Transaction, recorded: readonly ActedEvent[]): Promise<void> {
  for (let from = 0; from < recorded.length; from += ROWS_AT_ONCE) {
    const some = recorded.slice(from, from + ROWS_AT_ONCE)
    await sql.insertInto('event_outbox').values(some.map(outboxRow)).execute()
    const rows = some.flatMap(historyRow)
    if (rows.length > 0) await sql.insertInto('account_history').values(rows).execute()
    const partitionRows = some.flatMap(({ event, actor, now }) => partitionHistoryRows([event], actor, now))
    if (partitionRows.length > 0) await sql.insertInto('partition_history').values(partitionRows).execute()
  }
}

function outboxRow({ event, actor, now }: ActedEvent) {
  return {
    id: newId(),
    partition_id: event.partitionId,
    account_id: event.accountId ?? null,
    type: event.type,
    payload: JSON.stringify(event.data),
    actor: JSON.stringify(actor),
    occurred_at: now,
    dispatched_at: null,
  }
}

function historyRow({ event, actor, now }: ActedEvent) {
  const { history, accountId } = event
  if (history === undefined || accountId === undefined) return []
  return [
    {
      id: newId(),
      partition_id: event.partitionId,
      account_id: accountId,
      type: history.type,
      action: history.action,
      old_value: historyText(history.oldValue),
      new_value: historyText(history.newValue),
      reference_type: history.referenceType,
      reference_id: history.referenceId,
      reference_name: history.referenceName,
      user_id: actor.userId,
      user_name: actor.userName,
      user_type: actor.userType,
      logged_at: now,
    },
  ]
}
