import { ACCOUNT_USER_PERMISSIONS, endUserPermissions, PERMISSION_TYPES, type AccessLevel, type PermissionType } from '../access/index.ts'

/** The 47 permission types in their published order (public-spec 6): ours, and those that only the operator of the whole platform or a token class can hold. */
export const PUBLISHED_PERMISSION_TYPES = [
  'NONE',
  ...PERMISSION_TYPES,
  'ALIANZA_MasterRoutePlan',
  'ALIANZA_TogglzAdmin',
  'ANY_END_USER',
  'ANY_MANAGEMENT_USER',
  'ANY_ALIANZA_USER',
] as const

export type PublishedPermissionType = (typeof PUBLISHED_PERMISSION_TYPES)[number]

export const PERMISSION_USER_TYPES = ['AccountUser', 'EndUser', 'ManagementUser', 'AlianzaUser', 'BusinessLines'] as const

export type PermissionUserType = (typeof PERMISSION_USER_TYPES)[number]

/** One row of `/v2/ref/permissions`. */
export interface PermissionDefault {
  readonly type: PublishedPermissionType
  readonly maxAccessType: AccessLevel
}

/** Records of what happened: nobody writes them. */
const READ_ONLY: ReadonlySet<PublishedPermissionType> = new Set(['AccountHistory', 'AccountCallHistory', 'Reports', 'EU_CallHistory', 'EU_History'])

const BUSINESS_LINE_TYPES: ReadonlySet<PublishedPermissionType> = new Set([
  'EU_BUSINESS_LINE', 'EU_BUSINESS_LINE_PROVISIONING', 'EU_BUSINESS_LINE_VOICEMAIL', 'EU_BUSINESS_LINE_HUNT_GROUP',
]) // prettier-ignore

/**
 * The highest level each permission type can be given to a kind of user. The specification publishes the types and the levels, not this table:
 * it is our reading, and the roles of a partition may only stay below it.
 */
export function permissionDefaults(userType: PermissionUserType): readonly PermissionDefault[] {
  return PUBLISHED_PERMISSION_TYPES.map((type) => ({ type, maxAccessType: maximumAccess(type, userType) }))
}

function maximumAccess(type: PublishedPermissionType, userType: PermissionUserType): AccessLevel {
  if (type === 'NONE') return 'NONE'
  if (!isOwnType(type)) return platformAccess(type, userType)
  // The highest of the kinds of end users (S1-48).
  if (userType === 'EndUser') return endUserPermissions('SUPER_ADMIN')[type] ?? 'NONE'
  if (userType === 'BusinessLines') return BUSINESS_LINE_TYPES.has(type) ? 'EDIT' : 'NONE'
  if (userType === 'AccountUser') return ACCOUNT_USER_PERMISSIONS[type] ?? 'NONE'
  return READ_ONLY.has(type) ? 'READ' : 'DELETE'
}

/** `ANY_…` is held by everybody of that class; the two operator types by the operator alone. */
function platformAccess(type: PublishedPermissionType, userType: PermissionUserType): AccessLevel {
  if (type === 'ANY_END_USER') return userType === 'EndUser' ? 'READ' : 'NONE'
  if (type === 'ANY_MANAGEMENT_USER') return userType === 'ManagementUser' ? 'READ' : 'NONE'
  if (type === 'ANY_ALIANZA_USER') return userType === 'AlianzaUser' ? 'READ' : 'NONE'
  return userType === 'AlianzaUser' ? 'DELETE' : 'NONE'
}

function isOwnType(type: PublishedPermissionType): type is PermissionType {
  return PERMISSION_TYPES.some((own) => own === type)
}
