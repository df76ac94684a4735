import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, permissionsOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { endSessions, firstPasswordHash, forgetPasswords, mailPasswordToken, resetPassword, uniqueUsername } from '../passwords/index.ts'
import { mayChangeHolderOf, replaceRolesOfUser, resolveRoles, type RoleRow, rolesOfUsers, weakensOneself } from '../roles/index.ts'
import { type ManagementUserAttributes, ownerOf } from './management-user.ts'
import { managementUserChanged, passwordReset, type ShownUser } from './management-user-events.ts'
import { lockManagementUser } from './management-user-queries.ts'

/** Creates an operator. Without a password he is invited by mail to choose one. */
export async function createManagementUser(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  user: ManagementUserAttributes,
): Promise<Result<ShownUser, ApiFailure>> {
  const passwordHash = user.password === undefined ? ok(null) : await firstPasswordHash(user.username, user.password)
  if (!passwordHash.ok) return passwordHash
  return uniqueUsername(
    () => user.username,
    () =>
      write(context, actorOf(principal), async (change) => {
        const roles = await resolveRoles(change.sql, principal, scope, 'ManagementUser', user)
        if (!roles.ok) return roles
        const row = await change.sql
          .insertInto('management_user')
          .values({
            ...columnsOf(user),
            id: newId(),
            partition_id: scope.partitionId,
            password_hash: passwordHash.value,
            must_change_password: passwordHash.value === null,
            created_at: change.now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const given = roles.value ?? []
        await replaceRolesOfUser(change.sql, 'ManagementUser', row.id, given)
        if (passwordHash.value === null) {
          const mailed = await mailPasswordToken(context, change.sql, ownerOf(row), 'INVITATION', change.now)
          if (!mailed.ok) return mailed
        }
        change.emit(managementUserChanged('CREATE', undefined, { row, roles: given }))
        return ok({ row, roles: given })
      }),
  )
}

/** Changes an operator; what he may do follows at his next request. Another user name ends his sessions. */
export async function updateManagementUser(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  revise: (before: ShownUser) => Result<ManagementUserAttributes, ApiFailure>,
): Promise<Result<ShownUser, ApiFailure>> {
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
        const roles = await resolveRoles(change.sql, principal, scope, 'ManagementUser', revised.value)
        if (!roles.ok) return roles
        const refused = weakensOneself(principal, id, grantsFrom(before.value.roles), grantsFrom(roles.value ?? before.value.roles))
        if (refused !== undefined) return err(refused)
        const row = await change.sql
          .updateTable('management_user')
          .set(columnsOf(revised.value))
          .where('id', '=', id)
          .where('partition_id', '=', scope.partitionId)
          .returningAll()
          .executeTakeFirstOrThrow()
        if (row.username !== before.value.row.username) await endSessions(change.sql, id)
        if (roles.value !== undefined) await replaceRolesOfUser(change.sql, 'ManagementUser', id, roles.value)
        const after = { row, roles: roles.value ?? before.value.roles }
        change.emit(managementUserChanged('UPDATE', before.value, after))
        return ok(after)
      }),
  )
}

/** Deletes an operator and ends his sessions. Nobody deletes himself: somebody else has to be left. */
export function deleteManagementUser(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    if (id === principal.userId) return err(inConflict('CannotDeleteYourself', 'Another operator has to delete you.'))
    const before = await lockUser(change, principal, scope, id)
    if (!before.ok) return before
    await forgetPasswords(change.sql, id)
    await change.sql.deleteFrom('management_user').where('id', '=', id).where('partition_id', '=', scope.partitionId).execute()
    change.emit(managementUserChanged('DELETE', before.value, undefined))
    return ok(undefined)
  })
}

/** Takes the password of an operator away and mails him a token for a new one. */
export function resetManagementUserPassword(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<ShownUser, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await lockUser(change, principal, scope, id)
    if (!before.ok) return before
    const reset = await resetPassword(context, change, ownerOf(before.value.row))
    if (!reset.ok) return reset
    change.emit(passwordReset(before.value.row))
    return ok({ row: { ...before.value.row, must_change_password: true }, roles: before.value.roles })
  })
}

/** The user, locked, and proven to be no stronger than the caller. */
async function lockUser(change: Write, principal: Principal, scope: PartitionScope, id: string): Promise<Result<ShownUser, ApiFailure>> {
  const row = await lockManagementUser(change.sql, scope, id)
  if (row === undefined) return err(entityNotFound('ManagementUser', id))
  const roles = (await rolesOfUsers(change.sql, 'ManagementUser', [id])).get(id) ?? []
  const refused = mayChangeHolderOf(principal, grantsFrom(roles))
  return refused === undefined ? ok({ row, roles }) : err(refused)
}

function grantsFrom(roles: readonly RoleRow[]) {
  return roles.map((role) => permissionsOf(role.permissions))
}

function columnsOf(user: ManagementUserAttributes) {
  return { username: user.username, first_name: user.firstName, last_name: user.lastName, language_tag: user.languageTag }
}
