import type { Selectable } from 'kysely'
import { newId } from '@dialtone/foundation'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { ServiceActivationLogTable, ServiceActivationTable, Sql, Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { type ActivationDetails, type ActivationReferenceType, type ActivationStatus, FINISHED_STATUSES, type ServiceType } from './service-activation.ts'

export type ActivationRow = Selectable<ServiceActivationTable>
export type ActivationLogRow = Selectable<ServiceActivationLogTable>

type Executor = Sql | Transaction

export interface NewActivation {
  readonly serviceType: ServiceType
  readonly referenceType: ActivationReferenceType
  /** The number itself, or the id of a port or an order. */
  readonly referenceId: string
  readonly status: ActivationStatus
  /** The first is the main one. */
  readonly telephoneNumbers: readonly string[]
  readonly details?: ActivationDetails
  readonly log?: ActivationLogEntry
  /** When a COOLDOWN ends by itself. */
  readonly cooldownUntil?: Date
}

export interface ActivationLogEntry {
  readonly code?: string
  readonly message?: string
  /** When the carrier did it, if that was earlier than now. */
  readonly at?: Date
}

/** Records that a carrier was asked for something. Several in time may be about one number; the last one counts. */
export async function openActivation(change: Write, scope: AccountScope, activation: NewActivation): Promise<void> {
  const id = newId()
  await change.sql
    .insertInto('service_activation')
    .values({
      id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      service_type: activation.serviceType,
      reference_type: activation.referenceType,
      reference_id: activation.referenceId,
      status: activation.status,
      main_telephone_number: activation.telephoneNumbers[0] ?? null,
      telephone_numbers: JSON.stringify(activation.telephoneNumbers),
      details: JSON.stringify(activation.details ?? {}),
      foc_date: null,
      cooldown_until: activation.cooldownUntil ?? null,
      created_at: change.now,
      updated_at: change.now,
    })
    .execute()
  await addLog(change, id, activation.status, activation.log ?? {})
}

export interface ActivationProgress extends ActivationLogEntry {
  readonly status: ActivationStatus
  /** Replaces members; `undefined` takes one away. */
  readonly details?: ActivationDetails
  /** `null` takes it away. */
  readonly focDate?: Date | null
}

/** The carrier, or the customer, took the event further: state, what is known, and a line of its log. */
export async function advanceActivation(
  change: Write,
  scope: AccountScope,
  event: { readonly serviceType: ServiceType; readonly referenceId: string },
  to: ActivationProgress,
): Promise<void> {
  const row = await latest(change.sql, scope, event).forUpdate().executeTakeFirst()
  if (row !== undefined) await advanceFound(change, row, to)
}

/** @param row locked. */
export async function advanceFound(change: Write, row: ActivationRow, to: ActivationProgress): Promise<void> {
  await change.sql
    .updateTable('service_activation')
    .set({
      status: to.status,
      details: JSON.stringify({ ...row.details, ...to.details }),
      ...(to.focDate === undefined ? {} : { foc_date: to.focDate }),
      updated_at: change.now,
    })
    .where('id', '=', row.id)
    .execute()
  await addLog(change, row.id, to.status, to)
}

export async function findActivation(
  sql: Executor,
  scope: AccountScope,
  event: { readonly serviceType: ServiceType; readonly referenceId: string },
): Promise<{ readonly row: ActivationRow; readonly logs: readonly ActivationLogRow[] } | undefined> {
  const row = await latest(sql, scope, event).executeTakeFirst()
  if (row === undefined) return undefined
  const logs = await logsOf(sql, [row.id])
  return { row, logs: logs.get(row.id) ?? [] }
}

/** What was disconnected and rests until now or longer ago, as long as nobody else is at it. */
export function lockRested(sql: Transaction, now: Date, limit: number): Promise<ActivationRow[]> {
  return resting(sql).where('cooldown_until', '<=', now).orderBy('cooldown_until').limit(limit).forUpdate().skipLocked().execute()
}

/** The disconnection of a number that rests, on whichever account it was. */
export function lockResting(sql: Transaction, phoneNumber: string): Promise<ActivationRow | undefined> {
  return resting(sql).where('main_telephone_number', '=', phoneNumber).orderBy('sequence', 'desc').limit(1).forUpdate().executeTakeFirst()
}

function resting(sql: Transaction) {
  return sql.selectFrom('service_activation').selectAll().where('service_type', '=', 'DISCONNECT').where('status', '=', 'COOLDOWN')
}

export async function logsOf(sql: Executor, ids: readonly string[]): Promise<ReadonlyMap<string, readonly ActivationLogRow[]>> {
  if (ids.length === 0) return new Map()
  const rows = await sql.selectFrom('service_activation_log').selectAll().where('activation_id', 'in', ids).orderBy('sequence').limit(10_000).execute()
  return Map.groupBy(rows, (row) => row.activation_id)
}

/** Events of the account nobody has finished, of one number or of all. */
export async function countOpenActivations(sql: Executor, scope: AccountScope, phoneNumber?: string): Promise<number> {
  let query = sql
    .selectFrom('service_activation')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('status', 'not in', FINISHED_STATUSES)
  if (phoneNumber !== undefined) query = query.where('main_telephone_number', '=', phoneNumber)
  return Number((await query.executeTakeFirstOrThrow()).total)
}

export interface ActivationSearch {
  readonly accountId: string | undefined
  readonly telephoneNumber: string | undefined
  readonly serviceTypes: readonly ServiceType[]
  readonly statuses: readonly ActivationStatus[]
  readonly dateColumn: 'created_at' | 'updated_at' | 'foc_date'
  readonly from: Date | undefined
  readonly to: Date | undefined
  readonly offset: number
  readonly limit: number
}

/** Events of the partition, newest first: what the status search of numbers reads. */
export async function searchActivations(
  sql: Executor,
  scope: PartitionScope,
  search: ActivationSearch,
): Promise<{ readonly totalRecords: number; readonly rows: readonly ActivationRow[]; readonly logs: ReadonlyMap<string, readonly ActivationLogRow[]> }> {
  const query = matching(sql, scope, search)
  const rows = await query.selectAll().orderBy('sequence', 'desc').offset(search.offset).limit(search.limit).execute()
  const { total } = await query.select((row) => row.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return { totalRecords: Number(total), rows, logs: await logsOf(sql, rows.map((row) => row.id)) } // prettier-ignore
}

/** Those that follow one of them, as a file reads them: what comes meanwhile stands before, and moves none to another page. */
export async function activationsAfter(
  sql: Executor,
  scope: PartitionScope,
  search: Omit<ActivationSearch, 'offset'>,
  last: ActivationRow | undefined,
): Promise<{ readonly rows: readonly ActivationRow[]; readonly logs: ReadonlyMap<string, readonly ActivationLogRow[]> }> {
  let query = matching(sql, scope, search)
  if (last !== undefined) query = query.where('sequence', '<', last.sequence)
  const rows = await query.selectAll().orderBy('sequence', 'desc').limit(search.limit).execute()
  return { rows, logs: await logsOf(sql, rows.map((row) => row.id)) } // prettier-ignore
}

function matching(sql: Executor, scope: PartitionScope, search: Omit<ActivationSearch, 'offset' | 'limit'>) {
  let query = sql.selectFrom('service_activation').where('partition_id', '=', scope.partitionId)
  if (search.accountId !== undefined) query = query.where('account_id', '=', search.accountId)
  if (search.telephoneNumber !== undefined) {
    const listed = JSON.stringify([search.telephoneNumber])
    query = query.where((row) => row('telephone_numbers', '@>', row.cast<string>(row.val(listed), 'jsonb') as never))
  }
  if (search.serviceTypes.length > 0) query = query.where('service_type', 'in', search.serviceTypes)
  if (search.statuses.length > 0) query = query.where('status', 'in', search.statuses)
  if (search.from !== undefined) query = query.where(search.dateColumn, '>=', search.from)
  if (search.to !== undefined) query = query.where(search.dateColumn, '<=', search.to)
  return query
}

function latest(sql: Executor, scope: AccountScope, event: { readonly serviceType: ServiceType; readonly referenceId: string }) {
  return sql
    .selectFrom('service_activation')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('service_type', '=', event.serviceType)
    .where('reference_id', '=', event.referenceId)
    .orderBy('sequence', 'desc')
    .limit(1)
}

async function addLog(change: Write, activationId: string, status: ActivationStatus, entry: ActivationLogEntry): Promise<void> {
  await change.sql
    .insertInto('service_activation_log')
    .values({
      activation_id: activationId,
      status,
      action_date: entry.at ?? change.now,
      code: entry.code ?? null,
      message: entry.message ?? null,
      ticket_id: newId(),
      created_at: change.now,
    })
    .execute()
}
