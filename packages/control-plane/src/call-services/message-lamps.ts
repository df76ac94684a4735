import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { CommittedEvent } from '../events/index.ts'

/** How many messages wait for whoever has a line: what its lamp shows (RFC 3842). */
export interface MessageLamp {
  readonly lineId: string
  readonly unread: number
  readonly read: number
}

/** The lamps that the event changes; none for events that are not about messages. */
export async function lampsAfter(
  context: Context,
  event: Pick<CommittedEvent, 'type' | 'partitionId' | 'accountId' | 'data'>,
): Promise<readonly MessageLamp[]> {
  const boxId = event.data['voicemailBoxId']
  if (!event.type.startsWith('voicemail.') || typeof boxId !== 'string' || event.accountId === undefined) return []
  return lampsOf(context, boxId, systemScope(event.partitionId, event.accountId))
}

/** Every lamp that is to be lit: after a start. */
export async function litLamps(context: Context): Promise<readonly MessageLamp[]> {
  const boxes = await context.database.sql.selectFrom('voicemail_message').select(['box_id', 'account_id', 'partition_id']).distinct().execute()
  const lamps: MessageLamp[] = []
  for (const box of boxes) lamps.push(...(await lampsOf(context, box.box_id, systemScope(box.partition_id, box.account_id))))
  return lamps
}

async function lampsOf(context: Context, boxId: string, { accountId }: { readonly accountId: string }): Promise<readonly MessageLamp[]> {
  const { sql } = context.database
  const [counts, ofUsers, ofApps, ofBusiness] = await Promise.all([
    sql
      .selectFrom('voicemail_message')
      .select((row) => [row.fn.countAll<string>().as('total'), row.fn.countAll<string>().filterWhere('is_read', '=', false).as('unread')])
      .where('account_id', '=', accountId)
      .where('box_id', '=', boxId)
      .executeTakeFirstOrThrow(),
    sql
      .selectFrom('device_line')
      .innerJoin('end_user', 'end_user.id', 'device_line.user_id')
      .select('device_line.id')
      .where('end_user.account_id', '=', accountId)
      .where('end_user.voicemail_box_id', '=', boxId)
      .execute(),
    sql
      .selectFrom('user_softphone')
      .innerJoin('end_user', 'end_user.id', 'user_softphone.user_id')
      .select('user_softphone.line_id as id')
      .where('end_user.account_id', '=', accountId)
      .where('end_user.voicemail_box_id', '=', boxId)
      .where('user_softphone.line_id', 'is not', null)
      .$narrowType<{ id: string }>()
      .execute(),
    sql
      .selectFrom('account_object_reference')
      .select('from_id as id')
      .where('account_id', '=', accountId)
      .where('from_type', '=', 'BUSINESS_LINE')
      .where('to_type', '=', 'VOICEMAIL_BOX')
      .where('to_id', '=', boxId)
      .execute(),
  ])
  const unread = Number(counts.unread)
  const lineIds = new Set([...ofUsers, ...ofApps, ...ofBusiness].map((line) => line.id))
  return [...lineIds].map((lineId) => ({ lineId, unread, read: Number(counts.total) - unread }))
}
