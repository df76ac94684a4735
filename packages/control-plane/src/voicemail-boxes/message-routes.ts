import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { actorOf } from '../access/index.ts'
import { entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, idAnswer, IdText, oneOf, type Operation, type Reply } from '../http/index.ts'
import { deleteMessages, setRead } from './change-messages.ts'
import { readFile } from './greetings.ts'
import { messageView, VoicemailMessageView } from './message-view.ts'
import { ownBoxFailure } from './own-box.ts'
import { messageFile } from './stored-files.ts'
import { findBox } from './voicemail-box-queries.ts'
import { findMessage, listMessages, type VoicemailMessageRow } from './voicemail-message-queries.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/voicemailbox/:voicemailBoxId/voicemailmessage'
const ITEM = `${COLLECTION}/:messageId`
const TAG = 'Voicemail Message'
const path = { partitionId: Type.String(), accountId: Type.String(), voicemailBoxId: Type.String({ maxLength: 64 }) }
const BoxPath = Type.Object(path)
const MessagePath = Type.Object({ ...path, messageId: Type.String({ maxLength: 64 }) })
const MAX_AT_ONCE = 1000
const needs = (level: 'READ' | 'EDIT' | 'DELETE') => ({ permission: 'EU_VoicemailMessage', level, own: { permission: 'EU_VoicemailMessage' } }) as const

const contentOperation = (last: 'content' | 'content_2'): Operation =>
  accountOperation({
    method: 'GET',
    path: `${ITEM}/${last}`,
    tag: TAG,
    summary: 'Hear a message',
    requires: needs('READ'),
    params: MessagePath,
    query: Type.Object(last === 'content' ? { fileName: Type.Optional(Type.String({ maxLength: 128 })) } : { mediatype: Type.Optional(oneOf(['wav', 'mp3'])) }),
    responses: { 200: Type.String() },
    handle: async (context, { principal, scope, params, query }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('READ'))
      if (failure !== undefined) return err(failure)
      if ((query as { mediatype?: string }).mediatype === 'mp3') return err(invalidField('mediatype', 'mp3 is not made here', 'wav'))
      const row = await findMessage(context.database.sql, scope, params.voicemailBoxId, params.messageId)
      const content = row === undefined ? undefined : await readFile(context, messageFile(row.id))
      return row === undefined || content === undefined ? err(entityNotFound('VoicemailMessage', params.messageId)) : ok(soundOf(row, content))
    },
  })

export const userMessageOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the messages of a box, the latest first',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: Type.Array(VoicemailMessageView) },
    handle: async (context, { principal, scope, params }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('READ'))
      if (failure !== undefined) return err(failure)
      if ((await findBox(context.database.sql, scope, params.voicemailBoxId)) === undefined) return err(entityNotFound('VoicemailBox', params.voicemailBoxId))
      return ok({ status: 200, body: (await listMessages(context.database.sql, scope, params.voicemailBoxId)).map(messageView) })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: COLLECTION,
    tag: TAG,
    summary: 'Delete messages of a box: all of the list or none',
    requires: needs('DELETE'),
    params: BoxPath,
    body: Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_AT_ONCE }),
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params, body }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('DELETE'))
      if (failure !== undefined) return err(failure)
      const deleted = await deleteMessages(context, actorOf(principal), scope, params.voicemailBoxId, body)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read what is known of a message',
    requires: needs('READ'),
    params: MessagePath,
    responses: { 200: VoicemailMessageView },
    handle: async (context, { principal, scope, params }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('READ'))
      if (failure !== undefined) return err(failure)
      const row = await findMessage(context.database.sql, scope, params.voicemailBoxId, params.messageId)
      return row === undefined ? err(entityNotFound('VoicemailMessage', params.messageId)) : ok({ status: 200, body: messageView(row) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Mark a message as heard or not',
    requires: needs('EDIT'),
    params: MessagePath,
    body: Type.Object({ read: Type.Boolean() }),
    responses: { 200: VoicemailMessageView },
    handle: async (context, { principal, scope, params, body }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
      if (failure !== undefined) return err(failure)
      const marked = await setRead(context, actorOf(principal), scope, params.voicemailBoxId, [params.messageId], body.read)
      if (!marked.ok) return marked
      const row = await findMessage(context.database.sql, scope, params.voicemailBoxId, params.messageId)
      return row === undefined ? err(entityNotFound('VoicemailMessage', params.messageId)) : ok({ status: 200, body: messageView(row) })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a message',
    requires: needs('DELETE'),
    params: MessagePath,
    responses: { 200: IdText },
    handle: async (context, { principal, scope, params }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('DELETE'))
      if (failure !== undefined) return err(failure)
      const deleted = await deleteMessages(context, actorOf(principal), scope, params.voicemailBoxId, [params.messageId])
      return deleted.ok ? ok(idAnswer(params.messageId)) : deleted
    },
  }),
  contentOperation('content'),
  contentOperation('content_2'),
]

/** Named by us: what a caller chose never becomes a file name. */
export function soundOf(row: VoicemailMessageRow, content: Buffer): Reply {
  const extension = row.media_type === 'audio/wav' ? 'wav' : 'pdf'
  const headers = { 'content-disposition': `attachment; filename="${row.id}.${extension}"`, 'x-content-type-options': 'nosniff' }
  return { status: 200, contentType: row.media_type, headers, body: content }
}
