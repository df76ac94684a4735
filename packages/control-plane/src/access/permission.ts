/** Access levels, rising (public-spec section 6). `_MYUSER` forms reach only the caller's own objects. */
export const ACCESS_LEVELS = ['NONE', 'READ_MYUSER', 'READ', 'EDIT_MYUSER', 'EDIT', 'CREATE_MYUSER', 'CREATE', 'DELETE_MYUSER', 'DELETE'] as const

export type AccessLevel = (typeof ACCESS_LEVELS)[number] | 'DENIED'

/** The permission types of the provisioning API, without the platform-only ones. */
export const PERMISSION_TYPES = [
  'Account', 'AccountHistory', 'AccountCallHistory', 'AccountBulkStatuses', 'IpWhitelist', 'PhoneNumber', 'PhoneNumberServiceActivation',
  'PhoneNumberInventory', 'Product', 'ProductCallingPlan', 'ProductGroups', 'ProductUsers', 'Reports', 'RoutePlan', 'SipCredentials',
  'EU_DeviceSwapCreate', 'EU_Account', 'EU_AccountMedia', 'EU_CallHistory', 'EU_Device', 'EU_DeviceSwap', 'EU_DeviceLine', 'EU_IVR',
  'EU_LineAppearance', 'EU_LineHardware', 'EU_LineHuntGroup', 'EU_Voicemail', 'EU_VoicemailMessage', 'EU_VoicemailUnlock', 'EU_Telephone',
  'EU_SipTrunk', 'EU_User', 'EU_UserResetPassword', 'EU_History', 'EU_BUSINESS_LINE', 'EU_BUSINESS_LINE_PROVISIONING',
  'EU_BUSINESS_LINE_VOICEMAIL', 'EU_BUSINESS_LINE_HUNT_GROUP', 'EU_911_ADDRESS', 'EU_TELEPHONE_DESTINATION', 'EU_ENDUSER_REPURPOSE',
] as const // prettier-ignore

export type PermissionType = (typeof PERMISSION_TYPES)[number]
export type Permissions = Readonly<Partial<Record<PermissionType, AccessLevel>>>

/** Everything a management user can be given. */
export const EVERY_PERMISSION: Permissions = Object.fromEntries(PERMISSION_TYPES.map((type) => [type, 'DELETE' as const]))

/**
 * Whether a granted level reaches a wanted one.
 * @param own true when the object asked for is the caller's own user: then the `_MYUSER` form of the level is enough.
 */
export function reaches(granted: AccessLevel | undefined, wanted: AccessLevel, own: boolean): boolean {
  if (granted === undefined || granted === 'DENIED' || wanted === 'DENIED') return false
  const grantedRank = ACCESS_LEVELS.indexOf(granted)
  if (granted.endsWith('_MYUSER')) return own && grantedRank >= ACCESS_LEVELS.indexOf(ownForm(wanted))
  return grantedRank >= ACCESS_LEVELS.indexOf(wanted)
}

function ownForm(level: Exclude<AccessLevel, 'DENIED'>): Exclude<AccessLevel, 'DENIED'> {
  const own = `${level}_MYUSER`
  return ACCESS_LEVELS.find((candidate) => candidate === own) ?? level
}

/** What several roles give together: the highest level of each type; DENIED by one of them is a no (public-spec section 6). */
export function unionOf(grants: readonly Permissions[]): Permissions {
  return Object.fromEntries(
    PERMISSION_TYPES.flatMap((type) => {
      const levels = grants.flatMap((grant) => grant[type] ?? [])
      if (levels.length === 0) return []
      return [[type, levels.includes('DENIED') ? ('DENIED' as const) : levels.reduce(higher)]]
    }),
  )
}

/** Whether everything in `wanted` is inside what `held` reaches: nobody gives away more than he has. */
export function covers(held: readonly Permissions[], wanted: Permissions): boolean {
  return PERMISSION_TYPES.every((type) => {
    const level = wanted[type]
    if (level === undefined || level === 'NONE' || level === 'DENIED') return true
    const general = level.replace('_MYUSER', '') as AccessLevel
    return reachesAny(held, type, general, level.endsWith('_MYUSER'))
  })
}

/** Whether one of several roles reaches a level and none of them denies the type. */
export function reachesAny(grants: readonly Permissions[], type: PermissionType, wanted: AccessLevel, own: boolean): boolean {
  return grants.every((grant) => grant[type] !== 'DENIED') && grants.some((grant) => reaches(grant[type], wanted, own))
}

export function isPermissionType(type: string): type is PermissionType {
  return PERMISSION_TYPES.some((known) => known === type)
}

export function isAccessLevel(level: string): level is AccessLevel {
  return level === 'DENIED' || ACCESS_LEVELS.some((known) => known === level)
}

/** Permissions as they were stored; what a newer or older version does not know is left out. */
export function permissionsOf(stored: Readonly<Record<string, string>>): Permissions {
  return Object.fromEntries(Object.entries(stored).filter(([type, level]) => isPermissionType(type) && isAccessLevel(level)))
}

function higher(one: AccessLevel, other: AccessLevel): AccessLevel {
  return rankOf(one) >= rankOf(other) ? one : other
}

function rankOf(level: AccessLevel): number {
  return level === 'DENIED' ? -1 : ACCESS_LEVELS.indexOf(level)
}
