import { sql as sqlText } from 'kysely'
import type { Transaction } from '../database/index.ts'
import { queueMessage } from '../messages/index.ts'
import { partitionDefaults } from '../partitions/index.ts'

/** What somebody who runs an integration wants to know before his customers tell him. */
export interface IntegrationNotice {
  readonly partitionId: string
  readonly accountId: string | undefined
  /** Says what it is about by its id: the same subject is sent once in {@link quietMs}. */
  readonly subject: string
  readonly body: string
  readonly quietMs?: number
}

/** Mails it to the IntegrationNotificationEmail in force in its partition, if there is one; in the transaction of what it tells about. */
export async function noticeOfIntegration(sql: Transaction, notice: IntegrationNotice, now: Date): Promise<void> {
  const { partitionId, accountId, subject, body, quietMs } = notice
  const { integrationNotificationEmail: recipient } = await partitionDefaults(sql, notice)
  if (recipient === undefined) return
  if (quietMs !== undefined) {
    // Two that fail in the same moment would both find nothing told.
    await sqlText`SELECT pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(sql)
    const told = await sql
      .selectFrom('outgoing_message')
      .select('id')
      .where('partition_id', '=', partitionId)
      .where('created_at', '>', new Date(now.getTime() - quietMs))
      .where('subject', '=', subject)
      .where('recipient', '=', recipient)
      .limit(1)
      .executeTakeFirst()
    if (told !== undefined) return
  }
  await queueMessage(sql, { partitionId, accountId, kind: 'EMAIL', recipient, subject, body }, now)
}
