import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { giveCallingPlan, plansInForce } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidFields } from '../failures/index.ts'
import { keepSoftphone } from '../user-softphones/index.ts'
import { unlockPin } from '../voicemail-boxes/index.ts'
import { owningAccount, takenValue } from './create-end-user.ts'
import { type EndUserAttributes, endUserProblems, type EndUserRequest, withDefaults } from './end-user.ts'
import { attributesOf } from './end-user-attributes.ts'
import { userUpdated } from './end-user-events.ts'
import { type EndUserRow, lockEndUser, updateEndUserRow } from './end-user-queries.ts'
import { preventedForward, provenUser } from './proven-destinations.ts'
import { reregisterUser } from './registered-user.ts'
import { refusedByAuthority } from './user-authority.ts'

/**
 * Changes a user.
 * @param revise makes the wanted attributes from the stored ones while the row is locked; PUT replaces, PATCH merges.
 */
export async function updateEndUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
  revise: (before: EndUserAttributes) => Result<EndUserRequest, ApiFailure>,
  o: { readonly callingPlanProductId?: string | undefined } = {},
): Promise<Result<EndUserRow, ApiFailure>> {
  let wanted: EndUserRequest = {}
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      const stored = await lockEndUser(change.sql, scope, userId)
      if (account === undefined || stored === undefined) return err(entityNotFound('EndUser', userId))
      const before = attributesOf(stored)
      const revised = revise(before)
      if (!revised.ok) return revised
      wanted = revised.value
      const after = withDefaults(kept(wanted, before), owningAccount(account))
      const problems = endUserProblems(after, owningAccount(account))
      if (problems.length > 0) return err(invalidFields(problems))
      const beyond = refusedByAuthority(principal, userId, before, after)
      if (beyond !== undefined) return err(beyond)
      const unproven = await provenUser(change, scope, after, { extensionLength: account.extension_length, userId })
      if (unproven !== undefined) return err(unproven)
      const planned = o.callingPlanProductId === undefined ? undefined : await changePlan(change, scope, userId, o.callingPlanProductId)
      const prevented = planned ?? (await preventedForward(change, scope, userId, after))
      if (prevented !== undefined) return err(prevented)
      const isUnlocked = before.pinLockedOut && !after.pinLockedOut
      if (isUnlocked && stored.voicemail_box_id !== null) await unlockPin(change.sql, scope, stored.voicemail_box_id)
      const row = await updateEndUserRow(change.sql, scope, userId, after, change.now)
      const refused = (await reregisterUser(change, scope, row)) ?? (await keepSoftphone(context, change, scope, row))
      if (refused !== undefined) return err(refused)
      for (const event of userUpdated(row, before, after)) change.emit(event)
      return ok(row)
    })
  } catch (error) {
    return err(takenValue(error, wanted))
  }
}

/** What a replace leaves out and the user keeps all the same. The voicemail lock is only ever opened here, never shut. */
function kept(wanted: EndUserRequest, before: EndUserAttributes): EndUserRequest {
  return {
    ...wanted,
    timeZone: wanted.timeZone ?? before.timeZone,
    languageTag: wanted.languageTag ?? before.languageTag,
    voicemailBoxId: wanted.voicemailBoxId === undefined ? before.voicemailBoxId : wanted.voicemailBoxId,
    pinLockedOut: before.pinLockedOut && wanted.pinLockedOut !== false,
  }
}

async function changePlan(change: Write, scope: AccountScope, userId: string, productId: string): Promise<ApiFailure | undefined> {
  const reference = { referenceType: 'END_USER', referenceId: userId } as const
  const [used] = await plansInForce(change.sql, scope, reference, change.now)
  if (used?.plan.calling_plan_product_id === productId) return undefined
  const given = await giveCallingPlan(change, scope, {
    reference,
    type: 'NEW_CALLING_PLAN',
    productId,
    sharedReferenceId: undefined,
    pending: false,
    minutesUsed: 0,
  })
  return given.ok ? undefined : given.error
}
