import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { named, oneOf } from '../http/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import { CALL_HANDLING_OPTIONS, CallerIdConfig, CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'
import { CallHandlingSchedule } from './call-handling-schedule.ts'
import { END_USER_TYPES, type EndUserAttributes, type EndUserRequest, SOFTPHONE_CLIENT_TYPES, USER_PRODUCT_PLANS } from './end-user.ts'

/** The reference page writes `findMeFollowMe` with a small letter: both are taken, the capital one is kept. */
const anyCase = Type.Unsafe<string>({
  type: 'string',
  enum: [...CALL_HANDLING_OPTIONS, ...CALL_HANDLING_OPTIONS.map((option) => option.charAt(0).toLowerCase() + option.slice(1))],
  default: 'RingPhone',
})
const HandlingBody = Type.Object({ ...CallHandlingSettings.properties, callHandlingOptionType: anyCase })
const ScheduleBody = Type.Object({ ...CallHandlingSchedule.properties, callHandling: HandlingBody })

export const EndUserBody = named(
  'EndUserRequest',
  Type.Object({
    firstName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    lastName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    username: Type.Optional(Type.String({ minLength: 3, maxLength: 256, pattern: '^[A-Za-z0-9@._+-]+$' })),
    emailAddress: Type.Optional(Type.String({ maxLength: 256, format: 'email' })),
    languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
    timeZone: Type.Optional(Type.String({ maxLength: 64 })),
    extension: Type.Optional(Type.String({ maxLength: 8 })),
    endUserType: Type.Optional(oneOf(END_USER_TYPES)),
    userProductPlan: Type.Optional(oneOf(USER_PRODUCT_PLANS)),
    allowPortalAccess: Type.Optional(Type.Boolean()),
    blockEmail: Type.Optional(Type.Boolean()),
    callerIdConfig: Type.Optional(CallerIdConfig),
    callHandlingSettings: Type.Optional(HandlingBody),
    callScreeningSettings: Type.Optional(CallScreeningSettings),
    callHandlingSchedules: Type.Optional(Type.Array(ScheduleBody, { maxItems: 100 })),
    /** Another box of the account; `null` in a patch: none. */
    voicemailBoxId: Type.Optional(Type.String({ maxLength: 64 })),
    newCppId: Type.Optional(Type.String({ maxLength: 64 })),
    mediaFriends: Type.Optional(
      Type.Object({
        enabled: Type.Boolean({ default: false }),
        host: Type.Optional(Type.String({ maxLength: 256, pattern: '^[A-Za-z0-9.:\\[\\]-]+$' })),
        toNumber: Type.Optional(Type.String({ pattern: '^[0-9+]{2,20}$' })),
      }),
    ),
    softphoneClientType: Type.Optional(oneOf(SOFTPHONE_CLIENT_TYPES)),
    pinLockedOut: Type.Optional(Type.Boolean({ description: 'false opens the box again; nobody locks it by writing true' })),
    tags: Type.Optional(Type.String({ maxLength: 1024 })),
    group: Type.Optional(Type.Object({ id: Type.String({ maxLength: 64 }) })),
  }),
)

/** From the words of this surface to those of the domain. */
export function requestOf(body: Static<typeof EndUserBody>): Result<EndUserRequest, ApiFailure> {
  const timeZone = body.timeZone === undefined ? undefined : normalizeTimeZone(body.timeZone)
  if (body.timeZone !== undefined && timeZone === undefined)
    return err(invalidField('timeZone', `"${body.timeZone}" is unknown`, 'one of GET /v2/ref/timezones'))
  const written = body.callerIdConfig?.callerIdNumber
  const callerIdNumber = written === undefined ? undefined : normalizePhoneNumber(written)
  if (written !== undefined && callerIdNumber === undefined)
    return err(invalidField('callerIdConfig.callerIdNumber', 'is no telephone number', '10 or 11 digits', 'InvalidCallerIdNumber'))
  const { newCppId: _plan, group, callHandlingSettings, callHandlingSchedules, callerIdConfig, ...request } = body
  return ok({
    ...request,
    timeZone,
    groupId: group?.id,
    callerIdConfig: callerIdConfig === undefined || callerIdNumber === undefined ? callerIdConfig : { ...callerIdConfig, callerIdNumber },
    callHandlingSettings: callHandlingSettings === undefined ? undefined : handlingOf(callHandlingSettings),
    callHandlingSchedules: callHandlingSchedules?.map(({ schedule, callHandling }) => ({ schedule, callHandling: handlingOf(callHandling) })),
  })
}

/** What a patch is merged into. */
export function bodyOf({ groupId, ...user }: EndUserAttributes): Record<string, unknown> {
  const body = { ...user, ...(groupId === undefined ? {} : { group: { id: groupId } }) }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null))
}

function handlingOf(settings: Static<typeof HandlingBody>): CallHandlingSettings {
  const written = settings.callHandlingOptionType.toLowerCase()
  return { ...settings, callHandlingOptionType: CALL_HANDLING_OPTIONS.find((option) => option.toLowerCase() === written) ?? 'RingPhone' }
}
