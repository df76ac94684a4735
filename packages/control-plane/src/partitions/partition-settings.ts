import type { DIALING_BEHAVIORS } from '@dialtone/numbering'
import type { DialPlanRule } from './dial-plan-rule.ts'

/** Everything a partition decides. Stored sparsely in `partition.settings`: what it leaves out comes from the partition above, at last from the platform. */
export interface PartitionSettings {
  readonly extensionLength: number
  readonly simpleDialingBehaviorType: (typeof DIALING_BEHAVIORS)[number]
  readonly advancedDialingBehaviorType: (typeof DIALING_BEHAVIORS)[number]
  readonly regulatoryType: 'RESIDENTIAL' | 'COMMERCIAL' | 'GOVERNMENT'
  readonly platformType: 'V2_0' | 'V2_1' | 'CPE1' | 'CPE2'
  readonly sendWelcomeEmail: boolean
  readonly allowDangerousExtensions: boolean
  readonly timeZone: string
  readonly languageTag: string
  readonly country: 'USA' | 'CAN'
  readonly holdTimeoutSeconds: number
  readonly holdMusicMediaId: string
  readonly accountNumberMaxLength: number
  readonly tnDeleteCooldownDays: number
  readonly tempTnThreshold: number
  readonly portPushDays: number
  /** Whether somebody has to agree to orders of toll-free numbers (C-27), and of numbers that are ordered by letters (S0-44). */
  readonly tollFreeApproval: OrderApproval
  readonly vanityNumberApproval: OrderApproval
  readonly autoAssignCallerId: boolean
  readonly useAccountNumberDefault: boolean
  readonly bypassVoicemailPINValidationFromDevice: boolean
  readonly allowLoginByAccountNumber: boolean
  readonly requiresDeviceInventory: boolean
  readonly showComplexListing: boolean
  readonly directoryListingType: string
  readonly customerServiceNumber: string | undefined
  readonly defaultRoutePlanId: string | undefined
  readonly byotnCarrierId: string | undefined
  /** Empty: every type of the catalogue. */
  readonly allowedDeviceTypes: readonly string[]
  readonly reorderNotifications: readonly string[]
  readonly serviceDialPlanRules: readonly DialPlanRule[]
  readonly mediaFriends: { readonly enabled: boolean; readonly host?: string | undefined; readonly toNumber?: string | undefined } | undefined
  readonly integrationNotificationEmail: string | undefined
  readonly cdrReportColumns: readonly string[]
  readonly sipTrunkProxyServer: string | undefined
  readonly subDomains: readonly string[]
  readonly generatedSipPasswordLength: number
  /** Whether staged numbers take calls. */
  readonly enableStagedCall: boolean
  /** Of the concurrent calls of a SIP trunk, how many more it may have for a while; undefined: what the trunk says. */
  readonly maxBurstCallPercentage: number | undefined
  readonly allowVmMessageAccess: boolean
  /** Its own alone: none of these is inherited. */
  readonly billingCode: string | undefined
  readonly useOwnCarrier: boolean
  /** A plan of the partition itself: what new accounts have that name none. */
  readonly inboundRatePlanDefault: string | undefined
}

export const ORDER_APPROVALS = ['AUTO', 'MANUAL'] as const
export type OrderApproval = (typeof ORDER_APPROVALS)[number]

export const PLATFORM_SETTINGS: PartitionSettings = {
  extensionLength: 4,
  simpleDialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
  advancedDialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
  regulatoryType: 'RESIDENTIAL',
  platformType: 'CPE2',
  sendWelcomeEmail: true,
  allowDangerousExtensions: false,
  timeZone: 'US/Mountain',
  languageTag: 'en-US',
  country: 'USA',
  holdTimeoutSeconds: 143,
  // The system's own hold music until an account chooses another.
  holdMusicMediaId: '5967df89-c80e-4e94-b73f-f6f29202de1e',
  // S1-28; a partition may allow up to 256 (C-15).
  accountNumberMaxLength: 25,
  tnDeleteCooldownDays: 90,
  tempTnThreshold: 0,
  portPushDays: 0,
  tollFreeApproval: 'AUTO',
  vanityNumberApproval: 'AUTO',
  autoAssignCallerId: false,
  useAccountNumberDefault: false,
  bypassVoicemailPINValidationFromDevice: false,
  allowLoginByAccountNumber: false,
  requiresDeviceInventory: false,
  showComplexListing: false,
  directoryListingType: 'NOT_LIST_NOT_PUBLISH',
  customerServiceNumber: undefined,
  defaultRoutePlanId: undefined,
  byotnCarrierId: undefined,
  allowedDeviceTypes: [],
  reorderNotifications: [],
  serviceDialPlanRules: [],
  mediaFriends: undefined,
  integrationNotificationEmail: undefined,
  cdrReportColumns: [],
  sipTrunkProxyServer: undefined,
  inboundRatePlanDefault: undefined,
  subDomains: [],
  generatedSipPasswordLength: 16,
  enableStagedCall: false,
  maxBurstCallPercentage: undefined,
  allowVmMessageAccess: true,
  billingCode: undefined,
  useOwnCarrier: false,
}

const NOT_INHERITED: readonly string[] = ['billingCode', 'useOwnCarrier', 'inboundRatePlanDefault'] satisfies readonly (keyof PartitionSettings)[]

/** What is in force. @param line what the partitions from the highest down to the one itself have stored. */
export function settingsInForce(line: readonly Readonly<Record<string, unknown>>[]): PartitionSettings {
  const own = line.at(-1) ?? {}
  const above = line.slice(0, -1).map((settings) => Object.fromEntries(Object.entries(settings).filter(([key]) => !NOT_INHERITED.includes(key))))
  return Object.assign({}, PLATFORM_SETTINGS, ...above, own) as PartitionSettings
}
