import { type AccessLevel, type AccountScope, holds, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, notPermitted } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'

/** Somebody who may only touch what is his own reaches the box that his own calls end in, and no other. */
export async function ownBoxFailure(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  boxId: string,
  need: { readonly permission: 'EU_Voicemail' | 'EU_VoicemailMessage' | 'EU_VoicemailUnlock'; readonly level: AccessLevel },
): Promise<ApiFailure | undefined> {
  if (holds(principal, need.permission, need.level))
    return need.permission === 'EU_VoicemailMessage' ? messageAccessFailure(context, principal, scope) : undefined
  const user = await context.database.sql
    .selectFrom('end_user')
    .select('voicemail_box_id')
    .where('id', '=', principal.userId)
    .where('account_id', '=', scope.accountId)
    .executeTakeFirst()
  return user?.voicemail_box_id === boxId ? undefined : notPermitted('This is somebody else’s voicemail box.')
}

/** ALLOW_VM_MESSAGE_ACCESS: without it what callers said is between them and the account, whatever an operator of the partition may do otherwise. */
export async function messageAccessFailure(context: Context, principal: Principal, scope: AccountScope): Promise<ApiFailure | undefined> {
  if (principal.userType !== 'ManagementUser') return undefined
  const { allowVmMessageAccess } = await partitionDefaults(context.database.sql, scope)
  return allowVmMessageAccess ? undefined : notPermitted('Voicemail messages are closed to management users here (ALLOW_VM_MESSAGE_ACCESS of the partition).')
}
