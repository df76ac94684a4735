import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { actorOf } from '../access/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { changeSettings, readSettings, RECORDED_OBJECTS, RECORDING_MODES, RECORDING_RULES } from './recording-settings.ts'
import { type CallRecordingRow, deleteRecording, findRecording, listRecordings, recordingFile } from './recordings.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const SETTINGS = `${ACCOUNT}/call-recording-settings`
const COLLECTION = `${ACCOUNT}/call-recording`
const ITEM = `${COLLECTION}/:recordingId`
const TAG = 'Call Recording'
const MAX_LISTED = 1000
const MAX_RETENTION_DAYS = 3650
const ItemPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), recordingId: Type.String({ maxLength: 64 }) })

const settings = {
  mode: oneOf(RECORDING_MODES),
  userIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1000, uniqueItems: true })),
  announce: Type.Optional(Type.Boolean()),
  retentionDays: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_RETENTION_DAYS })),
  rules: Type.Optional(
    Type.Array(Type.Object({ type: oneOf(RECORDED_OBJECTS), id: Type.String({ minLength: 1, maxLength: 64 }), record: oneOf(RECORDING_RULES) }), {
      maxItems: 1000,
    }),
  ),
  keys: Type.Optional(Type.Boolean()),
  beep: Type.Optional(Type.Boolean()),
}
const Settings = named('CallRecordingSettings', Type.Object(settings))
const RecordingView = named(
  'CallRecording',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    callRecordId: Type.String(),
    sessionId: Type.String(),
    callingNumber: Type.String(),
    calledNumber: Type.String(),
    startTime: Type.String(),
    durationSeconds: Type.Number(),
    sizeInBytes: Type.Integer(),
    expiresDate: Type.String(),
  }),
)

/** Extension: the contract has no object for recordings. */
export const callRecordingOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: SETTINGS,
    tag: TAG,
    summary: 'Whose calls are recorded, and for how long that is kept',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: Settings },
    handle: async (context, { scope }) => ok({ status: 200, body: { ...(await readSettings(context.database.sql, scope.accountId)) } }),
  }),
  accountOperation({
    method: 'PUT',
    path: SETTINGS,
    tag: TAG,
    summary: 'Record the calls of everybody, of some, or of nobody, or let who talks say so by keys; never calls to 911 and 933',
    requires: { permission: 'Account', level: 'EDIT' },
    body: Settings,
    responses: { 200: Settings },
    handle: async (context, { principal, scope, body }) => {
      const changed = await changeSettings(context, principal, scope, body)
      return changed.ok ? ok({ status: 200, body: { ...changed.value } }) : changed
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'The recordings of an account, or of one call record, the latest first',
    requires: { permission: 'AccountCallHistory', level: 'READ' },
    query: Type.Object({
      callRecordId: Type.Optional(Type.String({ maxLength: 64 })),
      limit: Type.Integer({ minimum: 1, maximum: MAX_LISTED, default: 100 }),
      offset: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
    }),
    responses: { 200: Type.Array(RecordingView) },
    handle: async (context, { scope, query }) => ok({ status: 200, body: (await listRecordings(context.database.sql, scope, query)).map(recordingView) }),
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read what is known of a recording',
    requires: { permission: 'AccountCallHistory', level: 'READ' },
    params: ItemPath,
    responses: { 200: RecordingView },
    handle: async (context, { scope, params }) => {
      const row = await findRecording(context.database.sql, scope, params.recordingId)
      return row === undefined ? err(entityNotFound('CallRecording', params.recordingId)) : ok({ status: 200, body: recordingView(row) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/content`,
    tag: TAG,
    summary: 'Hear a recording: a WAV file, the caller left, the called right',
    requires: { permission: 'AccountCallHistory', level: 'READ' },
    params: ItemPath,
    responses: { 200: Type.String() },
    handle: async (context, { scope, params }) => {
      const row = await findRecording(context.database.sql, scope, params.recordingId)
      const body = row === undefined ? undefined : await context.files.open(recordingFile(row.id))
      if (row === undefined || body === undefined) return err(entityNotFound('CallRecording', params.recordingId))
      const headers = { 'content-disposition': `attachment; filename="${row.id}.wav"`, 'x-content-type-options': 'nosniff' }
      return ok({ status: 200, body, contentType: 'audio/wav', headers })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a recording, with its sound',
    requires: { permission: 'AccountCallHistory', level: 'EDIT' },
    params: ItemPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteRecording(context, actorOf(principal), scope, params.recordingId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

function recordingView(row: CallRecordingRow) {
  return {
    id: row.id,
    accountId: row.account_id,
    partitionId: row.partition_id,
    callRecordId: row.call_record_id,
    sessionId: row.session_id,
    callingNumber: row.calling_number,
    calledNumber: row.called_number,
    startTime: row.started_at.toISOString(),
    durationSeconds: Number(row.duration_ms) / 1000,
    sizeInBytes: Number(row.size_bytes),
    expiresDate: row.expires_at.toISOString(),
  }
}
