import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { EmergencyDeliveryTable, EmergencyEventTable, Sql, Transaction } from '../database/index.ts'

type Executor = Sql | Transaction
export type DeliveryRow = Selectable<EmergencyDeliveryTable>

export interface EventRecord {
  readonly row: Selectable<EmergencyEventTable>
  readonly deliveries: readonly DeliveryRow[]
}

export interface NewEvent {
  readonly id: string
  readonly triggerType: string
  readonly callId: string | undefined
  readonly phoneNumber: string | undefined
  readonly timeZone: string
  readonly at: Date
  readonly details: Readonly<Record<string, unknown>>
}

/** @returns the id, or undefined when the call was told already: the index decides. */
export async function insertEvent(sql: Transaction, scope: AccountScope, event: NewEvent, now: Date): Promise<string | undefined> {
  const inserted = await sql
    .insertInto('emergency_event')
    .values({
      id: event.id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      call_id: event.callId ?? null,
      trigger_type: event.triggerType,
      phone_number: event.phoneNumber ?? null,
      time_zone: event.timeZone,
      called_at: event.at,
      details: JSON.stringify(event.details),
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'call_id']).where('call_id', 'is not', null).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export interface NewDelivery {
  readonly id: string
  readonly eventId: string
  readonly position: number
  readonly kind: 'EMAIL' | 'SMS' | 'WEBHOOK'
  readonly recipient: string
  readonly status: 'SENT' | 'PENDING'
  readonly messageId: string | undefined
}

export async function insertDelivery(sql: Transaction, delivery: NewDelivery, now: Date): Promise<void> {
  await sql
    .insertInto('emergency_delivery')
    .values({
      id: delivery.id,
      event_id: delivery.eventId,
      position: delivery.position,
      kind: delivery.kind,
      recipient: delivery.recipient,
      status: delivery.status,
      message_id: delivery.messageId ?? null,
      next_attempt_at: delivery.status === 'PENDING' ? now : null,
      last_error: null,
      attempts: 0,
      updated_at: now,
    })
    .execute()
}

export async function findEvent(sql: Executor, scope: AccountScope, id: string): Promise<EventRecord | undefined> {
  const row = await inAccount(sql, scope).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : (await withDeliveries(sql, [row]))[0]
}

/** Newest first. */
export async function listEvents(sql: Executor, scope: AccountScope, limit: number): Promise<readonly EventRecord[]> {
  return withDeliveries(sql, await inAccount(sql, scope).orderBy('sequence', 'desc').limit(limit).execute())
}

function inAccount(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('emergency_event').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

async function withDeliveries(sql: Executor, rows: readonly Selectable<EmergencyEventTable>[]): Promise<readonly EventRecord[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const found = await sql
    .selectFrom('emergency_delivery')
    .leftJoin('outgoing_message', 'outgoing_message.id', 'emergency_delivery.message_id')
    .selectAll('emergency_delivery')
    .select('outgoing_message.status as message_status')
    .where('event_id', 'in', ids)
    .orderBy('position')
    .execute()
  // Mail and SMS are carried by the message queue: what it could not bring is not told.
  const deliveries = found.map(({ message_status: messageStatus, ...delivery }) => ({
    ...delivery,
    status: messageStatus === 'FAILED' ? 'FAILED' : delivery.status,
  }))
  const byEvent = Map.groupBy(deliveries, (delivery) => delivery.event_id)
  return rows.map((row) => ({ row, deliveries: byEvent.get(row.id) ?? [] }))
}
