import { type AccessLevel, type AccountScope, holds, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, notPermitted } from '../failures/index.ts'

/** Somebody who may only touch what is his own reaches the box that his own calls end in, and no other. */
export async function ownBoxFailure(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  boxId: string,
  need: { readonly permission: 'EU_Voicemail' | 'EU_VoicemailMessage' | 'EU_VoicemailUnlock'; readonly level: AccessLevel },
): Promise<ApiFailure | undefined> {
  if (holds(principal, need.permission, need.level)) return undefined
  const user = await context.database.sql
    .selectFrom('end_user')
    .select('voicemail_box_id')
    .where('id', '=', principal.userId)
    .where('account_id', '=', scope.accountId)
    .executeTakeFirst()
  return user?.voicemail_box_id === boxId ? undefined : notPermitted('This is somebody else’s voicemail box.')
}
