import { err } from '@dialtone/foundation'
import { type Selectable, sql as sqlText } from 'kysely'
import type { Context } from '../context.ts'
import type { OutgoingMessageTable } from '../database/index.ts'
import { claimFairly, createDispatch, type Dispatch, type TimeAhead } from '../due-work/index.ts'
import type { MessageCarrier, MessageCarriers, MessageToSend } from './message-carrier.ts'

type MessageRow = Selectable<OutgoingMessageTable>
/** One that was taken, and the partition whose it is. */
type Claimed = MessageRow & { readonly owner: string }

/** What is being sent. */
interface Sending {
  /** How many of each partition. */
  readonly counts: Map<string, number>
  /** Partitions that had a place in this round. */
  readonly served: Set<string>
}

const AT_ONCE = 20
/** Of one partition: however many it has waiting, and however long its recipients take, the others find a place. */
const AT_ONCE_EACH = 15
const LOOKED_AT = 500
/** A node that died while it sent is followed by another one after this: then the recipient may get it twice. */
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
  const sending: Sending = { counts: new Map(), served: new Set() }
  const done = (partitionId: string): void => {
    const left = (sending.counts.get(partitionId) ?? 1) - 1
    if (left === 0) sending.counts.delete(partitionId)
    else sending.counts.set(partitionId, left)
  }
  return createDispatch({
    name: isUrgent ? 'emergency messages' : 'messages',
    context,
    take: async (now) => {
      const due = await claimInTurn(now, isUrgent, sending)
      for (const { owner } of due) sending.counts.set(owner, (sending.counts.get(owner) ?? 0) + 1)
      return due.map((message) => () => deliver(context(), carriers, message).finally(() => done(message.owner)))
    },
  })
}

/** One of each partition that had none in this round; when there is no such any more the next round begins. */
async function claimInTurn(context: Context, isUrgent: boolean, { counts, served }: Sending): Promise<readonly Claimed[]> {
  const places = AT_ONCE - counts.values().reduce((sum, count) => sum + count, 0)
  if (places <= 0) return []
  const full = [...counts].flatMap(([partitionId, count]) => (count < AT_ONCE_EACH ? [] : [partitionId]))
  let due = await claimDue(context, isUrgent, [...full, ...served], places)
  if (due.length === 0 && served.size > 0) {
    served.clear()
    due = await claimDue(context, isUrgent, full, places)
  }
  for (const { owner } of due) served.add(owner)
  return due
}

function claimDue({ database, clock }: Context, isUrgent: boolean, besides: readonly string[], owners: number): Promise<readonly Claimed[]> {
  const now = new Date(clock.nowMs())
  const due = database.sql
    .selectFrom('outgoing_message')
    .select(['id', 'partition_id as owner', 'next_attempt_at'])
    .where('urgent', '=', isUrgent)
    .where('next_attempt_at', '<=', now)
    .where(sqlText<boolean>`partition_id <> ALL(${besides})`)
    .orderBy('next_attempt_at')
    .limit(LOOKED_AT)
  return claimFairly<MessageRow>(database.sql, { table: 'outgoing_message', due, owners, each: 1, now, leaseMs: LEASE_MS })
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
