import { checkExtension } from '@dialtone/numbering'
import type { FieldProblem } from '../failures/index.ts'
import {
  type CallerIdConfig,
  type CallHandlingSettings,
  type CallScreeningSettings,
  DEFAULT_CALL_HANDLING,
  DEFAULT_CALL_SCREENING,
  DEFAULT_CALLER_ID,
} from './call-handling.ts'
import { callHandlingProblems, callScreeningProblems } from './call-handling-rules.ts'
import { type CallHandlingSchedule, scheduleProblems } from './call-handling-schedule.ts'

export const END_USER_TYPES = ['STANDARD', 'BASIC_ADMIN', 'STANDARD_ADMIN', 'ADVANCED_ADMIN', 'SUPER_ADMIN', 'ADMIN'] as const
export const USER_PRODUCT_PLANS = ['STANDARD', 'ADVANCED', 'PROFESSIONAL'] as const

export const SOFTPHONE_CLIENT_TYPES = ['STRETTO', 'CYMBUS'] as const

/** Another system that gets a copy of the user's media. */
export interface MediaFriends {
  readonly enabled: boolean
  readonly host?: string
  readonly toNumber?: string
}

/** What a caller decides about a user: the central object of call routing (S1-42). */
export interface EndUserAttributes {
  readonly firstName: string
  readonly lastName: string
  readonly username: string | undefined
  readonly emailAddress: string | undefined
  readonly languageTag: string
  readonly timeZone: string
  readonly extension: string | undefined
  readonly endUserType: (typeof END_USER_TYPES)[number]
  /** Not used on a home phone account (S1-46). */
  readonly userProductPlan: (typeof USER_PRODUCT_PLANS)[number] | undefined
  readonly allowPortalAccess: boolean
  readonly blockEmail: boolean
  readonly callerIdConfig: CallerIdConfig
  readonly callHandlingSettings: CallHandlingSettings
  readonly callScreeningSettings: CallScreeningSettings
  readonly callHandlingSchedules: readonly CallHandlingSchedule[]
  /** Undefined: the box the user was created with. `null`: none. */
  readonly voicemailBoxId: string | null | undefined
  readonly mediaFriends: MediaFriends | undefined
  readonly softphoneClientType: (typeof SOFTPHONE_CLIENT_TYPES)[number] | undefined
  readonly tags: string | undefined
  readonly groupId: string | undefined
  /** Written false, it unlocks (public-spec section 8). */
  readonly pinLockedOut: boolean
}

export type EndUserRequest = { readonly [Key in keyof EndUserAttributes]?: EndUserAttributes[Key] | undefined }

/** What of the account decides about its users. */
export interface OwningAccount {
  readonly accountType: string
  readonly extensionLength: number
  readonly allowDangerousExtensions: boolean
  readonly timeZone: string
  readonly languageTag: string
}

export function withDefaults(request: EndUserRequest, account: OwningAccount): EndUserAttributes {
  const userProductPlan = account.accountType === 'SIMPLE' ? undefined : (request.userProductPlan ?? 'STANDARD')
  return {
    firstName: request.firstName ?? '',
    lastName: request.lastName ?? '',
    username: request.username,
    emailAddress: request.emailAddress,
    languageTag: request.languageTag ?? account.languageTag,
    timeZone: request.timeZone ?? account.timeZone,
    extension: request.extension,
    endUserType: account.accountType === 'SIMPLE' ? 'STANDARD' : (request.endUserType ?? 'STANDARD'),
    userProductPlan,
    // The UC app comes with the two bigger plans, and the portal with it (C-21).
    allowPortalAccess: request.allowPortalAccess ?? (userProductPlan === 'ADVANCED' || userProductPlan === 'PROFESSIONAL'),
    blockEmail: request.blockEmail ?? false,
    callerIdConfig: request.callerIdConfig ?? DEFAULT_CALLER_ID,
    callHandlingSettings: withRingPhone(request.callHandlingSettings ?? DEFAULT_CALL_HANDLING),
    callScreeningSettings: request.callScreeningSettings ?? DEFAULT_CALL_SCREENING,
    callHandlingSchedules: request.callHandlingSchedules ?? [],
    voicemailBoxId: request.voicemailBoxId,
    mediaFriends: request.mediaFriends,
    softphoneClientType: request.softphoneClientType,
    tags: request.tags,
    groupId: request.groupId,
    pinLockedOut: request.pinLockedOut ?? false,
  }
}

/** Every way of handling can fall back on ringing the phones, so that part is always there. */
function withRingPhone(settings: CallHandlingSettings): CallHandlingSettings {
  if (settings.ringPhoneCallHandling !== undefined || DEFAULT_CALL_HANDLING.ringPhoneCallHandling === undefined) return settings
  return { ...settings, ringPhoneCallHandling: DEFAULT_CALL_HANDLING.ringPhoneCallHandling }
}

/** Every rule that a user breaks (S1-44 … S1-51). */
export function endUserProblems(user: EndUserAttributes, account: OwningAccount): FieldProblem[] {
  return [...nameProblems(user), ...portalProblems(user), ...extensionProblems(user, account), ...handlingProblems(user)]
}

function nameProblems(user: EndUserAttributes): FieldProblem[] {
  const missing: FieldProblem[] = []
  if (user.firstName === '') missing.push({ field: 'firstName', code: 'FirstNameRequired', reason: 'is missing', rule: 'required' })
  if (user.lastName === '') missing.push({ field: 'lastName', code: 'LastNameRequired', reason: 'is missing', rule: 'required' })
  return missing
}

/** A login for the portal needs a name to log in with and an address for its mails (S1-49, S1-51). */
function portalProblems(user: EndUserAttributes): FieldProblem[] {
  if (!user.allowPortalAccess) return []
  const missing: FieldProblem[] = []
  const rule = 'required with allowPortalAccess, which the ADVANCED and PROFESSIONAL plans switch on'
  if (user.username === undefined) missing.push({ field: 'username', code: 'UsernameRequired', reason: 'is missing', rule })
  if (user.emailAddress === undefined) missing.push({ field: 'emailAddress', code: 'EmailAddressRequired', reason: 'is missing', rule })
  return missing
}

function extensionProblems(user: EndUserAttributes, account: OwningAccount): FieldProblem[] {
  if (user.extension === undefined) return []
  const problem = checkExtension({
    extension: user.extension,
    extensionLength: account.extensionLength,
    allowDangerousExtensions: account.allowDangerousExtensions,
  })
  if (problem === undefined) return []
  const first = account.allowDangerousExtensions ? '1' : '2'
  return [
    {
      field: 'extension',
      code: 'InvalidExtension',
      reason: `"${user.extension}" is not possible on this account`,
      rule: `${account.extensionLength} digits, the first one ${first} to 8 (${problem})`,
    },
  ]
}

/** Call handling, the screening and every schedule, each by the same rules. */
function handlingProblems(user: EndUserAttributes): FieldProblem[] {
  return [
    ...callHandlingProblems(user.callHandlingSettings, 'callHandlingSettings'),
    ...callScreeningProblems(user.callScreeningSettings, 'callScreeningSettings'),
    ...scheduleProblems(user.callHandlingSchedules),
    ...user.callHandlingSchedules.flatMap(({ callHandling }, position) => callHandlingProblems(callHandling, `callHandlingSchedules.${position}.callHandling`)),
    ...(user.mediaFriends?.enabled === true && user.mediaFriends.host === undefined && user.mediaFriends.toNumber === undefined
      ? [{ field: 'mediaFriends.host', code: 'HostRequired', reason: 'is missing', rule: 'enabled media friends need a host or a number' }]
      : []),
  ]
}

/** Every call handling of a user with the place it stands at. */
export function callHandlingsOf(user: EndUserAttributes): readonly (readonly [string, CallHandlingSettings])[] {
  return [
    ['callHandlingSettings', user.callHandlingSettings],
    ...user.callHandlingSchedules.map(({ callHandling }, position) => [`callHandlingSchedules.${position}.callHandling`, callHandling] as const),
  ]
}
