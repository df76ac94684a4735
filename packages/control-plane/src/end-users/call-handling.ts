import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'

/** How calls to a user are handled (public-spec section 8). The words are those of the provisioning API. */

export const CALL_HANDLING_OPTIONS = ['RingPhone', 'ForwardAlways', 'SimultaneousRing', 'FindMeFollowMe'] as const
const MAX_RING_SECONDS = 240

const dialable = Type.String({ pattern: '^[0-9+*#() .-]{2,24}$' })
const forwardTo = { forwardToNumber: Type.Optional(dialable), description: Type.Optional(Type.String({ maxLength: 256 })) }
/** Ours: who answers is connected after pressing 1 only. */
const confirmAnswer = { confirmAnswer: Type.Optional(Type.Boolean()) }
const CallHandling = Type.Object({ type: oneOf(['Forward', 'Voicemail', 'Busy']), ...forwardTo })
const CallHandlingWithTimeout = Type.Object({
  type: oneOf(['Forward', 'Voicemail', 'Busy', 'RingForever']),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_RING_SECONDS })),
  ...forwardTo,
})
const FindMeEndpoint = Type.Object({
  ringUserDevice: Type.Optional(Type.Boolean()),
  toNumber: Type.Optional(dialable),
  toUserId: Type.Optional(Type.String({ maxLength: 64 })),
  description: forwardTo.description,
  timeout: Type.Integer({ minimum: 1, maximum: MAX_RING_SECONDS }),
  continueOnBusy: Type.Optional(Type.Boolean()),
  ...confirmAnswer,
})
const TimedNumber = Type.Object({
  toNumber: dialable,
  ringDelay: Type.Integer({ minimum: 0, maximum: MAX_RING_SECONDS }),
  ringDuration: Type.Integer({ minimum: 1, maximum: MAX_RING_SECONDS }),
  continueOnBusy: Type.Optional(Type.Boolean()),
  ...confirmAnswer,
})

export const CallHandlingSettings = named(
  'CallHandlingSettings',
  Type.Object({
    callWaitingEnabled: Type.Boolean({ default: true }),
    doNotDisturbEnabled: Type.Boolean({ default: false }),
    callHandlingOptionType: Type.Unsafe<(typeof CALL_HANDLING_OPTIONS)[number]>({ type: 'string', enum: [...CALL_HANDLING_OPTIONS], default: 'RingPhone' }),
    forwardAlwaysToNumber: forwardTo.forwardToNumber,
    forwardAlwaysToNumberDescription: forwardTo.description,
    ringPhoneCallHandling: Type.Optional(
      Type.Object({ busyCallHandling: CallHandling, noAnswerCallHandling: CallHandlingWithTimeout, unregisteredCallHandling: CallHandling }),
    ),
    simultaneousRingCallHandling: Type.Optional(
      Type.Object({
        forwardToNumberList: Type.Optional(Type.Array(dialable, { maxItems: 20 })),
        forwardToTimedNumberList: Type.Optional(Type.Array(TimedNumber, { maxItems: 20 })),
        noAnswerCallHandling: CallHandlingWithTimeout,
        continueOnBusy: Type.Optional(Type.Boolean()),
        ...confirmAnswer,
      }),
    ),
    findMeFollowMeCallHandling: Type.Optional(
      Type.Object({ findMeEndpoints: Type.Array(FindMeEndpoint, { maxItems: 20 }), timeoutType: oneOf(['Forward', 'Voicemail', 'Busy', 'RingForever']) }),
    ),
  }),
)
export type CallHandlingSettings = Static<typeof CallHandlingSettings>

export const SCREENINGS = ['Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing'] as const
export const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7'] as const
const screen = Type.Unsafe<(typeof SCREENINGS)[number]>({ type: 'string', enum: [...SCREENINGS], default: 'Allow' })
const ringType = Type.Unsafe<(typeof RING_TYPES)[number]>({ type: 'string', enum: [...RING_TYPES], default: 'StandardRing' })

export const CallScreeningSettings = named(
  'CallScreeningSettings',
  Type.Object({
    anonymousCallScreen: screen,
    anonymousRingType: ringType,
    tollFreeCallScreen: screen,
    tollFreeRingType: ringType,
    defaultCallScreen: screen,
    defaultRingType: ringType,
    customCallScreenList: Type.Optional(
      Type.Array(Type.Object({ telephoneNumber: Type.String({ maxLength: 24 }), blockType: oneOf(SCREENINGS), ringType: Type.Optional(oneOf(RING_TYPES)) }), {
        maxItems: 500,
      }),
    ),
    /** Where every screening of the kind Forward leads to. */
    forwardTn: Type.Optional(dialable),
  }),
)
export type CallScreeningSettings = Static<typeof CallScreeningSettings>

export const CallerIdConfig = named(
  'CallerIdConfig',
  Type.Object({
    callerIdNumber: Type.Optional(Type.String({ pattern: '^[0-9+() .-]{10,20}$' })),
    externalCallerIdVisible: Type.Boolean({ default: false }),
    extensionCallerIdVisible: Type.Boolean({ default: true }),
    callerIdNumberReservationId: Type.Optional(Type.String({ maxLength: 64 })),
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
