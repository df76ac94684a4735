import { type Insertable, type Selectable, sql as sqlText, type Updateable } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { PortNumberTable, PortRequestTable, Sql, Transaction } from '../database/index.ts'
import type { CountryCode } from '../reference-data/index.ts'
import type { CancelType, PortRejection, PortStatus, WireType } from './port.ts'
import type { PortDetails, PortRecord } from './port-record.ts'

type Executor = Sql | Transaction
type PortScope = PartitionScope | AccountScope

/** How the second interface writes the id of a port (C-44). */
const ID_PREFIX = 'port_'

export function writtenPortId(id: string): string {
  return `${ID_PREFIX}${id}`
}

/** Either writing is understood everywhere. */
export function portIdOf(written: string): string {
  return written.startsWith(ID_PREFIX) ? written.slice(ID_PREFIX.length) : written
}

export async function findPort(sql: Executor, scope: PortScope, id: string): Promise<PortRecord | undefined> {
  const row = await inScope(sql, scope).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : withNumbers(sql, row)
}

/** Locked until the transaction ends: two changes of one port follow each other. */
export async function lockPort(sql: Transaction, scope: PortScope, id: string): Promise<PortRecord | undefined> {
  const row = await inScope(sql, scope).where('id', '=', id).forUpdate().executeTakeFirst()
  return row === undefined ? undefined : withNumbers(sql, row)
}

/** The ports something is due for, longest first. For work of the platform itself, over all tenants. */
/** @param besides ports that rest after a failure */
export function duePorts(
  sql: Executor,
  now: Date,
  besides: readonly string[],
  limit: number,
): Promise<{ id: string; partition_id: string; account_id: string }[]> {
  return sql
    .selectFrom('port_request')
    .select(['id', 'partition_id', 'account_id'])
    .where('next_step_at', '<=', now)
    .where(sqlText<boolean>`id <> ALL(${besides})`)
    .orderBy('next_step_at')
    .limit(limit)
    .execute()
}

export async function insertPort(sql: Transaction, row: Insertable<PortRequestTable>): Promise<void> {
  await sql.insertInto('port_request').values(row).execute()
}

/** @returns a number that another open port is already about; the index decides. */
export async function insertPortNumbers(
  sql: Transaction,
  portId: string,
  numbers: readonly { readonly phoneNumber: string; readonly fromInventory: boolean }[],
): Promise<string | undefined> {
  for (const [position, { phoneNumber, fromInventory }] of numbers.entries()) {
    const inserted = await sql
      .insertInto('port_number')
      .values({ port_id: portId, phone_number: phoneNumber, position, is_open: true, from_inventory: fromInventory })
      .onConflict((conflict) => conflict.column('phone_number').where('is_open', '=', true).doNothing())
      .returning('phone_number')
      .executeTakeFirst()
    if (inserted === undefined) return phoneNumber
  }
  return undefined
}

/** @param port locked inside the caller's scope. */
export async function updatePort(sql: Transaction, port: PortRecord, values: Updateable<PortRequestTable>, now: Date): Promise<PortRecord> {
  const row = await sql
    .updateTable('port_request')
    .set((expression) => ({ ...values, version: expression('version', '+', '1'), updated_at: now }))
    .where('id', '=', port.id)
    .where('partition_id', '=', port.partitionId)
    .returningAll()
    .executeTakeFirstOrThrow()
  return withNumbers(sql, row)
}

/** The numbers may be ported again. */
export async function closePortNumbers(sql: Transaction, port: PortRecord): Promise<void> {
  await sql.updateTable('port_number').set({ is_open: false }).where('port_id', '=', port.id).execute()
}

/** Whether somebody, anywhere on the platform, is bringing the number here. */
export async function hasOpenPort(sql: Executor, phoneNumber: string): Promise<boolean> {
  const row = await sql.selectFrom('port_number').select('port_id').where('phone_number', '=', phoneNumber).where('is_open', '=', true).executeTakeFirst()
  return row !== undefined
}

function inScope(sql: Executor, scope: PortScope) {
  const query = sql.selectFrom('port_request').selectAll().where('partition_id', '=', scope.partitionId)
  return 'accountId' in scope ? query.where('account_id', '=', scope.accountId) : query
}

async function withNumbers(sql: Executor, row: Selectable<PortRequestTable>): Promise<PortRecord> {
  const numbers = await sql.selectFrom('port_number').selectAll().where('port_id', '=', row.id).orderBy('position').execute()
  const document = await sql.selectFrom('port_document').select('port_id').where('port_id', '=', row.id).executeTakeFirst()
  return recordOf(row, numbers, document !== undefined)
}

function recordOf(row: Selectable<PortRequestTable>, numbers: readonly Selectable<PortNumberTable>[], hasLoa: boolean): PortRecord {
  return {
    id: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    status: row.status as PortStatus,
    carrierId: row.carrier_id,
    losingCarrier: row.losing_carrier,
    wireType: row.wire_type as WireType,
    requestedDate: row.requested_date ?? undefined,
    crdDate: row.crd_date,
    timeZone: row.time_zone,
    country: row.country as CountryCode,
    focAt: row.foc_at ?? undefined,
    triggeredAt: row.triggered_at ?? undefined,
    hotCutPortId: row.hot_cut_port_id ?? undefined,
    details: row.details as unknown as PortDetails,
    pinSealed: row.pin_sealed ?? undefined,
    cancelType: (row.cancel_type as CancelType | null) ?? undefined,
    rejection: (row.rejection as unknown as PortRejection | null) ?? undefined,
    submittedAt: row.submitted_at,
    completedAt: row.completed_at ?? undefined,
    createdAt: row.created_at,
    numbers: numbers.map((number) => ({ phoneNumber: number.phone_number, fromInventory: number.from_inventory })),
    hasLoa,
  }
}
