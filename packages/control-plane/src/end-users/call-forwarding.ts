import Type, { type Static } from 'typebox'
import { named } from '../http/index.ts'
import { type CallHandlingSettings, DEFAULT_CALL_HANDLING } from './call-handling.ts'
import type { EndUserAttributes } from './end-user.ts'

/** The four forwards of a user, as views of the one stored call handling (C-23). */
const Forward = Type.Object({ enabled: Type.Boolean({ default: false }), forwardToNumber: Type.Optional(Type.String({ maxLength: 24 })) })
export const CallForwarding = named(
  'CallForwarding',
  Type.Object({
    always: Type.Optional(Forward),
    busy: Type.Optional(Forward),
    noAnswer: Type.Optional(Type.Object({ ...Forward.properties, timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })) })),
    unregistered: Type.Optional(Forward),
  }),
)

type RingPhone = NonNullable<CallHandlingSettings['ringPhoneCallHandling']>

export function ringPhoneOf(user: EndUserAttributes): RingPhone {
  const { ringPhoneCallHandling } = user.callHandlingSettings
  const fallback = DEFAULT_CALL_HANDLING.ringPhoneCallHandling
  if (ringPhoneCallHandling !== undefined) return ringPhoneCallHandling
  if (fallback === undefined) throw new Error('the default call handling rings the phones')
  return fallback
}

export function withRingPhone(user: EndUserAttributes, ringPhoneCallHandling: RingPhone): EndUserAttributes {
  return { ...user, callHandlingSettings: { ...user.callHandlingSettings, ringPhoneCallHandling } }
}

export function forwardingOf(user: EndUserAttributes): Static<typeof CallForwarding> {
  const { callHandlingOptionType, forwardAlwaysToNumber } = user.callHandlingSettings
  const { busyCallHandling, noAnswerCallHandling, unregisteredCallHandling } = ringPhoneOf(user)
  const part = (action: { type: string; forwardToNumber?: string }) => ({
    enabled: action.type === 'Forward',
    ...(action.forwardToNumber === undefined ? {} : { forwardToNumber: action.forwardToNumber }),
  })
  return {
    always: { enabled: callHandlingOptionType === 'ForwardAlways', ...(forwardAlwaysToNumber === undefined ? {} : { forwardToNumber: forwardAlwaysToNumber }) },
    busy: part(busyCallHandling),
    noAnswer: { ...part(noAnswerCallHandling), ...(noAnswerCallHandling.timeout === undefined ? {} : { timeoutSeconds: noAnswerCallHandling.timeout }) },
    unregistered: part(unregisteredCallHandling),
  }
}

export function withForwarding(user: EndUserAttributes, body: Static<typeof CallForwarding>): EndUserAttributes {
  const ring = ringPhoneOf(user)
  const { always, busy, noAnswer, unregistered } = body
  const option = user.callHandlingSettings.callHandlingOptionType
  const changed = withRingPhone(user, {
    busyCallHandling: forwarded(ring.busyCallHandling, busy),
    noAnswerCallHandling: {
      ...forwarded(ring.noAnswerCallHandling, noAnswer),
      ...(noAnswer?.timeoutSeconds === undefined ? {} : { timeout: noAnswer.timeoutSeconds }),
    },
    unregisteredCallHandling: forwarded(ring.unregisteredCallHandling, unregistered),
  }).callHandlingSettings
  if (always === undefined) return { ...user, callHandlingSettings: changed }
  const forwardAlwaysToNumber = always.forwardToNumber ?? changed.forwardAlwaysToNumber
  return {
    ...user,
    callHandlingSettings: {
      ...changed,
      callHandlingOptionType: always.enabled ? 'ForwardAlways' : option === 'ForwardAlways' ? 'RingPhone' : option,
      ...(forwardAlwaysToNumber === undefined ? {} : { forwardAlwaysToNumber }),
    },
  }
}

/** A forward that is switched off leaves the call to voicemail. */
function forwarded<Action extends { type: string; forwardToNumber?: string }>(before: Action, wanted: Static<typeof Forward> | undefined) {
  if (wanted === undefined) return before
  const number = wanted.forwardToNumber ?? before.forwardToNumber
  const kept = number === undefined ? {} : { forwardToNumber: number }
  if (wanted.enabled) return { ...before, ...kept, type: 'Forward' as const }
  return { ...before, ...kept, type: before.type === 'Forward' ? ('Voicemail' as const) : before.type }
}
