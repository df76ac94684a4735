import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static, type TSchema } from 'typebox'
import { type ApiFailure, entityNotFound, invalidFields, pascalCase } from '../failures/index.ts'
import { accountOperation, checkSchema, named, type Operation } from '../http/index.ts'
import { CallForwarding, forwardingOf, ringPhoneOf, withForwarding, withRingPhone } from './call-forwarding.ts'
import { CallScreeningSettings } from './call-handling.ts'
import type { EndUserAttributes, EndUserRequest } from './end-user.ts'
import { attributesOf } from './end-user-attributes.ts'
import { findEndUser } from './end-user-queries.ts'
import { updateEndUser } from './update-end-user.ts'

/**
 * Parts of a user under the words of the other documentation set: other views of the one stored call handling (C-23).
 * They exist on `/enduser` only, where that set has them.
 */
const VoicemailSettings = named(
  'VoicemailSettings',
  Type.Object({
    enabled: Type.Boolean(),
    noAnswerTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
    voicemailBoxId: Type.Optional(Type.String()),
    pinLockedOut: Type.Optional(Type.Boolean({ description: 'false opens the box again; nobody locks it by writing true' })),
  }),
)
const Features = named(
  'UserFeatures',
  Type.Object({
    callWaiting: Type.Optional(Type.Boolean()),
    doNotDisturb: Type.Optional(Type.Boolean()),
    callForwarding: Type.Optional(Type.Boolean()),
    voicemail: Type.Optional(Type.Boolean()),
    simultaneousRing: Type.Optional(Type.Boolean()),
    findMeFollowMe: Type.Optional(Type.Boolean()),
  }),
)

/** What else a switch needs before it can stand as it was asked for. */
const NEEDED: Readonly<Record<string, string>> = {
  enabled: 'true for a user with a voicemail box whom nobody forwards when he does not answer',
  voicemail: 'as `enabled` of …/voicemail',
  callForwarding: 'true with a number to forward to: …/callforwarding',
  simultaneousRing: 'one of simultaneousRing, findMeFollowMe and forwarding always',
  findMeFollowMe: 'one of simultaneousRing, findMeFollowMe and forwarding always',
}

const ITEM = '/v2/partition/:partitionId/account/:accountId/enduser/:userId'
const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String() })

export const endUserSettingOperations: readonly Operation[] = [
  ...setting('voicemail', 'voicemail settings', VoicemailSettings, voicemailOf, withVoicemail),
  ...setting('callforwarding', 'call forwarding', CallForwarding, forwardingOf, withForwarding),
  ...setting(
    'callscreening',
    'call screening',
    CallScreeningSettings,
    (user) => user.callScreeningSettings,
    (user, callScreeningSettings) => ({ ...user, callScreeningSettings }),
  ),
  ...setting('features', 'features', Features, featuresOf, withFeatures),
]

function setting<Schema extends TSchema>(
  path: string,
  what: string,
  schema: Schema,
  viewOf: (user: EndUserAttributes) => Static<Schema>,
  applied: (user: EndUserAttributes, body: Static<Schema>) => EndUserAttributes,
): readonly Operation[] {
  const common = { path: `${ITEM}/${path}`, tag: 'End User', params: UserPath, responses: { 200: schema } }
  const requires = (level: 'READ' | 'EDIT') => ({ permission: 'EU_User' as const, level, own: { permission: 'EU_User' as const, parameter: 'userId' } })
  return [
    accountOperation({
      ...common,
      method: 'GET',
      summary: `Read the ${what} of a user`,
      requires: requires('READ'),
      handle: async (context, { scope, params }) => {
        const row = await findEndUser(context.database.sql, scope, params.userId)
        return row === undefined ? err(entityNotFound('EndUser', params.userId)) : ok({ status: 200, body: viewOf(attributesOf(row)) })
      },
    }),
    accountOperation({
      ...common,
      method: 'PUT',
      summary: `Change the ${what} of a user`,
      requires: requires('EDIT'),
      body: schema,
      handle: async (context, { principal, scope, params, body }) => {
        const revise = (before: EndUserAttributes): Result<EndUserRequest, ApiFailure> => {
          const checked = checkSchema(schema, body)
          if (!checked.ok) return checked
          const changed = applied(before, checked.value)
          const refused = notTaken(checked.value, viewOf(changed))
          return refused === undefined ? ok(changed) : err(refused)
        }
        const updated = await updateEndUser(context, principal, scope, params.userId, revise)
        return updated.ok ? ok({ status: 200, body: viewOf(attributesOf(updated.value)) }) : updated
      },
    }),
  ]
}

/** A switch that would not stand as it was asked for is refused, not passed over. */
function notTaken(asked: unknown, shown: unknown): ApiFailure | undefined {
  const is = shown as Readonly<Record<string, unknown>>
  const left = Object.entries(asked as object).filter(([field, value]) => Object.hasOwn(NEEDED, field) && is[field] !== value)
  const problems = left.map(([field, value]) => ({
    field,
    code: `Invalid${pascalCase(field)}`,
    reason: `cannot be ${value} as things are`,
    rule: NEEDED[field] ?? '',
  }))
  return problems.length === 0 ? undefined : invalidFields(problems)
}

function voicemailOf(user: EndUserAttributes): Static<typeof VoicemailSettings> {
  const { noAnswerCallHandling: noAnswer } = ringPhoneOf(user)
  const boxId = user.voicemailBoxId ?? undefined
  return {
    enabled: boxId !== undefined && noAnswer.type === 'Voicemail',
    ...(noAnswer.timeout === undefined ? {} : { noAnswerTimeoutSeconds: noAnswer.timeout }),
    ...(boxId === undefined ? {} : { voicemailBoxId: boxId }),
    pinLockedOut: user.pinLockedOut,
  }
}

/** Off: callers hear the busy tone. What forwards stays as it is. */
function withVoicemail(user: EndUserAttributes, body: Static<typeof VoicemailSettings>): EndUserAttributes {
  const [from, to] = body.enabled ? (['Busy', 'Voicemail'] as const) : (['Voicemail', 'Busy'] as const)
  const { busyCallHandling: busy, noAnswerCallHandling: noAnswer, unregisteredCallHandling: unregistered } = ringPhoneOf(user)
  const timeout = body.noAnswerTimeoutSeconds ?? noAnswer.timeout
  const changed = withRingPhone(user, {
    busyCallHandling: busy.type === from ? { type: to } : busy,
    noAnswerCallHandling: {
      ...(noAnswer.type === from || noAnswer.type === 'RingForever' ? { type: to } : noAnswer),
      ...(timeout === undefined ? {} : { timeout }),
    },
    unregisteredCallHandling: unregistered.type === from ? { type: to } : unregistered,
  })
  return {
    ...changed,
    ...(body.voicemailBoxId === undefined ? {} : { voicemailBoxId: body.voicemailBoxId }),
    ...(body.pinLockedOut === false ? { pinLockedOut: false } : {}),
  }
}

function featuresOf(user: EndUserAttributes): Static<typeof Features> {
  const { callWaitingEnabled, doNotDisturbEnabled, callHandlingOptionType: option } = user.callHandlingSettings
  const { always, busy, noAnswer, unregistered } = forwardingOf(user)
  return {
    callWaiting: callWaitingEnabled,
    doNotDisturb: doNotDisturbEnabled,
    callForwarding: [always, busy, noAnswer, unregistered].some((forward) => forward?.enabled === true),
    voicemail: voicemailOf(user).enabled,
    simultaneousRing: option === 'SimultaneousRing',
    findMeFollowMe: option === 'FindMeFollowMe',
  }
}

/** Those that need no more than a switch; what needs numbers has its own place. */
function withFeatures(user: EndUserAttributes, body: Static<typeof Features>): EndUserAttributes {
  const unforwarded = body.callForwarding === false ? withForwarding(user, NOT_FORWARDED) : user
  const changed = body.voicemail === undefined ? unforwarded : withVoicemail(unforwarded, { enabled: body.voicemail })
  const settings = changed.callHandlingSettings
  return {
    ...changed,
    callHandlingSettings: {
      ...settings,
      callWaitingEnabled: body.callWaiting ?? settings.callWaitingEnabled,
      doNotDisturbEnabled: body.doNotDisturb ?? settings.doNotDisturbEnabled,
      callHandlingOptionType: ringingOf(settings.callHandlingOptionType, body),
    },
  }
}

const OFF = { enabled: false }
const NOT_FORWARDED = { always: OFF, busy: OFF, noAnswer: OFF, unregistered: OFF }
type Option = EndUserAttributes['callHandlingSettings']['callHandlingOptionType']

/** Which way of ringing is chosen; the one that is switched off gives way to the user's own phones. */
function ringingOf(before: Option, { simultaneousRing, findMeFollowMe }: Static<typeof Features>): Option {
  if (simultaneousRing === true) return 'SimultaneousRing'
  if (findMeFollowMe === true) return 'FindMeFollowMe'
  const isOff = (before === 'SimultaneousRing' && simultaneousRing === false) || (before === 'FindMeFollowMe' && findMeFollowMe === false)
  return isOff ? 'RingPhone' : before
}
