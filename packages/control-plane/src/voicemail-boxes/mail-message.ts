import type { Write } from '../events/index.ts'
import { type MessageAttachment, queueMessage } from '../messages/index.ts'
import { messageFile } from './stored-files.ts'
import { boxOf, type VoicemailBoxRow } from './voicemail-box-queries.ts'
import type { VoicemailMessageRow } from './voicemail-message-queries.ts'

/** What most mail servers still take, in the 4/3 of base64. Five minutes of 16-bit sound are half of it. */
const MAX_ATTACHMENT_BYTES = 10_000_000

/** A message that its box does not keep goes when the mail with its sound is out; one that is too large for a mail stays. */
export function isDeletedOnceMailed(box: VoicemailBoxRow, sizeBytes: number): boolean {
  const { emailEnabled, emailAddresses, keepAfterEmail } = boxOf(box)
  return emailEnabled && emailAddresses.length > 0 && !keepAfterEmail && sizeBytes <= MAX_ATTACHMENT_BYTES
}

/** Queues a copy with its sound to whoever wants one: one mail a recipient. */
export async function mailMessage(change: Write, box: VoicemailBoxRow, row: VoicemailMessageRow): Promise<void> {
  const { emailEnabled, emailAddresses, name } = boxOf(box)
  if (!emailEnabled) return
  const from = row.from_number === '' ? 'an unknown number' : row.from_number
  const what = row.message_type === 'FAX' ? `${row.length_pages ?? 0} pages` : `${row.length_seconds ?? 0} s`
  const attachment = attachmentOf(row)
  const where = attachment === undefined ? 'It is too large for a mail and waits in the voicemail box.' : 'It is attached.'
  for (const recipient of emailAddresses)
    await queueMessage(
      change.sql,
      {
        partitionId: row.partition_id,
        accountId: row.account_id,
        kind: 'EMAIL',
        recipient,
        subject: `New message from ${row.from_name === '' ? from : row.from_name}`,
        body: `${name} has a new message of ${what} from ${from}.\n${where}`,
        attachment,
      },
      change.now,
    )
}

/** Named by the time alone: what a caller says of himself never becomes a file name. */
function attachmentOf(row: VoicemailMessageRow): MessageAttachment | undefined {
  const sizeBytes = Number(row.size_bytes)
  if (sizeBytes > MAX_ATTACHMENT_BYTES) return undefined
  const time = row.created_at.toISOString().slice(0, 'yyyy-MM-ddTHH:mm:ss'.length).replaceAll(/[T:]/g, '-')
  const name = row.media_type === 'audio/wav' ? `voicemail-${time}.wav` : `fax-${time}.pdf`
  return { file: messageFile(row.id), name, mediaType: row.media_type, sizeBytes }
}
