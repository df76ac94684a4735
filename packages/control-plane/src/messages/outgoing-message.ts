import { newId } from '@dialtone/foundation'
import type { Transaction } from '../database/index.ts'

export interface OutgoingMessage {
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly kind: 'EMAIL' | 'SMS'
  readonly recipient: string
  readonly subject: string
  readonly body: string
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
      subject: message.subject,
      body: message.body,
      created_at: now,
      next_attempt_at: now,
    })
    .execute()
  return id
}
