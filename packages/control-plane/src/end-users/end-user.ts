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

export const END_USER_TYPES = ['STANDARD', 'BASIC_ADMIN', 'STANDARD_ADMIN', 'ADVANCED_ADMIN', 'SUPER_ADMIN', 'ADMIN'] as const
export const USER_PRODUCT_PLANS = ['STANDARD', 'ADVANCED', 'PROFESSIONAL'] as const

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
  readonly callHandlingSchedules: readonly unknown[]
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

function handlingProblems(user: EndUserAttributes): FieldProblem[] {
  const { ringPhoneCallHandling: ring, callHandlingOptionType, forwardAlwaysToNumber } = user.callHandlingSettings
  const problems: FieldProblem[] = []
  if (callHandlingOptionType === 'ForwardAlways' && forwardAlwaysToNumber === undefined)
    problems.push(forwardMissing('callHandlingSettings.forwardAlwaysToNumber'))
  for (const [name, action] of Object.entries(ring ?? {})) {
    if (action.type === 'Forward' && action.forwardToNumber === undefined)
      problems.push(forwardMissing(`callHandlingSettings.ringPhoneCallHandling.${name}.forwardToNumber`))
  }
  return problems
}

function forwardMissing(field: string): FieldProblem {
  return { field, code: 'ForwardToNumberRequired', reason: 'is missing', rule: 'a forward needs a number to forward to' }
}
