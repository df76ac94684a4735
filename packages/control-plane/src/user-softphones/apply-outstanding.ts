import { sql as sqlText } from 'kysely'
import { err, ok } from '@dialtone/foundation'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DueTask } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { lockSoftphoneUser } from './softphone-queries.ts'
import { keepSoftphone } from './user-softphone.ts'

const AT_ONCE = 200

/**
 * Who had ADVANCED or PROFESSIONAL before plans brought the app gets it without anybody changing him (S1-96). Each user a change of
 * his own: one who cannot have it now keeps nobody else from it.
 */
export const softphonesToApplyTask: DueTask = {
  name: 'softphones to apply',
  isBackground: true,
  run: async (context, rows) => {
    const users = await context.database.sql
      .selectFrom('softphone_to_apply')
      .innerJoin('end_user', 'end_user.id', 'softphone_to_apply.user_id')
      .select(['end_user.id', 'end_user.partition_id', 'end_user.account_id'])
      .where(sqlText<boolean>`end_user.id <> ALL(${rows.resting()})`)
      .orderBy('end_user.id')
      .limit(AT_ONCE)
      .execute()
    for (const user of users) await rows.attempt(user.id, () => applyTo(context, user))
  },
}

/** What refuses it is a fact of the account that the next change of the user tells again: he leaves the list either way. */
async function applyTo(context: Context, user: { readonly id: string; readonly partition_id: string; readonly account_id: string }): Promise<void> {
  const scope = systemScope(user.partition_id, user.account_id)
  const applied = await write(context, SYSTEM_ACTOR, async (change) => {
    const row = await lockSoftphoneUser(change.sql, scope, user.id)
    const refused = row === undefined ? undefined : await keepSoftphone(context, change, scope, row)
    if (refused !== undefined) return err(refused)
    await change.sql.deleteFrom('softphone_to_apply').where('user_id', '=', user.id).execute()
    return ok(undefined)
  })
  if (!applied.ok) await context.database.sql.deleteFrom('softphone_to_apply').where('user_id', '=', user.id).execute()
}
