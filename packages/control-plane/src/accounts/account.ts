import { DIALING_BEHAVIORS } from '@dialtone/numbering'
import type { FieldProblem } from '../failures/index.ts'
import type { PartitionDefaults } from '../partitions/index.ts'

/** SIMPLE is a home phone: one user, one number, one device (S1-19, S1-32). */
export const ACCOUNT_TYPES = ['ADVANCED', 'SIMPLE'] as const
export const PLATFORM_TYPES = ['V2_0', 'V2_1', 'CPE1', 'CPE2'] as const
export const REGULATORY_TYPES = ['RESIDENTIAL', 'COMMERCIAL', 'GOVERNMENT'] as const
export const ACCOUNT_STATUSES = ['ACTIVE', 'DISABLED', 'SUSPENDED', 'PENDING', 'DELETE_PENDING', 'DELETED'] as const
/** What an account is sold: each may be priced in its own way (S1-25). An account has at least one (S1-13, S1-23). */
export const ACCOUNT_PRODUCTS = ['BCC', 'BUSINESS_LINES', 'SIP_TRUNKS', 'SPECIALTY_LINES', 'CONTACT_CENTER', 'VIRTUAL_FAX', 'HOME_PHONE'] as const
export { DIALING_BEHAVIORS }

export type AccountType = (typeof ACCOUNT_TYPES)[number]
export type AccountProduct = (typeof ACCOUNT_PRODUCTS)[number]
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number]

/** What a caller decides about an account; everything else is derived or counted. */
export interface AccountAttributes {
  readonly accountNumber: string
  readonly accountName: string
  readonly accountType: AccountType
  readonly status: AccountStatus
  readonly platformType: (typeof PLATFORM_TYPES)[number]
  readonly extensionLength: number
  /** 1-31; in a shorter month the cycle starts on its last day (S1-31, C-13). */
  readonly billingCycleDay: number
  readonly dialingBehaviorType: (typeof DIALING_BEHAVIORS)[number]
  readonly regulatoryType: (typeof REGULATORY_TYPES)[number]
  readonly timeZone: string
  readonly customField: string | undefined
  readonly holdTimeoutSeconds: number
  readonly allowDangerousExtensions: boolean
  readonly sendWelcomeEmail: boolean
  readonly languageTag: string
  /** Default customer service record and E911 address of numbers that bring none (C-14, C-36). */
  readonly serviceAddress: Readonly<Record<string, unknown>> | undefined
  readonly products: readonly AccountProduct[]
  /** Screens calls to every user of the account. */
  readonly callScreeningSettings: Readonly<Record<string, unknown>> | undefined
  readonly inboundRatePlanProductId: string | undefined
  /** Branding. */
  readonly domain: string | undefined
}

/** What a caller may leave out gets the partition's default (C-14). */
export type AccountRequest = { readonly [Key in keyof AccountAttributes]?: AccountAttributes[Key] | undefined }

const DEFAULT_EXTENSION_LENGTH_DIGITS = 4

export function withDefaults(request: AccountRequest, defaults: PartitionDefaults): AccountAttributes {
  const accountType = request.accountType ?? 'ADVANCED'
  return {
    accountNumber: request.accountNumber ?? '',
    accountName: request.accountName ?? '',
    accountType,
    status: request.status ?? 'ACTIVE',
    platformType: request.platformType ?? defaults.platformType,
    extensionLength: request.extensionLength ?? defaults.extensionLength ?? DEFAULT_EXTENSION_LENGTH_DIGITS,
    billingCycleDay: request.billingCycleDay ?? 1,
    dialingBehaviorType: request.dialingBehaviorType ?? (accountType === 'SIMPLE' ? defaults.simpleDialingBehaviorType : defaults.advancedDialingBehaviorType),
    regulatoryType: request.regulatoryType ?? defaults.regulatoryType,
    timeZone: request.timeZone ?? defaults.timeZone,
    customField: request.customField,
    holdTimeoutSeconds: request.holdTimeoutSeconds ?? defaults.holdTimeoutSeconds,
    allowDangerousExtensions: request.allowDangerousExtensions ?? defaults.allowDangerousExtensions,
    sendWelcomeEmail: request.sendWelcomeEmail ?? defaults.sendWelcomeEmail,
    languageTag: request.languageTag ?? defaults.languageTag,
    serviceAddress: request.serviceAddress,
    products: request.products ?? (accountType === 'SIMPLE' ? ['HOME_PHONE'] : ['BCC']),
    callScreeningSettings: request.callScreeningSettings,
    inboundRatePlanProductId: request.inboundRatePlanProductId ?? defaults.inboundRatePlanDefault,
    domain: request.domain,
  }
}

/** The rules that hold between the fields of an account; the shape of each field is checked by the surface's schema. */
export function accountProblems(account: AccountAttributes, defaults: PartitionDefaults): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (account.accountNumber.length > defaults.accountNumberMaxLength) {
    problems.push({ field: 'accountNumber', code: 'InvalidAccountNumber', reason: 'is too long', rule: `1 to ${defaults.accountNumberMaxLength} characters` })
  }
  if (account.accountType === 'SIMPLE' && account.dialingBehaviorType.startsWith('DIAL_NINE')) {
    problems.push({
      field: 'dialingBehaviorType',
      code: 'InvalidDialingBehaviorType',
      reason: 'needs an ADVANCED account',
      rule: 'DIAL_NINE_* is for accountType ADVANCED',
    })
  }
  return [...problems, ...productProblems(account)]
}

function productProblems({ accountType, products }: AccountAttributes): FieldProblem[] {
  if (products.length === 0) return [{ field: 'products', code: 'ProductsRequired', reason: 'are none', rule: 'an account has at least one product' }]
  const isHomePhone = accountType === 'SIMPLE'
  if (products.every((product) => (product === 'HOME_PHONE') === isHomePhone)) return []
  const rule = 'HOME_PHONE on a SIMPLE account, the others on an ADVANCED one'
  return [{ field: 'products', code: 'InvalidProducts', reason: `do not fit accountType ${accountType}`, rule }]
}

/** Where a status leads; a deletion is its own operation. Nothing leads back from DELETED. */
const NEXT_STATUSES: Readonly<Record<AccountStatus, readonly AccountStatus[]>> = {
  PENDING: ['ACTIVE', 'DISABLED', 'SUSPENDED', 'DELETE_PENDING'],
  ACTIVE: ['DISABLED', 'SUSPENDED', 'DELETE_PENDING'],
  SUSPENDED: ['ACTIVE', 'DISABLED', 'DELETE_PENDING'],
  DISABLED: ['ACTIVE', 'SUSPENDED', 'DELETE_PENDING'],
  DELETE_PENDING: ['ACTIVE', 'SUSPENDED', 'DISABLED'],
  DELETED: [],
}

/** What cannot change once the account exists: extensions already given out have this length (S1-30), and a status has its successors. */
export function immutableProblems(before: AccountAttributes, after: AccountAttributes): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (before.extensionLength !== after.extensionLength)
    problems.push({
      field: 'extensionLength',
      code: 'InvalidExtensionLength',
      reason: 'cannot be changed',
      rule: `set to ${before.extensionLength} when the account was created`,
    })
  if (before.status !== after.status && !NEXT_STATUSES[before.status].includes(after.status))
    problems.push({
      field: 'status',
      code: 'InvalidStatus',
      reason: `cannot become ${after.status}`,
      rule: `from ${before.status} to ${NEXT_STATUSES[before.status].join(', ')}`,
    })
  return problems
}
