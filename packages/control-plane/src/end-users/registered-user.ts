import type { AccountScope } from '../access/index.ts'
import { addObjects, changeObject, inUseFailure, type ObjectReference, pointAddedTo, pointTo, removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import type { Write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { lockBox, removeBoxRow } from '../voicemail-boxes/index.ts'
import { attributesOf } from './end-user-attributes.ts'
import { callHandlingsOf } from './end-user.ts'
import { ringsUsers } from './call-handling-rules.ts'
import type { EndUserRow } from './end-user-queries.ts'

/** Users and their boxes among the objects of the account: what others point at, and whose extension nobody else has. */
export async function registerUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  const name = nameOf(row)
  const boxes = row.own_voicemail_box_id === null ? [] : [{ type: 'VOICEMAIL_BOX', id: row.own_voicemail_box_id, name } as const]
  const user = { type: 'END_USER', id: row.id, name, keys: keysOf(row) } as const
  return (await addObjects(change, scope, [...boxes, user])) ?? (await pointAddedTo(change, scope, user, referencesOf(row), boxes))
}

export async function reregisterUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  const user = { type: 'END_USER', id: row.id } as const
  return (await changeObject(change, scope, user, { name: nameOf(row), keys: keysOf(row) })) ?? (await pointTo(change, scope, user, referencesOf(row)))
}

/** The box that came with the user goes with him, unless somebody else uses it too. */
export async function unregisterUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  return removeObject(change, scope, { type: 'END_USER', id: row.id })
}

/** Called once the user's row no longer points at it. */
export async function removeOwnBox(context: Context, change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  if (row.own_voicemail_box_id === null) return undefined
  const box = { type: 'VOICEMAIL_BOX', id: row.own_voicemail_box_id } as const
  if ((await inUseFailure(change, scope, box)) !== undefined) return undefined
  const refused = await removeObject(change, scope, box)
  const stored = refused === undefined ? await lockBox(change.sql, scope, box.id) : undefined
  if (stored !== undefined) await removeBoxRow(context, change, scope, stored)
  return refused
}

function nameOf(row: EndUserRow): string {
  return `${row.first_name} ${row.last_name}`
}

function keysOf(row: EndUserRow): Readonly<Record<string, string>> {
  return row.extension === null ? {} : { extension: row.extension }
}

/** His box, his group, and whom his calls ring too. */
function referencesOf(row: EndUserRow): readonly ObjectReference[] {
  const rung = callHandlingsOf(attributesOf(row)).flatMap(([, handling]) => ringsUsers(handling))
  return [
    ...(row.voicemail_box_id === null ? [] : [{ role: 'voicemailBox', type: 'VOICEMAIL_BOX', id: row.voicemail_box_id } as const]),
    ...(row.user_group_id === null ? [] : [{ role: 'group', type: 'USER_GROUP', id: row.user_group_id } as const]),
    ...[...new Set(rung)].map((id) => ({ role: 'findMeFollowMe', type: 'END_USER', id }) as const),
  ]
}
