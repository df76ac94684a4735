import { err, ok, type Result } from '@dialtone/foundation'
import { type Selectable, sql as sqlText } from 'kysely'
import { type AccountScope, type Actor, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { CallRecordingTable, Sql } from '../database/index.ts'
import { isDeletedDeposit, noteDeletedDeposits } from '../deleted-deposits/index.ts'
import type { DueTask } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { readSettings } from './recording-settings.ts'

export type CallRecordingRow = Selectable<CallRecordingTable>

const DAY_MS = 86_400_000
/** Four hours of two channels of 16-bit sound at 8000 Hz, and its header. */
const MAX_RECORDING_BYTES = 500_000_000
const EXPIRED_AT_ONCE = 200

/** What the switch has recorded. */
export interface FinishedRecording {
  readonly recordingId: string
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  readonly callRecordId: string
  readonly startedAtMs: number
  readonly callingNumber: string
  readonly calledNumber: string
  readonly durationMs: number
}

/** In the file store, of an id that is the switch's. */
export function recordingFile(recordingId: string): string {
  return `recording/${recordingId}`
}

/**
 * Keeps a recording: first the sound, then what tells of it. Said again, after a crash between the two, it is the same one.
 * @param content a WAV file, the caller left and the called right. @returns why it can never be kept; failures of a moment reject
 */
export async function keepRecording(
  context: Context,
  recording: FinishedRecording,
  content: AsyncIterable<Uint8Array>,
): Promise<Result<undefined, ApiFailure>> {
  const { recordingId: id, partitionId, accountId } = recording
  const stored = await context.files.store(recordingFile(id), content, MAX_RECORDING_BYTES)
  if (!stored.ok) return err({ code: 'RecordingTooLarge', status: 413, message: `A recording has at most ${MAX_RECORDING_BYTES} bytes.` })
  const kept = await write(context, SYSTEM_ACTOR, async (change) => {
    const account = await change.sql.selectFrom('account').select('id').where('id', '=', accountId).where('partition_id', '=', partitionId).executeTakeFirst()
    if (account === undefined) return err(entityNotFound('Account', accountId))
    if (await isDeletedDeposit(change.sql, recording, id)) {
      change.afterCommit(() => context.files.remove(recordingFile(id)))
      return ok(undefined)
    }
    const { retentionDays } = await readSettings(change.sql, accountId)
    const { numInsertedOrUpdatedRows = 0n } = await change.sql
      .insertInto('call_recording')
      .values({
        id,
        partition_id: partitionId,
        account_id: accountId,
        session_id: recording.sessionId,
        call_record_id: recording.callRecordId,
        calling_number: recording.callingNumber,
        called_number: recording.calledNumber,
        started_at: new Date(recording.startedAtMs),
        duration_ms: Math.round(recording.durationMs),
        size_bytes: stored.value.bytes,
        expires_at: new Date(recording.startedAtMs + retentionDays * DAY_MS),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows > 0n) change.emit(recordingEvent('callrecording.stored', recording, id, recording.callRecordId))
    return ok(undefined)
  })
  if (!kept.ok) await context.files.remove(recordingFile(id))
  return kept
}

export function listRecordings(
  sql: Sql,
  scope: AccountScope,
  { callRecordId, limit, offset }: { readonly callRecordId?: string | undefined; readonly limit: number; readonly offset: number },
): Promise<CallRecordingRow[]> {
  let query = ofAccount(sql, scope)
  if (callRecordId !== undefined) query = query.where('call_record_id', '=', callRecordId)
  return query.orderBy('started_at', 'desc').orderBy('id').limit(limit).offset(offset).execute()
}

export function findRecording(sql: Sql, scope: AccountScope, id: string): Promise<CallRecordingRow | undefined> {
  return ofAccount(sql, scope).where('id', '=', id).executeTakeFirst()
}

export function deleteRecording(context: Context, actor: Actor, scope: AccountScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    const row = await change.sql
      .deleteFrom('call_recording')
      .where('id', '=', id)
      .where('account_id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .returning('call_record_id')
      .executeTakeFirst()
    if (row === undefined) return err(entityNotFound('CallRecording', id))
    await noteDeletedDeposits(change, scope, [id])
    change.emit(recordingEvent('callrecording.deleted', scope, id, row.call_record_id))
    change.afterCommit(() => context.files.remove(recordingFile(id)))
    return ok(undefined)
  })
}

/** Takes away what has been kept as long as its account wanted when it was made. */
export const recordingRetentionTask: DueTask = {
  name: 'recording retention',
  isBackground: true,
  run: async (context, rows) => {
    const expired = await context.database.sql
      .selectFrom('call_recording')
      .select(['id', 'account_id', 'partition_id'])
      .where('expires_at', '<=', new Date(context.clock.nowMs()))
      .where(sqlText<boolean>`id <> ALL(${rows.resting()})`)
      .orderBy('expires_at')
      .limit(EXPIRED_AT_ONCE)
      .execute()
    for (const { id, partition_id: partitionId, account_id: accountId } of expired)
      await rows.attempt(id, () => deleteRecording(context, SYSTEM_ACTOR, systemScope(partitionId, accountId), id))
  },
}

function ofAccount(sql: Sql, scope: AccountScope) {
  return sql.selectFrom('call_recording').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

function recordingEvent(
  type: string,
  { partitionId, accountId }: { readonly partitionId: string; readonly accountId: string },
  id: string,
  callRecordId: string,
) {
  return { type, partitionId, accountId, data: { recordingId: id, callRecordId, accountId } }
}
