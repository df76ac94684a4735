import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { actorOf, type AccountScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import {
  deleteMessages,
  findMessage,
  listMessages,
  messageAccessFailure,
  messageFile,
  messageIdsOf,
  readFile,
  setRead,
  soundOf,
  type VoicemailBoxRow,
  type VoicemailMessageRow,
} from '../voicemail-boxes/index.ts'
import { TAG } from './line-path.ts'
import { BOX, boxPath, BoxPath, foundBox, needs } from './voicemail-path.ts'

const MESSAGES = `${BOX}/message`
const MESSAGE = `${MESSAGES}/:messageId`
const MessagePath = Type.Object({ ...boxPath, messageId: Type.String({ maxLength: 64 }) })
const MAX_AT_ONCE = 1000

const MessageView = named(
  'BusinessLineVoicemailMessage',
  Type.Object({
    storageId: Type.String(),
    voicemailBoxId: Type.String(),
    /** Milliseconds since 1970. */
    createdDate: Type.Integer(),
    fromName: Type.String(),
    fromAddress: Type.String(),
    lengthInSeconds: Type.Optional(Type.Integer()),
    read: Type.Boolean(),
    toPhoneNumber: Type.String(),
    storageStatus: Type.String(),
    sizeInBytes: Type.Integer(),
  }),
)
const BulkBody = named(
  'BulkVoicemailAction',
  Type.Object({
    actionType: oneOf(['DELETE', 'MARK_AS_READ', 'MARK_AS_UNREAD']),
    messageIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_AT_ONCE, uniqueItems: true })),
  }),
)

export const lineMessageOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: MESSAGES,
    tag: TAG,
    summary: 'List the messages of a box for business lines, the latest first',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: Type.Array(MessageView) },
    handle: async (context, { principal, scope, params }) => {
      const box = await openBox(context, principal, scope, params.voicemailBoxId)
      if (!box.ok) return box
      return ok({ status: 200, body: (await listMessages(context.database.sql, scope, params.voicemailBoxId)).map(messageView) })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: MESSAGES,
    tag: TAG,
    summary: 'Delete all messages of a box for business lines',
    requires: needs('DELETE'),
    params: BoxPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => act(context, principal, scope, params.voicemailBoxId, 'DELETE', undefined),
  }),
  accountOperation({
    method: 'PUT',
    path: `${MESSAGES}/bulk-update`,
    tag: TAG,
    summary: 'Delete messages of a box or mark them: all of the list or none; without a list all there are',
    requires: needs('EDIT'),
    params: BoxPath,
    body: BulkBody,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params, body }) => act(context, principal, scope, params.voicemailBoxId, body.actionType, body.messageIds),
  }),
  accountOperation({
    method: 'GET',
    path: MESSAGE,
    tag: TAG,
    summary: 'Read what is known of a message',
    requires: needs('READ'),
    params: MessagePath,
    responses: { 200: MessageView },
    handle: async (context, { principal, scope, params }) => {
      const message = await foundMessage(context, principal, scope, params)
      return message.ok ? ok({ status: 200, body: messageView(message.value) }) : message
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: MESSAGE,
    tag: TAG,
    summary: 'Delete a message',
    requires: needs('DELETE'),
    params: MessagePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => act(context, principal, scope, params.voicemailBoxId, 'DELETE', [params.messageId]),
  }),
  accountOperation({
    method: 'GET',
    path: `${MESSAGE}/media`,
    tag: TAG,
    summary: 'Hear a message',
    requires: needs('READ'),
    params: MessagePath,
    responses: { 200: Type.String() },
    handle: async (context, { principal, scope, params }) => {
      const message = await foundMessage(context, principal, scope, params)
      if (!message.ok) return message
      const content = await readFile(context, messageFile(message.value.id))
      return content === undefined ? err(entityNotFound('VoicemailMessage', params.messageId)) : ok(soundOf(message.value, content))
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${MESSAGE}/set-read-status`,
    tag: TAG,
    summary: 'Mark a message as heard or not',
    requires: needs('EDIT'),
    params: MessagePath,
    body: named('ReadMessage', Type.Object({ markAsRead: Type.Boolean({ default: true }) })),
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params, body }) =>
      act(context, principal, scope, params.voicemailBoxId, body.markAsRead ? 'MARK_AS_READ' : 'MARK_AS_UNREAD', [params.messageId]),
  }),
]

type Action = Static<typeof BulkBody>['actionType']

/** @param given the messages; all of the box when it is left out. */
async function act(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  boxId: string,
  action: Action,
  given: readonly string[] | undefined,
): Promise<Result<{ readonly status: 204 }, ApiFailure>> {
  const box = await openBox(context, principal, scope, boxId)
  if (!box.ok) return box
  const ids = given ?? (await messageIdsOf(context.database.sql, scope, boxId))
  const done =
    action === 'DELETE'
      ? await deleteMessages(context, actorOf(principal), scope, boxId, ids)
      : await setRead(context, actorOf(principal), scope, boxId, ids, action === 'MARK_AS_READ')
  return done.ok ? ok({ status: 204 }) : done
}

/** A box whose messages the caller may know of. */
async function openBox(context: Context, principal: Principal, scope: AccountScope, boxId: string): Promise<Result<VoicemailBoxRow, ApiFailure>> {
  const failure = await messageAccessFailure(context, principal, scope)
  return failure === undefined ? foundBox(context, scope, boxId) : err(failure)
}

async function foundMessage(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  { voicemailBoxId, messageId }: { readonly voicemailBoxId: string; readonly messageId: string },
): Promise<Result<VoicemailMessageRow, ApiFailure>> {
  const box = await openBox(context, principal, scope, voicemailBoxId)
  if (!box.ok) return box
  const row = await findMessage(context.database.sql, scope, voicemailBoxId, messageId)
  return row === undefined ? err(entityNotFound('VoicemailMessage', messageId)) : ok(row)
}

function messageView(row: VoicemailMessageRow): Static<typeof MessageView> {
  return {
    storageId: row.id,
    voicemailBoxId: row.box_id,
    createdDate: row.created_at.getTime(),
    fromName: row.from_name,
    fromAddress: row.from_number,
    ...(row.length_seconds === null ? {} : { lengthInSeconds: row.length_seconds }),
    read: row.is_read,
    toPhoneNumber: row.to_number,
    // A message is told of after its sound is in the store.
    storageStatus: 'STORED',
    sizeInBytes: Number(row.size_bytes),
  }
}
