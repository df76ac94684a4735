import type { CallerIdConfig, CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'
import type { CallHandlingSchedule } from './call-handling-schedule.ts'
import type { EndUserAttributes, MediaFriends } from './end-user.ts'
import type { EndUserRow } from './end-user-queries.ts'

/** The attributes stored in a row, in the words of the domain. */
export function attributesOf(row: EndUserRow): EndUserAttributes {
  return {
    firstName: row.first_name,
    lastName: row.last_name,
    username: row.username ?? undefined,
    emailAddress: row.email_address ?? undefined,
    languageTag: row.language_tag,
    timeZone: row.time_zone,
    extension: row.extension ?? undefined,
    endUserType: row.end_user_type as EndUserAttributes['endUserType'],
    userProductPlan: (row.user_product_plan ?? undefined) as EndUserAttributes['userProductPlan'],
    allowPortalAccess: row.allow_portal_access,
    blockEmail: row.block_email,
    callerIdConfig: row.caller_id_config as CallerIdConfig,
    callHandlingSettings: row.call_handling_settings as CallHandlingSettings,
    callScreeningSettings: row.call_screening_settings as CallScreeningSettings,
    callHandlingSchedules: row.call_handling_schedules as readonly CallHandlingSchedule[],
    voicemailBoxId: row.voicemail_box_id,
    mediaFriends: (row.media_friends ?? undefined) as MediaFriends | undefined,
    softphoneClientType: (row.softphone_client_type ?? undefined) as EndUserAttributes['softphoneClientType'],
    tags: row.tags ?? undefined,
    groupId: row.user_group_id ?? undefined,
    pinLockedOut: row.pin_locked_out,
  }
}
