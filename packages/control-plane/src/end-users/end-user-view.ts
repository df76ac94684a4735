import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { CallingPlanView, callingPlanView, listCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { freeObject, named } from '../http/index.ts'
import { attributesOf } from './end-user-attributes.ts'
import { CallerIdConfig, CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'
import { type EndUserRow, listUserLines, type UserLineRow } from './end-user-queries.ts'

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
    devices: Type.Array(freeObject()),
    timeZone: Type.String(),
    extension: Type.Optional(Type.String()),
    callerIdConfig: CallerIdConfig,
    callHandlingSettings: CallHandlingSettings,
    callScreeningSettings: CallScreeningSettings,
    callHandlingSchedules: Type.Array(freeObject()),
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
  const plans = Map.groupBy(await listCallingPlans(sql, scope, now, { referenceType: 'END_USER' }), ({ use }) => use.reference_id)
  const lines = Map.groupBy(await listUserLines(sql, scope, rows.map((row) => row.id)), (line) => line.user_id ?? '') // prettier-ignore
  return rows.map((row) => {
    const { username, emailAddress, extension, userProductPlan, callHandlingSchedules, ...attributes } = attributesOf(row)
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
      callHandlingSchedules: callHandlingSchedules as Record<string, unknown>[],
      mustChangePassword: row.must_change_password,
      partitionId: row.partition_id,
      accountId: row.account_id,
      pinLockedOut: row.pin_locked_out,
      callingPlans: (plans.get(row.id) ?? []).map((plan) => callingPlanView(plan, now)),
      devices: (lines.get(row.id) ?? []).map(deviceOf),
    }
  })
}

function deviceOf(line: UserLineRow): Record<string, unknown> {
  return {
    id: line.id,
    deviceTypeId: line.device_type_id,
    deviceName: line.device_name,
    lineNumber: line.line_number,
    lineType: line.line_type,
    faxEnabled: line.fax_enabled,
    ...(line.sip_username === null ? {} : { sipUsername: line.sip_username }),
    ...(line.mac_address === null ? {} : { macAddress: line.mac_address }),
  }
}
