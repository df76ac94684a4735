import type { AccountAttributes } from './account.ts'
import type { AccountRow } from './account-queries.ts'

/** The attributes stored in a row, in the words of the domain. */
export function attributesOf(row: AccountRow): AccountAttributes {
  return {
    accountNumber: row.account_number,
    accountName: row.account_name,
    accountType: row.account_type as AccountAttributes['accountType'],
    status: row.status as AccountAttributes['status'],
    platformType: row.platform_type as AccountAttributes['platformType'],
    extensionLength: row.extension_length,
    billingCycleDay: row.billing_cycle_day,
    dialingBehaviorType: row.dialing_behavior_type as AccountAttributes['dialingBehaviorType'],
    regulatoryType: row.regulatory_type as AccountAttributes['regulatoryType'],
    timeZone: row.time_zone,
    customField: row.custom_field ?? undefined,
    holdTimeoutSeconds: row.hold_timeout_seconds,
    allowDangerousExtensions: row.allow_dangerous_extensions,
    sendWelcomeEmail: row.send_welcome_email,
    languageTag: row.language_tag,
    serviceAddress: row.service_address ?? undefined,
    products: row.products as AccountAttributes['products'],
    callScreeningSettings: row.call_screening_settings ?? undefined,
    inboundRatePlanProductId: row.inbound_rate_plan_product_id ?? undefined,
    domain: row.domain ?? undefined,
  }
}
