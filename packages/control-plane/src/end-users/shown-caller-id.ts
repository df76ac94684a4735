import type { AccountScope } from '../access/index.ts'
import type { Write } from '../events/index.ts'
import type { EndUserAttributes } from './end-user.ts'
import { attributesOf } from './end-user-attributes.ts'
import { userUpdated } from './end-user-events.ts'
import { type EndUserRow, lockEndUser, lockUsersShowing, updateEndUserRow } from './end-user-queries.ts'

/** Makes a number the one a user shows to others (S1-90). */
export async function showAsCallerId(change: Write, scope: AccountScope, userId: string, phoneNumber: string): Promise<void> {
  const user = await lockEndUser(change.sql, scope, userId)
  if (user !== undefined) await keep(change, scope, user, (config) => ({ ...config, callerIdNumber: phoneNumber, externalCallerIdVisible: true }))
}

/** A number that leaves the account, or is not to be shown any more, is nobody's caller ID. */
export async function withdrawCallerId(change: Write, scope: AccountScope, phoneNumber: string): Promise<void> {
  for (const user of await lockUsersShowing(change.sql, scope, phoneNumber))
    await keep(change, scope, user, ({ callerIdNumber: _withdrawn, ...config }) => ({ ...config, externalCallerIdVisible: false }))
}

type CallerIdConfig = EndUserAttributes['callerIdConfig']

async function keep(change: Write, scope: AccountScope, user: EndUserRow, revise: (config: CallerIdConfig) => CallerIdConfig): Promise<void> {
  const before = attributesOf(user)
  const after = { ...before, callerIdConfig: revise(before.callerIdConfig) }
  const row = await updateEndUserRow(change.sql, scope, user.id, after, change.now)
  for (const event of userUpdated(row, before, after)) change.emit(event)
}
