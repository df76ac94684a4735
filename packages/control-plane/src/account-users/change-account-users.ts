import { err, newId, ok, type Result } from '@dialtone/foundation'
import { ACCOUNT_USER_PERMISSIONS, type AccountScope, actorOf, covers, grantsOf, permissionsOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, notPermitted } from '../failures/index.ts'
import { endSessions, firstPasswordHash, forgetPasswords, mailPasswordToken, resetPassword, uniqueUsername } from '../passwords/index.ts'
import { mayChangeHolderOf, replaceRolesOfUser, resolveRoles, type RoleRow, rolesOfUsers, type WantedRoles, weakensOneself } from '../roles/index.ts'
import { accountUserChanged } from './account-user-events.ts'
import { lockAccountUser, ownerOf, type ShownAccountUser } from './account-user-queries.ts'

/** An administrator of one account: he has no extension and no phone (public-spec section 6). */
export interface AccountUserAttributes extends WantedRoles {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly languageTag: string
  readonly subDomain: string | undefined
  readonly emailAddress: string | undefined
  readonly password: string | undefined
}

const MAX_USERS = 1000

/** Creates an administrator of the account. Without a password he is invited by mail to choose one. */
export async function createAccountUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  user: AccountUserAttributes,
): Promise<Result<ShownAccountUser, ApiFailure>> {
  const passwordHash = user.password === undefined ? ok(null) : await firstPasswordHash(user.username, user.password)
  if (!passwordHash.ok) return passwordHash
  return uniqueUsername(
    () => user.username,
    () =>
      write(context, actorOf(principal), async (change) => {
        const account = await lockAccount(change.sql, scope)
        if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
        if (await isFull(change, scope)) return err(inConflict('TooManyAccountUsers', `At most ${MAX_USERS} users of an account.`))
        const roles = await rolesWanted(change, principal, scope, user)
        if (!roles.ok) return roles
        const row = await change.sql
          .insertInto('account_user')
          .values({
            ...columnsOf(user),
            id: newId(),
            partition_id: scope.partitionId,
            account_id: scope.accountId,
            password_hash: passwordHash.value,
            must_change_password: passwordHash.value === null,
            created_at: change.now,
            updated_at: change.now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const given = roles.value ?? []
        await replaceRolesOfUser(change.sql, 'AccountUser', row.id, given)
        if (passwordHash.value === null) {
          const mailed = await mailPasswordToken(context, change.sql, ownerOf(row), 'INVITATION', change.now)
          if (!mailed.ok) return mailed
        }
        change.emit(accountUserChanged('CREATE', undefined, { row, roles: given }))
        return ok({ row, roles: given })
      }),
  )
}

export async function updateAccountUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  id: string,
  revise: (before: ShownAccountUser) => Result<AccountUserAttributes, ApiFailure>,
): Promise<Result<ShownAccountUser, ApiFailure>> {
  let username = ''
  return uniqueUsername(
    () => username,
    () =>
      write(context, actorOf(principal), async (change) => {
        const before = await lockUser(change, principal, scope, id)
        if (!before.ok) return before
        const revised = revise(before.value)
        if (!revised.ok) return revised
        username = revised.value.username
        const roles = await rolesWanted(change, principal, scope, revised.value, before.value.roles)
        if (!roles.ok) return roles
        const refused = weakensOneself(principal, id, grantsFrom(before.value.roles), grantsFrom(roles.value ?? before.value.roles))
        if (refused !== undefined) return err(refused)
        const row = await change.sql
          .updateTable('account_user')
          .set({ ...columnsOf(revised.value), updated_at: change.now })
          .where('id', '=', id)
          .where('account_id', '=', scope.accountId)
          .where('partition_id', '=', scope.partitionId)
          .returningAll()
          .executeTakeFirstOrThrow()
        if (row.username !== before.value.row.username) await endSessions(change.sql, id)
        if (roles.value !== undefined) await replaceRolesOfUser(change.sql, 'AccountUser', id, roles.value)
        const after = { row, roles: roles.value ?? before.value.roles }
        change.emit(accountUserChanged('UPDATE', before.value, after))
        return ok(after)
      }),
  )
}

export function deleteAccountUser(context: Context, principal: Principal, scope: AccountScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    if (id === principal.userId) return err(inConflict('CannotDeleteYourself', 'Somebody else has to delete you.'))
    const before = await lockUser(change, principal, scope, id)
    if (!before.ok) return before
    await forgetPasswords(change.sql, id)
    await change.sql
      .deleteFrom('account_user')
      .where('id', '=', id)
      .where('account_id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .execute()
    change.emit(accountUserChanged('DELETE', before.value, undefined))
    return ok(undefined)
  })
}

/** Takes the password away and mails a token for a new one. */
export function resetAccountUserPassword(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  id: string,
): Promise<Result<ShownAccountUser, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await lockUser(change, principal, scope, id)
    if (!before.ok) return before
    const reset = await resetPassword(context, change, ownerOf(before.value.row))
    if (!reset.ok) return reset
    const after = { row: { ...before.value.row, must_change_password: true }, roles: before.value.roles }
    change.emit(accountUserChanged('UPDATE', before.value, after, { password: 'reset' }))
    return ok(after)
  })
}

async function lockUser(change: Write, principal: Principal, scope: AccountScope, id: string): Promise<Result<ShownAccountUser, ApiFailure>> {
  const row = await lockAccountUser(change.sql, scope, id)
  if (row === undefined) return err(entityNotFound('AccountUser', id))
  const roles = (await rolesOfUsers(change.sql, 'AccountUser', [id])).get(id) ?? []
  const refused = mayChangeHolderOf(principal, grantsFrom(roles))
  return refused === undefined ? ok({ row, roles }) : err(refused)
}

/** Without a role an account user is the account's full administrator: who makes one has to be at least that. */
async function rolesWanted(
  change: Write,
  principal: Principal,
  scope: AccountScope,
  wanted: WantedRoles,
  before: readonly RoleRow[] = [],
): Promise<Result<readonly RoleRow[] | undefined, ApiFailure>> {
  const roles = await resolveRoles(change.sql, principal, scope, 'AccountUser', wanted)
  if (!roles.ok) return roles
  return grantsFrom(roles.value ?? before).every((grant) => covers(grantsOf(principal), grant)) ? roles : err(notPermitted('This user could do more than you.'))
}

function grantsFrom(roles: readonly RoleRow[]) {
  return roles.length === 0 ? [ACCOUNT_USER_PERMISSIONS] : roles.map((role) => permissionsOf(role.permissions))
}

async function isFull(change: Write, scope: AccountScope): Promise<boolean> {
  const { total } = await change.sql
    .selectFrom('account_user')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .executeTakeFirstOrThrow()
  return Number(total) >= MAX_USERS
}

function columnsOf(user: AccountUserAttributes) {
  return {
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    language_tag: user.languageTag,
    sub_domain: user.subDomain ?? null,
    email_address: user.emailAddress ?? null,
  }
}
