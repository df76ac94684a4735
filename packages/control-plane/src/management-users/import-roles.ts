import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, permissionsOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvProblem, type CsvRow, readCsv, writeCsv } from '../csv/index.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { mayChangeHolderOf, replaceRolesOfUser, resolveRoles, type RoleRow, rolesOfUsers, weakensOneself } from '../roles/index.ts'
import { managementUserChanged } from './management-user-events.ts'
import { listManagementUsers, type ManagementUserRow, managementUsersNamed } from './management-user-queries.ts'

/** Columns of the file, both ways. Several roles of one user are joined with `;`. */
const HEADERS = ['username', 'firstName', 'lastName', 'roles'] as const
const ROLE_SEPARATOR = ';'
export const MAX_CSV_USERS = 5_000

export async function exportRoles(context: Context, scope: PartitionScope): Promise<string> {
  const rows = await listManagementUsers(context.database.sql, scope, MAX_CSV_USERS)
  const roles = await rolesOfUsers(
    context.database.sql,
    'ManagementUser',
    rows.map((row) => row.id),
  )
  return writeCsv(
    HEADERS,
    rows.map((row) => [row.username, row.first_name, row.last_name, (roles.get(row.id) ?? []).map((role) => role.name).join(ROLE_SEPARATOR)]),
  )
}

/**
 * Gives users the roles the file says, all of them or, when one line is wrong, none.
 * @returns the user names that were changed, or what is wrong with which line.
 */
export async function importRoles(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  text: string,
): Promise<Result<{ readonly usernames: readonly string[] } | { readonly problems: readonly CsvProblem[] }, ApiFailure>> {
  const read = await readCsv(text, ['username', 'roles'], MAX_CSV_USERS)
  if (!read.ok) return ok({ problems: [read.error] })
  let problems: readonly CsvProblem[] = []
  const done = await write(context, actorOf(principal), async (change) => {
    const users = await managementUsersNamed(
      change.sql,
      scope,
      read.value.map((row) => nameIn(row)),
    )
    const byName = new Map(users.map((user) => [user.username.toLowerCase(), user]))
    const before = await rolesOfUsers(
      change.sql,
      'ManagementUser',
      users.map((user) => user.id),
    )
    const found: CsvProblem[] = []
    for (const row of read.value) found.push(...(await applyRow(change, principal, scope, row, byName.get(nameIn(row).toLowerCase()), before)))
    problems = found
    return problems.length > 0 ? err(invalidField('file', 'has wrong lines', 'see the list')) : ok({ usernames: users.map((user) => user.username) })
  })
  return problems.length > 0 ? ok({ problems }) : done
}

async function applyRow(
  change: Write,
  principal: Principal,
  scope: PartitionScope,
  row: CsvRow,
  user: ManagementUserRow | undefined,
  rolesBefore: ReadonlyMap<string, readonly RoleRow[]>,
): Promise<readonly CsvProblem[]> {
  if (user === undefined) return [problemOf(row, 'username', 'EntityNotFound')]
  const before = rolesBefore.get(user.id) ?? []
  const grants = before.map((role) => permissionsOf(role.permissions))
  if (mayChangeHolderOf(principal, grants) !== undefined) return [problemOf(row, 'username', 'NotPermitted')]
  const names = (row.cells['roles'] ?? '')
    .split(ROLE_SEPARATOR)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const roles = await resolveRoles(change.sql, principal, scope, 'ManagementUser', { roles: names, groupIds: undefined })
  if (!roles.ok) return [problemOf(row, 'roles', roles.error.code)]
  const after = roles.value ?? []
  const refused = weakensOneself(
    principal,
    user.id,
    grants,
    after.map((role) => permissionsOf(role.permissions)),
  )
  if (refused !== undefined) return [problemOf(row, 'roles', refused.code)]
  await replaceRolesOfUser(change.sql, 'ManagementUser', user.id, after)
  change.emit(managementUserChanged('UPDATE', { row: user, roles: before }, { row: user, roles: after }))
  return []
}

function nameIn(row: CsvRow): string {
  return row.cells['username'] ?? ''
}

function problemOf(row: CsvRow, column: string, error: string): CsvProblem {
  return { lineNumber: row.lineNumber, column, error, input: row.input }
}
