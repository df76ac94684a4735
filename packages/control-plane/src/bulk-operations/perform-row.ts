import { sql as sqlText } from 'kysely'
import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Unit } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { OperationCall, OperationPerformer } from '../http/index.ts'
import { JobTakenAway } from '../jobs/index.ts'
import type { ItemRow } from './bulk-queries.ts'
import type { BulkParameters } from './bulk-worker.ts'
import { callsOfRow, NEW_USER, type RowCalls } from './row-calls.ts'

export interface RowResult {
  readonly position: number
  readonly isSuccessful: boolean
  readonly result: Readonly<Record<string, unknown>>
}

/**
 * One row: all of its calls or none. A refusal is the row's result.
 * @param isAlone nobody shares the transaction: then a defect is the row's result too, and not the end of the job.
 * @throws what is nobody's refusal, such as a broken connection.
 */
export async function performRow(
  context: Context,
  performer: OperationPerformer,
  principal: Principal,
  scope: AccountScope,
  work: BulkParameters,
  item: ItemRow,
  isAlone: boolean,
): Promise<RowResult> {
  const { unit } = context
  if (unit === undefined) throw new Error('a row is done inside a unit')
  const { object, position } = item
  const named = pick(object, ['userId', 'extension', 'phoneNumber'])
  try {
    const row = await callsOfRow(unit.sql, scope, work.type, object, work.parameters)
    const done = row.ok ? await performAll(context, unit, performer, principal, scope, row.value) : row
    if (done.ok) return { position, isSuccessful: true, result: { ...named, ...done.value } }
    return { position, isSuccessful: false, result: { ...named, error: done.error.code, message: done.error.message } }
  } catch (error) {
    if (error instanceof JobTakenAway || !isAlone || isConnectionFault(error)) throw error
    context.logger.error('a bulk row broke', { position, error: error instanceof Error ? error.stack : String(error) })
    return { position, isSuccessful: false, result: { ...named, error: 'InternalError', message: 'Something failed on our side.' } }
  }
}

/** One call is all or nothing by itself; several need a savepoint around them. */
async function performAll(
  context: Context,
  unit: Unit,
  performer: OperationPerformer,
  principal: Principal,
  scope: AccountScope,
  row: RowCalls,
): Promise<Result<Readonly<Record<string, unknown>>, ApiFailure>> {
  const perform = async () => performCalls(context, performer, principal, scope, row.calls)
  const made = row.calls.length === 1 ? await perform() : await behindSavepoint(unit, perform)
  return made.ok ? ok({ ...row.subject, ...made.value }) : made
}

async function performCalls(
  context: Context,
  performer: OperationPerformer,
  principal: Principal,
  scope: AccountScope,
  calls: readonly OperationCall[],
): Promise<Result<Readonly<Record<string, unknown>>, ApiFailure>> {
  let userId: string | undefined
  for (const call of calls) {
    const done = await performer.perform(context, principal, { ...(userId === undefined ? call : withCreated(call, userId)), scope })
    if (!done.ok) return done
    const { id } = (done.value.body ?? {}) as { id?: unknown }
    if (call.method === 'POST' && typeof id === 'string' && call.path.endsWith('/user')) userId = id
  }
  return ok(userId === undefined ? {} : { userId })
}

function withCreated(call: OperationCall, userId: string): OperationCall {
  const body = call.body as Readonly<Record<string, unknown>> | undefined
  return body?.['referenceId'] === NEW_USER ? { ...call, body: { ...body, referenceId: userId } } : call
}

async function behindSavepoint<Value>(unit: Unit, work: () => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  const before = [unit.events.length, unit.recorded.length, unit.afterCommit.length] as const
  await sqlText`SAVEPOINT bulk_row`.execute(unit.sql)
  const takeBack = async (): Promise<void> => {
    await sqlText`ROLLBACK TO SAVEPOINT bulk_row`.execute(unit.sql)
    ;[unit.events.length, unit.recorded.length, unit.afterCommit.length] = before
  }
  try {
    const result = await work()
    if (!result.ok) await takeBack()
    await sqlText`RELEASE SAVEPOINT bulk_row`.execute(unit.sql)
    return result.ok ? result : err(result.error)
  } catch (error) {
    await takeBack()
    throw error
  }
}

/** The database went away, or wants the transaction to be tried again (PostgreSQL classes 08, 40, 57). */
function isConnectionFault(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === undefined ? /onnection/.test(String(error)) : typeof code === 'string' && /^(08|40|57)|^E[A-Z]+$/.test(code)
}

function pick(object: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])))
}
