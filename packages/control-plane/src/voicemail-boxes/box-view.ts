import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { usersOfEach } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { freeObject, named } from '../http/index.ts'
import { MAX_PIN_FAILURES } from './pin.ts'
import { boxOf, subBoxIds, type VoicemailBoxRow } from './voicemail-box-queries.ts'
import { countMessages } from './voicemail-message-queries.ts'

export const VoicemailBoxView = named(
  'VoicemailBox',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    type: Type.String(),
    locale: Type.String(),
    voicemailToEmailAddresses: Type.Array(Type.String()),
    voicemailToEmailEnabled: Type.Boolean(),
    voicemailKeepAfterEmail: Type.Boolean(),
    messageTranscriptionEnabled: Type.Boolean(),
    parentId: Type.Optional(Type.String()),
    subIds: Type.Array(Type.String()),
    dtmfOption: Type.Optional(Type.String()),
    pinLockedOut: Type.Boolean(),
    totalVoicemails: Type.Integer(),
    totalUnreadVoicemails: Type.Integer(),
    referencedBy: Type.Array(Type.Object({ type: Type.String(), id: Type.String() })),
    greetings: freeObject(),
  }),
)

export async function boxViews(context: Context, scope: AccountScope, rows: readonly VoicemailBoxRow[]) {
  const { sql } = context.database
  const ids = rows.map((row) => row.id)
  const primaries = rows.filter((row) => boxOf(row).type === 'Primary').map((row) => row.id)
  const [counts, users, subs] = await Promise.all([
    countMessages(sql, scope, ids),
    usersOfEach(sql, scope, 'VOICEMAIL_BOX', ids),
    subBoxIds(sql, scope, primaries),
  ])
  return rows.map((row) => {
    const box = boxOf(row)
    const referencedBy = (users.get(row.id) ?? []).filter((user) => user.role !== 'parent')
    return {
      id: row.id,
      partitionId: row.partition_id,
      accountId: row.account_id,
      name: box.name,
      type: box.type,
      locale: box.locale,
      voicemailToEmailAddresses: box.emailAddresses,
      voicemailToEmailEnabled: box.emailEnabled,
      voicemailKeepAfterEmail: box.keepAfterEmail,
      messageTranscriptionEnabled: box.transcriptionEnabled,
      ...(box.parentId === undefined ? {} : { parentId: box.parentId }),
      subIds: subs.get(row.id) ?? [],
      ...(box.dtmfOption === undefined ? {} : { dtmfOption: box.dtmfOption }),
      pinLockedOut: row.pin_failures >= MAX_PIN_FAILURES,
      totalVoicemails: counts.get(row.id)?.total ?? 0,
      totalUnreadVoicemails: counts.get(row.id)?.unread ?? 0,
      referencedBy: referencedBy.map(({ type, id }) => ({ type, id })),
      greetings: Object.fromEntries(Object.entries(row.greetings).map(([type, { file: _name, ...shown }]) => [type, shown])),
    }
  })
}
