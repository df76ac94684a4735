import type { AccessLevel, Permissions, PermissionType } from './permission.ts'

/** What every end user has: his own user, devices, voicemail and call history; nothing of anybody else (S1-48: "own settings only"). */
export const OWN_USER_PERMISSIONS: Permissions = {
  EU_User: 'EDIT_MYUSER',
  EU_UserResetPassword: 'EDIT_MYUSER',
  EU_Device: 'READ_MYUSER',
  EU_DeviceLine: 'READ_MYUSER',
  EU_LineAppearance: 'READ_MYUSER',
  EU_CallHistory: 'READ_MYUSER',
  EU_Telephone: 'READ_MYUSER',
  EU_Voicemail: 'EDIT_MYUSER',
  EU_VoicemailMessage: 'DELETE_MYUSER',
  EU_VoicemailUnlock: 'EDIT_MYUSER',
  EU_911_ADDRESS: 'READ_MYUSER',
}

/** Looks after the people of the account: their settings, passwords and voicemail boxes; reads the rest. */
const BASIC_ADMIN: Permissions = {
  ...OWN_USER_PERMISSIONS,
  EU_User: 'EDIT',
  EU_UserResetPassword: 'EDIT',
  EU_VoicemailUnlock: 'EDIT',
  EU_Voicemail: 'EDIT',
  ...every('READ', [
    'EU_Account', 'EU_AccountMedia', 'EU_CallHistory', 'EU_Device', 'EU_DeviceLine', 'EU_IVR', 'EU_LineAppearance', 'EU_LineHardware',
    'EU_LineHuntGroup', 'EU_Telephone', 'EU_BUSINESS_LINE', 'EU_BUSINESS_LINE_HUNT_GROUP', 'EU_911_ADDRESS', 'EU_TELEPHONE_DESTINATION',
  ]),
} // prettier-ignore

/** Also runs the account day by day: adds users, changes where calls go. */
const STANDARD_ADMIN: Permissions = {
  ...BASIC_ADMIN,
  EU_User: 'CREATE',
  ...every('EDIT', [
    'EU_AccountMedia', 'EU_Device', 'EU_DeviceLine', 'EU_IVR', 'EU_LineAppearance', 'EU_LineHuntGroup', 'EU_Telephone', 'EU_BUSINESS_LINE',
    'EU_BUSINESS_LINE_VOICEMAIL', 'EU_BUSINESS_LINE_HUNT_GROUP', 'EU_911_ADDRESS', 'EU_TELEPHONE_DESTINATION',
  ]),
} // prettier-ignore

/** Also adds and removes devices, lines, groups and announcements, and sees the account's history. */
const ADVANCED_ADMIN: Permissions = {
  ...STANDARD_ADMIN,
  EU_History: 'READ',
  EU_Account: 'EDIT',
  EU_SipTrunk: 'EDIT',
  ...every('DELETE', [
    'EU_User', 'EU_ENDUSER_REPURPOSE', 'EU_AccountMedia', 'EU_Device', 'EU_DeviceSwap', 'EU_DeviceSwapCreate', 'EU_DeviceLine', 'EU_IVR',
    'EU_LineAppearance', 'EU_LineHardware', 'EU_LineHuntGroup', 'EU_Telephone', 'EU_BUSINESS_LINE', 'EU_BUSINESS_LINE_PROVISIONING',
    'EU_BUSINESS_LINE_VOICEMAIL', 'EU_BUSINESS_LINE_HUNT_GROUP', 'EU_911_ADDRESS', 'EU_TELEPHONE_DESTINATION',
  ]),
} // prettier-ignore

/** Everything inside the account. */
const SUPER_ADMIN: Permissions = {
  ...ADVANCED_ADMIN,
  ...every('DELETE', ['EU_Account', 'EU_SipTrunk', 'EU_UserResetPassword', 'EU_Voicemail', 'EU_VoicemailMessage', 'EU_VoicemailUnlock']),
}

const BY_END_USER_TYPE: ReadonlyMap<string, Permissions> = new Map([
  ['STANDARD', OWN_USER_PERMISSIONS],
  ['BASIC_ADMIN', BASIC_ADMIN],
  ['STANDARD_ADMIN', STANDARD_ADMIN],
  // Nothing says how ADMIN differs: the middle of the three, not the highest.
  ['ADMIN', STANDARD_ADMIN],
  ['ADVANCED_ADMIN', ADVANCED_ADMIN],
  ['SUPER_ADMIN', SUPER_ADMIN],
])

/**
 * What an end user may do by his kind (S1-48). The specification names the kinds and the permission types, not which kind has which:
 * the sets are ours, each includes the one before it. docs/operations/access.md shows them as a table.
 */
export function endUserPermissions(endUserType: string): Permissions {
  return BY_END_USER_TYPE.get(endUserType) ?? OWN_USER_PERMISSIONS
}

/** An administrator of one account without a role of his own: everything inside the account, and its records. Status and plans stay with the partition. */
export const ACCOUNT_USER_PERMISSIONS: Permissions = {
  ...SUPER_ADMIN,
  ...every('READ', ['Account', 'AccountHistory', 'AccountCallHistory', 'PhoneNumber', 'ProductCallingPlan']),
}

function every(level: AccessLevel, types: readonly PermissionType[]): Permissions {
  return Object.fromEntries(types.map((type) => [type, level]))
}
