import { err, newUuid, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Actor } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { removeFiles } from './change-box.ts'
import { isDeletedOnceMailed, mailMessage } from './mail-message.ts'
import { messageFile } from './stored-files.ts'
import { boxOf, findBox, lockBox } from './voicemail-box-queries.ts'
import type { TranscriptionStatus } from './transcribe-messages.ts'
import { deleteMessageRows, insertMessage, markMessages, type VoicemailMessageRow } from './voicemail-message-queries.ts'

export interface NewMessage {
  readonly messageType: 'VOICE' | 'FAX'
  readonly fromName: string
  /** 11 digits, an extension, or empty for somebody who hides it. */
  readonly fromNumber: string
  readonly toNumber: string
  readonly lengthSeconds: number | undefined
  readonly lengthPages: number | undefined
  /** `audio/wav`, `application/pdf`. */
  readonly mediaType: string
}

/** An hour of G.711. */
const MAX_MESSAGE_BYTES = 30_000_000

/** Keeps what a caller left: first the sound, then the message that tells of it; with the mail to whoever wants one. */
export async function depositMessage(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  message: NewMessage,
  content: AsyncIterable<Uint8Array>,
): Promise<Result<VoicemailMessageRow, ApiFailure>> {
  if ((await findBox(context.database.sql, scope, boxId)) === undefined) return err(entityNotFound('VoicemailBox', boxId))
  const id = newUuid()
  const stored = await context.files.store(messageFile(id), content, MAX_MESSAGE_BYTES)
  if (!stored.ok) return err({ code: 'MessageTooLarge', status: 413, message: `A message has at most ${MAX_MESSAGE_BYTES} bytes.` })
  const deposited = await write(context, actor, async (change) => {
    const box = await lockBox(change.sql, scope, boxId)
    if (box === undefined) return err(entityNotFound('VoicemailBox', boxId))
    const row = await insertMessage(change.sql, {
      id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      box_id: boxId,
      message_type: message.messageType,
      from_name: message.fromName,
      from_number: message.fromNumber,
      to_number: message.toNumber,
      length_seconds: message.lengthSeconds ?? null,
      length_pages: message.lengthPages ?? null,
      size_bytes: stored.value.bytes,
      media_type: message.mediaType,
      created_at: change.now,
      delete_once_mailed: isDeletedOnceMailed(box, stored.value.bytes),
      transcription_status: message.messageType === 'VOICE' && boxOf(box).transcriptionEnabled ? ('PENDING' satisfies TranscriptionStatus) : null,
    })
    await mailMessage(change, box, row)
    const { fromNumber, lengthSeconds, messageType } = message
    change.emit({
      type: 'voicemail.received',
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { messageId: id, voicemailBoxId: boxId, accountId: scope.accountId, from: fromNumber, durationSeconds: lengthSeconds ?? 0, messageType },
    })
    return ok(row)
  })
  if (!deposited.ok) await context.files.remove(messageFile(id))
  return deposited
}

export function setRead(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  messageIds: readonly string[],
  isRead: boolean,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    const missing = missingOf(messageIds, await markMessages(change.sql, scope, boxId, messageIds, isRead))
    if (missing !== undefined) return err(entityNotFound('VoicemailMessage', missing))
    change.emit(messagesChanged(scope, boxId, messageIds))
    return ok(undefined)
  })
}

export function deleteMessages(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  messageIds: readonly string[],
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    const missing = missingOf(messageIds, await deleteMessageRows(change.sql, scope, boxId, messageIds))
    if (missing !== undefined) return err(entityNotFound('VoicemailMessage', missing))
    change.emit(messagesChanged(scope, boxId, messageIds))
    change.afterCommit(() => removeFiles(context, messageIds.map(messageFile)))
    return ok(undefined)
  })
}

/** The lamp of a phone follows it. */
function messagesChanged(scope: AccountScope, boxId: string, messageIds: readonly string[]) {
  return { type: 'voicemail.changed', partitionId: scope.partitionId, accountId: scope.accountId, data: { voicemailBoxId: boxId, messageIds } }
}

function missingOf(wanted: readonly string[], found: readonly string[]): string | undefined {
  const known = new Set(found)
  return wanted.find((id) => !known.has(id))
}
