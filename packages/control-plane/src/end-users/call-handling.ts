import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'

/** How calls to a user are handled (public-spec section 8). The words are those of the provisioning API. */

const forwardTo = { forwardToNumber: Type.Optional(Type.String({ pattern: '^[0-9+*#]{2,20}$' })), description: Type.Optional(Type.String({ maxLength: 256 })) }

const CallHandling = Type.Object({ type: oneOf(['Forward', 'Voicemail', 'Busy']), ...forwardTo })
const CallHandlingWithTimeout = Type.Object({
  type: oneOf(['Forward', 'Voicemail', 'Busy', 'RingForever']),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
  ...forwardTo,
})

export const CallHandlingSettings = named(
  'CallHandlingSettings',
  Type.Object({
    callWaitingEnabled: Type.Boolean({ default: true }),
    doNotDisturbEnabled: Type.Boolean({ default: false }),
    callHandlingOptionType: Type.Unsafe<'RingPhone' | 'ForwardAlways' | 'SimultaneousRing' | 'FindMeFollowMe'>({
      type: 'string',
      enum: ['RingPhone', 'ForwardAlways', 'SimultaneousRing', 'FindMeFollowMe'],
      default: 'RingPhone',
    }),
    forwardAlwaysToNumber: forwardTo.forwardToNumber,
    forwardAlwaysToNumberDescription: forwardTo.description,
    ringPhoneCallHandling: Type.Optional(
      Type.Object({ busyCallHandling: CallHandling, noAnswerCallHandling: CallHandlingWithTimeout, unregisteredCallHandling: CallHandling }),
    ),
    simultaneousRingCallHandling: Type.Optional(
      Type.Object({ forwardToNumberList: Type.Array(Type.String({ maxLength: 20 }), { maxItems: 20 }), noAnswerCallHandling: CallHandlingWithTimeout }),
    ),
    findMeFollowMeCallHandling: Type.Optional(
      Type.Object({
        findMeEndpoints: Type.Array(
          Type.Object({
            ringUserDevice: Type.Optional(Type.Boolean()),
            toNumber: Type.Optional(Type.String({ maxLength: 20 })),
            toUserId: Type.Optional(Type.String({ maxLength: 64 })),
            description: forwardTo.description,
            timeout: Type.Integer({ minimum: 1, maximum: 240 }),
          }),
          { maxItems: 20 },
        ),
        timeoutType: oneOf(['Forward', 'Voicemail', 'Busy', 'RingForever']),
      }),
    ),
  }),
)
export type CallHandlingSettings = Static<typeof CallHandlingSettings>

const SCREENING = ['Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing'] as const
const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7'] as const
const screen = Type.Unsafe<(typeof SCREENING)[number]>({ type: 'string', enum: [...SCREENING], default: 'Allow' })
const ringType = Type.Unsafe<(typeof RING_TYPES)[number]>({ type: 'string', enum: [...RING_TYPES], default: 'StandardRing' })
const forwardTn = Type.Optional(Type.String({ pattern: '^[0-9+]{2,20}$' }))

export const CallScreeningSettings = named(
  'CallScreeningSettings',
  Type.Object({
    anonymousCallScreen: screen,
    anonymousRingType: ringType,
    anonymousForwardTn: forwardTn,
    tollFreeCallScreen: screen,
    tollFreeRingType: ringType,
    tollFreeForwardTn: forwardTn,
    defaultCallScreen: screen,
    defaultRingType: ringType,
    defaultForwardTn: forwardTn,
    customCallScreens: Type.Optional(
      Type.Array(
        Type.Object({ telephoneNumber: Type.String({ maxLength: 20 }), blockType: oneOf(SCREENING), ringType: Type.Optional(oneOf(RING_TYPES)), forwardTn }),
        { maxItems: 500 },
      ),
    ),
  }),
)
export type CallScreeningSettings = Static<typeof CallScreeningSettings>

export const CallerIdConfig = named(
  'CallerIdConfig',
  Type.Object({
    callerIdNumber: Type.Optional(Type.String({ pattern: '^[0-9+() .-]{10,20}$' })),
    externalCallerIdVisible: Type.Boolean({ default: false }),
    extensionCallerIdVisible: Type.Boolean({ default: true }),
  }),
)
export type CallerIdConfig = Static<typeof CallerIdConfig>

const NO_ANSWER_TIMEOUT_SECONDS = 20

/** What a new user starts with (S1-58). */
export const DEFAULT_CALL_HANDLING: CallHandlingSettings = {
  callWaitingEnabled: true,
  doNotDisturbEnabled: false,
  callHandlingOptionType: 'RingPhone',
  ringPhoneCallHandling: {
    busyCallHandling: { type: 'Voicemail' },
    noAnswerCallHandling: { type: 'Voicemail', timeout: NO_ANSWER_TIMEOUT_SECONDS },
    unregisteredCallHandling: { type: 'Voicemail' },
  },
}

/** S1-59. */
export const DEFAULT_CALL_SCREENING: CallScreeningSettings = {
  anonymousCallScreen: 'Allow',
  anonymousRingType: 'StandardRing',
  tollFreeCallScreen: 'Allow',
  tollFreeRingType: 'StandardRing',
  defaultCallScreen: 'Allow',
  defaultRingType: 'StandardRing',
}

/** S1-57. */
export const DEFAULT_CALLER_ID: CallerIdConfig = { externalCallerIdVisible: false, extensionCallerIdVisible: true }
