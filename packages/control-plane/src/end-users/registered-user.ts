import type { AccountScope } from '../access/index.ts'
import { addObject, changeObject, type ObjectReference, pointTo, removeObject } from '../account-objects/index.ts'
import type { Write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { EndUserRow } from './end-user-queries.ts'

/** Users and their boxes among the objects of the account: what others point at, and whose extension nobody else has. */
export async function registerUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  const box = row.voicemail_box_id
  return (
    (box === null ? undefined : await addObject(change, scope, { type: 'VOICEMAIL_BOX', id: box, name: nameOf(row) })) ??
    (await addObject(change, scope, { type: 'END_USER', id: row.id, name: nameOf(row), keys: keysOf(row) })) ??
    (await pointTo(change, scope, { type: 'END_USER', id: row.id }, referencesOf(row)))
  )
}

export async function reregisterUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  const user = { type: 'END_USER', id: row.id } as const
  return (await changeObject(change, scope, user, { name: nameOf(row), keys: keysOf(row) })) ?? (await pointTo(change, scope, user, referencesOf(row)))
}

/** The box goes with its user, unless somebody else uses it too. */
export async function unregisterUser(change: Write, scope: AccountScope, row: EndUserRow): Promise<ApiFailure | undefined> {
  const refused = await removeObject(change, scope, { type: 'END_USER', id: row.id })
  if (refused !== undefined || row.voicemail_box_id === null) return refused
  return removeObject(change, scope, { type: 'VOICEMAIL_BOX', id: row.voicemail_box_id })
}

function nameOf(row: EndUserRow): string {
  return `${row.first_name} ${row.last_name}`
}

function keysOf(row: EndUserRow): Readonly<Record<string, string>> {
  return row.extension === null ? {} : { extension: row.extension }
}

function referencesOf(row: EndUserRow): readonly ObjectReference[] {
  return row.voicemail_box_id === null ? [] : [{ role: 'voicemailBox', type: 'VOICEMAIL_BOX', id: row.voicemail_box_id }]
}
