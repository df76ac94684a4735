import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { DIAL_PLAN_ACTIONS } from '../reference-data/index.ts'

const FUNCTIONS = [
  'CUSTOMER_SERVICE', 'DIRECTORY_ASSISTANCE', 'EMERGENCY_SERVICES', 'ESSENTIAL_COMMUNITY_SERVICES', 'NONURGENT_MUNICIPAL_GOVERNMENT_SERVICES',
  'NONURGENT_TELEHEALTH_SERVICES', 'OPERATOR', 'SPEED_DIAL', 'TELECOMMUNICATIONS_RELAY_SERVICE', 'TRAFFIC_INFORMATION', 'UNDERGROUND_PUBLIC_UTILITY_LOCATION',
] as const // prettier-ignore

const text = Type.Optional(Type.String({ maxLength: 64, pattern: '^[0-9*#+xX.A-Za-z{}|_-]*$' }))
const digits = Type.Optional(Type.Integer({ minimum: 0, maximum: 32 }))

/** What a code dialed by a user does (public-spec section 12). */
export const DialPlanRuleSchema = named(
  'DialPlanRule',
  Type.Object({
    id: Type.Optional(Type.String({ maxLength: 64 })),
    partitionId: Type.Optional(Type.String({ maxLength: 64 })),
    mask: Type.String({ minLength: 1, maxLength: 32, pattern: '^[0-9*#xX]+$' }),
    actionType: oneOf(DIAL_PLAN_ACTIONS),
    callNumber: text,
    endingMinimumLength: digits,
    endingMaximumLength: digits,
    translationMacro: text,
    disableCallerId: Type.Optional(Type.Boolean()),
    callerIdVisibilityOverride: Type.Optional(oneOf(['UseDestinationCallerIdEnabledSetting', 'Blocked', 'Unblocked'])),
    disableCallWaiting: Type.Optional(Type.Boolean()),
    overwriteCallerIdNumber: text,
    bypassAuthorization: Type.Optional(Type.Boolean()),
    outboundNumberFunction: Type.Optional(oneOf(FUNCTIONS)),
  }),
)
export type DialPlanRule = Static<typeof DialPlanRuleSchema>
