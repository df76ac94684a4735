import { sql as sqlText } from 'kysely'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { DueTask } from '../due-work/index.ts'
import { deleteMessages } from './change-messages.ts'

const MESSAGES_AT_ONCE = 100
const FILE = sqlText<string>`'voicemail/' || message.id`

/**
 * Deletes what its box does not keep, when every recipient has got it. A mail that failed, or that nobody carries, may have been the only
 * copy: then the message stays.
 */
export const mailedMessagesTask: DueTask = {
  name: 'mailed voicemail',
  run: async (context, attempts) => {
    const rows = await context.database.sql
      .selectFrom('voicemail_message as message')
      .select(['message.id', 'message.box_id', 'message.account_id', 'message.partition_id'])
      .where('message.delete_once_mailed', '=', true)
      .where(sqlText<boolean>`message.id <> ALL(${attempts.resting()})`)
      .where((row) => row.exists(row.selectFrom('outgoing_message as mail').select('mail.id').where('mail.attachment_file', '=', FILE)))
      .where((row) =>
        row.not(
          row.exists(row.selectFrom('outgoing_message as mail').select('mail.id').where('mail.attachment_file', '=', FILE).where('mail.status', '<>', 'SENT')),
        ),
      )
      .orderBy('message.created_at')
      .limit(MESSAGES_AT_ONCE)
      .execute()
    // One that somebody deleted meanwhile is not found: that is no failure.
    for (const row of rows)
      await attempts.attempt(row.id, () => deleteMessages(context, SYSTEM_ACTOR, systemScope(row.partition_id, row.account_id), row.box_id, [row.id]))
  },
}
