export { countUsers, grantsOfUser, insertAdministratorRole, lockNamedRoles, replaceRolesOfUser, rolesOfUsers } from './role-queries.ts'
export type { RoleRow, RoleUserType } from './role-queries.ts'
