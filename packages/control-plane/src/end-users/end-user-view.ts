import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { CallingPlanView, callingPlanView, listCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import type { Sql } from '../database/index.ts'
import { named } from '../http/index.ts'
import { attributesOf } from './end-user-attributes.ts'
import { CallerIdConfig, CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'
import { CallHandlingSchedule } from './call-handling-schedule.ts'
import { type EndUserRow, listUserLines, type UserLineRow } from './end-user-queries.ts'

const UserDevice = Type.Object({
  id: Type.String(),
  accountId: Type.String(),
  partitionId: Type.String(),
  deviceTypeId: Type.String(),
  deviceName: Type.String(),
  lineNumber: Type.Integer(),
  lineType: Type.String(),
  faxEnabled: Type.Boolean(),
  sipUsername: Type.Optional(Type.String()),
  macAddress: Type.Optional(Type.String()),
  emergencyNumber: Type.Optional(Type.String()),
  userId: Type.Optional(Type.String()),
  referenceId: Type.Optional(Type.String()),
  /** ACTIVE or INACTIVE. */
  state: Type.String(),
})

/** The fields of the account guide's example (S1-55 … S1-60). */
export const EndUserView = named(
  'EndUser',
  Type.Object({
    id: Type.String(),
    username: Type.Optional(Type.String()),
    firstName: Type.String(),
    lastName: Type.String(),
    emailAddress: Type.Optional(Type.String()),
    mustChangePassword: Type.Boolean(),
    languageTag: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    callingPlans: Type.Array(CallingPlanView),
    devices: Type.Array(UserDevice),
    timeZone: Type.String(),
    extension: Type.Optional(Type.String()),
    callerIdConfig: CallerIdConfig,
    callHandlingSettings: CallHandlingSettings,
    callScreeningSettings: CallScreeningSettings,
    callHandlingSchedules: Type.Array(CallHandlingSchedule),
    mediaFriends: Type.Optional(Type.Object({ enabled: Type.Boolean(), host: Type.Optional(Type.String()), toNumber: Type.Optional(Type.String()) })),
    softphoneClientType: Type.Optional(Type.String()),
    tags: Type.Optional(Type.String()),
    group: Type.Optional(Type.Object({ id: Type.String(), name: Type.String(), description: Type.Optional(Type.String()) })),
    voicemailBoxId: Type.Optional(Type.String()),
    endUserType: Type.String(),
    userProductPlan: Type.Optional(Type.String()),
    pinLockedOut: Type.Boolean(),
    welcomeEmailSent: Type.Optional(Type.String()),
    blockEmail: Type.Boolean(),
    allowPortalAccess: Type.Boolean(),
  }),
)

export async function viewsOf(context: Context, scope: AccountScope, rows: readonly EndUserRow[]): Promise<Static<typeof EndUserView>[]> {
  const { sql } = context.database
  const now = new Date(context.clock.nowMs())
  const only = rows.length === 1 ? rows[0]?.id : undefined
  const plans = Map.groupBy(await listCallingPlans(sql, scope, now, { referenceType: 'END_USER', referenceId: only }), ({ use }) => use.reference_id)
  const lines = Map.groupBy(await listUserLines(sql, scope, rows.map((row) => row.id)), (line) => line.user_id ?? '') // prettier-ignore
  const groups = await groupsOf(sql, scope, rows)
  return rows.map((row) => {
    const {
      voicemailBoxId: _box,
      mediaFriends,
      softphoneClientType,
      tags,
      groupId,
      username,
      emailAddress,
      extension,
      userProductPlan,
      callHandlingSchedules,
      ...attributes
    } = attributesOf(row)
    return {
      ...attributes,
      id: row.id,
      ...(username === undefined ? {} : { username }),
      ...(emailAddress === undefined ? {} : { emailAddress }),
      ...(extension === undefined ? {} : { extension }),
      ...(userProductPlan === undefined ? {} : { userProductPlan }),
      ...(row.voicemail_box_id === null ? {} : { voicemailBoxId: row.voicemail_box_id }),
      // The example of the guide writes this one time with an offset instead of Z (S1-60).
      ...(row.welcome_email_sent_at === null ? {} : { welcomeEmailSent: row.welcome_email_sent_at.toISOString().replace('Z', '+00:00') }),
      callHandlingSchedules: [...callHandlingSchedules],
      ...(mediaFriends === undefined ? {} : { mediaFriends }),
      ...(softphoneClientType === undefined ? {} : { softphoneClientType }),
      ...(tags === undefined ? {} : { tags }),
      ...(groupId === undefined ? {} : { group: groups.get(groupId) ?? { id: groupId, name: '' } }),
      mustChangePassword: row.must_change_password,
      partitionId: row.partition_id,
      accountId: row.account_id,
      pinLockedOut: row.pin_locked_out,
      callingPlans: (plans.get(row.id) ?? []).map((plan) => callingPlanView(plan, now)),
      devices: (lines.get(row.id) ?? []).map(deviceOf),
    }
  })
}

/** What a list of very many users shows. */
export const EndUserSummary = named(
  'EndUserSummary',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    username: Type.Optional(Type.String()),
    emailAddress: Type.Optional(Type.String()),
    extension: Type.Optional(Type.String()),
  }),
)

export function summaryOf(row: EndUserRow): Static<typeof EndUserSummary> {
  return {
    id: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    firstName: row.first_name,
    lastName: row.last_name,
    ...(row.username === null ? {} : { username: row.username }),
    ...(row.email_address === null ? {} : { emailAddress: row.email_address }),
    ...(row.extension === null ? {} : { extension: row.extension }),
  }
}

async function groupsOf(sql: Sql, scope: AccountScope, rows: readonly EndUserRow[]): Promise<ReadonlyMap<string, { id: string; name: string }>> {
  const ids = [...new Set(rows.flatMap((row) => row.user_group_id ?? []))]
  if (ids.length === 0) return new Map()
  const groups = await sql
    .selectFrom('account_object')
    .select(['id', 'name'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('type', '=', 'USER_GROUP')
    .where('id', 'in', ids)
    .execute()
  return new Map(groups.map((group) => [group.id, group]))
}

function deviceOf(line: UserLineRow): Static<typeof UserDevice> {
  return {
    id: line.id,
    accountId: line.account_id,
    partitionId: line.partition_id,
    deviceTypeId: line.device_type_id,
    deviceName: line.device_name,
    lineNumber: line.line_number,
    lineType: line.line_type,
    faxEnabled: line.fax_enabled,
    ...(line.sip_username === null ? {} : { sipUsername: line.sip_username }),
    state: line.admin_state,
    ...(line.mac_address === null ? {} : { macAddress: line.mac_address }),
    ...(line.emergency_number === null ? {} : { emergencyNumber: line.emergency_number }),
    ...(line.user_id === null ? {} : { userId: line.user_id }),
    ...(line.reference_id === null ? {} : { referenceId: line.reference_id }),
  }
}
