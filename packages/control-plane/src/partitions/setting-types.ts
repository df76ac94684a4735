import Type, { type TSchema } from 'typebox'
import { oneOf } from '../http/index.ts'
import type { PartitionSettings } from './partition-settings.ts'

interface SettingType {
  readonly key: keyof PartitionSettings
  readonly value: TSchema
}

const text = Type.String({ minLength: 1, maxLength: 256 })
const domain = Type.String({ minLength: 1, maxLength: 253 })
/** A name or an IPv4 address, with a port that can be one. */
const host = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$' }) // prettier-ignore

/** The settings that the public interface knows by a type of their own (public-spec section 12), and where each is kept. */
export const SETTING_TYPES = {
  IntegrationNotificationEmail: { key: 'integrationNotificationEmail', value: Type.String({ maxLength: 256, format: 'email' }) },
  CDRReportColumns: { key: 'cdrReportColumns', value: Type.Array(text, { maxItems: 100, uniqueItems: true }) },
  SipTrunkProxyServer: { key: 'sipTrunkProxyServer', value: host },
  AllowAccountDangerousExtensions: { key: 'allowDangerousExtensions', value: Type.Boolean() },
  InboundRatePlanDefault: { key: 'inboundRatePlanDefault', value: Type.String({ minLength: 1, maxLength: 64 }) },
  SUB_DOMAINS: { key: 'subDomains', value: Type.Array(domain, { maxItems: 100, uniqueItems: true }) },
  SEND_WELCOME_EMAIL: { key: 'sendWelcomeEmail', value: Type.Boolean() },
  REGULATORY_TYPE: { key: 'regulatoryType', value: oneOf(['RESIDENTIAL', 'COMMERCIAL', 'GOVERNMENT']) },
  ACCOUNT_HOLD_MUSIC_DEFAULT: { key: 'holdMusicMediaId', value: Type.String({ minLength: 1, maxLength: 64 }) },
  PLATFORM_TYPE_DEFAULT: { key: 'platformType', value: oneOf(['V2_0', 'V2_1', 'CPE1', 'CPE2']) },
  GENERATED_SIP_PASSWORD_LENGTH: { key: 'generatedSipPasswordLength', value: Type.Integer({ minimum: 8, maximum: 64 }) },
  ENABLE_STAGED_CALL: { key: 'enableStagedCall', value: Type.Boolean() },
  MAX_BURST_CALL_PERCENTAGE: { key: 'maxBurstCallPercentage', value: Type.Integer({ minimum: 0, maximum: 100 }) },
  ALLOW_VM_MESSAGE_ACCESS: { key: 'allowVmMessageAccess', value: Type.Boolean() },
} as const satisfies Readonly<Record<string, SettingType>>

export type SettingTypeName = keyof typeof SETTING_TYPES
export const SETTING_TYPE_NAMES = Object.keys(SETTING_TYPES) as SettingTypeName[]
