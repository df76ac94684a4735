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

/** What an end user has: his own user, devices, voicemail and call history. */
export const OWN_USER_PERMISSIONS: Permissions = {
  EU_User: 'EDIT_MYUSER',
  EU_Device: 'READ_MYUSER',
  EU_DeviceLine: 'READ_MYUSER',
  EU_CallHistory: 'READ_MYUSER',
  EU_Telephone: 'READ_MYUSER',
  EU_Voicemail: 'EDIT_MYUSER',
}

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
