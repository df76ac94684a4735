import Type, { type Static } from 'typebox'
import type { PartitionScope } from '../access/index.ts'
import { CallingPlanView, callingPlanView, plansOfAccounts, type UsedPlan } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { freeObject, named } from '../http/index.ts'
import type { AccountRecord } from './account-queries.ts'

export const AccountView = named(
  'Account',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    accountNumber: Type.String(),
    accountName: Type.String(),
    name: Type.String(),
    billingCycleDay: Type.Integer(),
    status: Type.String(),
    timeZone: Type.String(),
    accountType: Type.String(),
    platformType: Type.String(),
    extensionLength: Type.Integer(),
    dialingBehaviorType: Type.String(),
    routePlanId: Type.String(),
    holdMusicMediaId: Type.String(),
    customHoldMusicMediaId: Type.Optional(Type.String()),
    holdTimeoutSeconds: Type.Optional(Type.Integer()),
    allowDangerousExtensions: Type.Boolean(),
    sendWelcomeEmail: Type.Boolean(),
    regulatoryType: Type.String(),
    languageTag: Type.String(),
    customField: Type.Optional(Type.String()),
    products: Type.Array(Type.String()),
    deletionDate: Type.Optional(Type.String()),
    platformChangeDate: Type.Optional(Type.String()),
    inboundRatePlanProductId: Type.Optional(Type.String()),
    callScreeningSettings: Type.Optional(freeObject()),
    domain: Type.Optional(Type.String()),
    address: Type.Optional(freeObject()),
    endUserCount: Type.Integer(),
    /** Of the account itself; those of its users, trunks and lines are theirs. */
    callingPlans: Type.Array(CallingPlanView),
    createdDate: Type.String(),
  }),
)

export async function accountViews(context: Context, scope: PartitionScope, records: readonly AccountRecord[]): Promise<Static<typeof AccountView>[]> {
  const now = new Date(context.clock.nowMs())
  const accountIds = records.flatMap(({ row, hasUsedPlans }) => (hasUsedPlans === false ? [] : [row.id]))
  const plans = await plansOfAccounts(context.database.sql, scope, accountIds, now)
  return records.map((record) => viewOf(record, plans.get(record.row.id) ?? [], now))
}

export async function accountView(context: Context, scope: PartitionScope, record: AccountRecord): Promise<Static<typeof AccountView> | undefined> {
  const [view] = await accountViews(context, scope, [record])
  return view
}

function viewOf({ row, endUserCount }: AccountRecord, plans: readonly UsedPlan[], now: Date): Static<typeof AccountView> {
  return {
    id: row.id,
    accountId: row.id,
    partitionId: row.partition_id,
    accountNumber: row.account_number,
    accountName: row.account_name,
    name: row.account_name,
    billingCycleDay: row.billing_cycle_day,
    status: row.status,
    timeZone: row.time_zone,
    accountType: row.account_type,
    platformType: row.platform_type,
    extensionLength: row.extension_length,
    dialingBehaviorType: row.dialing_behavior_type,
    routePlanId: row.route_plan_id,
    holdMusicMediaId: row.hold_music_media_id,
    ...(row.custom_hold_music_media_id === null ? {} : { customHoldMusicMediaId: row.custom_hold_music_media_id }),
    // CPE1 accounts have no hold timeout (C-16).
    ...(row.platform_type === 'CPE1' ? {} : { holdTimeoutSeconds: row.hold_timeout_seconds }),
    allowDangerousExtensions: row.allow_dangerous_extensions,
    sendWelcomeEmail: row.send_welcome_email,
    regulatoryType: row.regulatory_type,
    languageTag: row.language_tag,
    ...(row.custom_field === null ? {} : { customField: row.custom_field }),
    products: [...row.products],
    ...(row.deleted_at === null ? {} : { deletionDate: row.deleted_at.toISOString() }),
    ...(row.platform_changed_at === null ? {} : { platformChangeDate: row.platform_changed_at.toISOString() }),
    ...(row.inbound_rate_plan_product_id === null ? {} : { inboundRatePlanProductId: row.inbound_rate_plan_product_id }),
    ...(row.call_screening_settings === null ? {} : { callScreeningSettings: row.call_screening_settings }),
    ...(row.domain === null ? {} : { domain: row.domain }),
    ...(row.service_address === null ? {} : { address: row.service_address }),
    endUserCount,
    callingPlans: plans.map((plan) => callingPlanView(plan, now)),
    createdDate: row.created_at.toISOString(),
  }
}
