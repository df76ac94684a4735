import { err } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import type { Context } from '../context.ts'
import type { OutgoingMessageTable } from '../database/index.ts'
import { createDispatch, type Dispatch, type TimeAhead } from '../due-work/index.ts'
import type { MessageCarrier, MessageCarriers, MessageToSend } from './message-carrier.ts'

type MessageRow = Selectable<OutgoingMessageTable>

const AT_ONCE = 20
/** While one node sends, no other takes it up; after a crash the next one does, and the recipient may get it twice. */
const LEASE_MS = 60_000
/** At once, then after 1, 5, 30 minutes, 2 and 8 hours. */
const DELAYS_MS = [60_000, 300_000, 1_800_000, 7_200_000, 28_800_000]
export const NEXT_MESSAGE: TimeAhead = { table: 'outgoing_message', column: 'next_attempt_at', mostMs: Math.max(...DELAYS_MS) }
const MAX_ERROR_CHARACTERS = 500

/**
 * Sends what is queued: each message has one recipient and a state of its own. What nobody carries goes to the mailbox of the sandbox.
 * @param isUrgent those that tell of a call to 911; all others are sent by another one, and keep none of these waiting
 */
export function createMessageDispatch(context: () => Context, carriers: MessageCarriers, isUrgent: boolean): Dispatch {
  let sending = 0
  return createDispatch({
    name: isUrgent ? 'emergency messages' : 'messages',
    context,
    take: async (now) => {
      const due = sending < AT_ONCE ? await claimDue(now, isUrgent, AT_ONCE - sending) : []
      sending += due.length
      return due.map((message) => () => deliver(context(), carriers, message).finally(() => sending--))
    },
  })
}

function claimDue(context: Context, isUrgent: boolean, count: number): Promise<MessageRow[]> {
  const nowMs = context.clock.nowMs()
  return context.database.sql
    .updateTable('outgoing_message')
    .set((row) => ({ attempts: row('attempts', '+', 1), next_attempt_at: new Date(nowMs + LEASE_MS) }))
    .where('id', 'in', (query) =>
      query
        .selectFrom('outgoing_message')
        .select('id')
        .where('urgent', '=', isUrgent)
        .where('next_attempt_at', '<=', new Date(nowMs))
        .orderBy('next_attempt_at')
        .limit(count)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute()
}

async function deliver(context: Context, carriers: MessageCarriers, message: MessageRow): Promise<void> {
  const carrier: MessageCarrier | undefined = message.kind === 'SMS' ? carriers.sms : carriers.email
  const sent = carrier === undefined ? undefined : await handOn(context, carrier, message)
  const nowMs = context.clock.nowMs()
  const delayMs = sent === undefined || sent.ok || sent.error.isFinal ? undefined : DELAYS_MS[message.attempts - 1]
  await context.database.sql
    .updateTable('outgoing_message')
    .set({
      status: sent === undefined ? 'MAILBOX' : sent.ok ? 'SENT' : delayMs === undefined ? 'FAILED' : 'QUEUED',
      next_attempt_at: delayMs === undefined ? null : new Date(nowMs + delayMs),
      sent_at: sent?.ok === true ? new Date(nowMs) : null,
      last_error: sent === undefined || sent.ok ? null : sent.error.reason.replaceAll('\0', '').slice(0, MAX_ERROR_CHARACTERS),
      carrier_reference: sent?.ok === true ? (sent.value.reference ?? null) : null,
    })
    .where('id', '=', message.id)
    .execute()
}

/** What breaks on our side is a try as well: else the same would be tried without end. */
async function handOn(context: Context, carrier: MessageCarrier, message: MessageRow): ReturnType<MessageCarrier['send']> {
  try {
    return await carrier.send({ ...message, isUrgent: message.urgent, ...(await attached(context, message)) })
  } catch (error) {
    context.logger.error('a message broke', { messageId: message.id, error: error instanceof Error ? error.stack : String(error) })
    return err({ reason: 'something failed on our side', isFinal: false })
  }
}

/** A file that is gone by now was deleted by whoever had the message. */
async function attached(context: Context, { body, attachment_file, attachment_name, attachment_type }: MessageRow): Promise<Partial<MessageToSend>> {
  if (attachment_file === null) return {}
  const content = await context.files.open(attachment_file)
  if (content === undefined) return { body: `${body}\n\nThe file has been deleted meanwhile.` }
  return { attachment: { name: attachment_name ?? 'attachment', mediaType: attachment_type ?? 'application/octet-stream', content } }
}
