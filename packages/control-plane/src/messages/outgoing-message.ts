import { newId } from '@dialtone/foundation'
import type { Transaction } from '../database/index.ts'

/** A file of the store that goes with an e-mail; its name is ours, never text of a caller. */
export interface MessageAttachment {
  readonly file: string
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
}

export interface OutgoingMessage {
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly kind: 'EMAIL' | 'SMS'
  readonly recipient: string
  readonly subject: string
  readonly body: string
  readonly attachment?: MessageAttachment | undefined
  /** It tells of a call to 911: no other message keeps it waiting. */
  readonly isUrgent?: boolean
}

/**
 * Queues a message in the transaction of what it tells about: it is sent if and only if that was committed.
 * The sandbox shows the queue as its mailbox.
 * @returns the id of the message.
 */
export async function queueMessage(sql: Transaction, message: OutgoingMessage, now: Date): Promise<string> {
  const id = newId()
  await sql
    .insertInto('outgoing_message')
    .values({
      id,
      partition_id: message.partitionId,
      account_id: message.accountId ?? null,
      kind: message.kind,
      recipient: message.recipient,
      // Names of callers come from the network.
      subject: message.subject.replaceAll(/\p{Cc}+/gu, ' '),
      body: message.body.replaceAll('\u0000', ''),
      attachment_file: message.attachment?.file ?? null,
      attachment_name: message.attachment?.name ?? null,
      attachment_type: message.attachment?.mediaType ?? null,
      attachment_bytes: message.attachment?.sizeBytes ?? null,
      created_at: now,
      next_attempt_at: now,
      urgent: message.isUrgent ?? false,
    })
    .execute()
  return id
}
