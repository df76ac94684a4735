import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, hashGeneratedSecret, type Principal } from '../access/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import { attachCallingPlans, attachDefaultPlan } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { type Write, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { queueMessage } from '../messages/index.ts'
import { keepSoftphone } from '../user-softphones/index.ts'
import { type EndUserAttributes, endUserProblems, type EndUserRequest, type OwningAccount, withDefaults } from './end-user.ts'
import { userCreated } from './end-user-events.ts'
import { countEndUsers, type EndUserRow, insertEndUser } from './end-user-queries.ts'
import { preventedForward, provenUser } from './proven-destinations.ts'
import { registerUser } from './registered-user.ts'
import { refusedByAuthority } from './user-authority.ts'
import { newTemporaryPassword, welcomeMessage } from './welcome-message.ts'

/** A home phone account has one user (S1-19, C-22). */
const MAX_USERS_OF_SIMPLE_ACCOUNT = 1

/** Creates a user with voicemail box, call handling, screening and calling plan (S1-42 … S1-60). */
export async function createEndUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  request: EndUserRequest,
  o: { readonly callingPlanProductId?: string | undefined } = {},
): Promise<Result<EndUserRow, ApiFailure>> {
  const temporaryPassword = newTemporaryPassword()
  const passwordHash = request.username === undefined && request.emailAddress === undefined ? undefined : hashGeneratedSecret(temporaryPassword)
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
      const user = withDefaults(request, owningAccount(account))
      const problems = endUserProblems(user, owningAccount(account))
      if (problems.length > 0) return err(invalidFields(problems))
      const beyond = refusedByAuthority(principal, undefined, undefined, user)
      if (beyond !== undefined) return err(beyond)
      if (account.account_type === 'SIMPLE' && (await countEndUsers(change.sql, scope)) >= MAX_USERS_OF_SIMPLE_ACCOUNT) return err(oneUserOnly())
      const unproven = await provenUser(change, scope, user, { extensionLength: account.extension_length, userId: undefined })
      if (unproven !== undefined) return err(unproven)
      const isWelcomed = user.allowPortalAccess && !user.blockEmail && account.send_welcome_email
      const row = await insertEndUser(change.sql, scope, user, { passwordHash, welcomeEmailSentAt: isWelcomed ? change.now : undefined }, change.now)
      const refused = await registerUser(change, scope, row)
      if (refused !== undefined) return err(refused)
      const unapplied = await keepSoftphone(context, change, scope, row)
      if (unapplied !== undefined) return err(unapplied)
      const unplanned = await givePlan(change, scope, row.id, o.callingPlanProductId)
      if (unplanned !== undefined) return err(unplanned)
      const prevented = await preventedForward(change, scope, row.id, user)
      if (prevented !== undefined) return err(prevented)
      if (isWelcomed) await queueMessage(change.sql, welcomeMessage(row, temporaryPassword), change.now)
      change.emit(userCreated(row, user))
      return ok(row)
    })
  } catch (error) {
    return err(takenValue(error, request))
  }
}

export function owningAccount(account: AccountRow): OwningAccount {
  return {
    accountType: account.account_type,
    extensionLength: account.extension_length,
    allowDangerousExtensions: account.allow_dangerous_extensions,
    timeZone: account.time_zone,
    languageTag: account.language_tag,
  }
}

/** Translates the index that refused a write; anything else is a defect and goes on. */
export function takenValue(error: unknown, user: Pick<Partial<EndUserAttributes>, 'username' | 'extension'>): ApiFailure {
  const index = violatedUniqueIndex(error)
  if (index === 'end_user_extension') return alreadyInUse('ExtensionAlreadyInUse', 'extension', user.extension ?? '', 'account')
  if (index === 'end_user_username') return usernameInUse(user.username ?? '')
  throw error
}

function usernameInUse(username: string): ApiFailure {
  return alreadyInUse('DuplicateUsername', 'username', username, 'platform')
}

/** The plan asked for, or the partition's default one (S1-56). */
async function givePlan(change: Write, scope: AccountScope, userId: string, productId: string | undefined): Promise<ApiFailure | undefined> {
  const reference = { referenceType: 'END_USER', referenceId: userId } as const
  if (productId !== undefined) return attachCallingPlans(change.sql, scope, reference, [productId], change.now)
  await attachDefaultPlan(change.sql, scope, reference, change.now)
  return undefined
}

function oneUserOnly(): ApiFailure {
  return inConflict('AccountUserLimitReached', 'A SIMPLE account has one user.', { limit: MAX_USERS_OF_SIMPLE_ACCOUNT })
}
