import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import {
  ACTIVE_CALL_HANDLINGS,
  type CallHandling,
  DEFAULT_CALL_HANDLING,
  DEFAULT_RING_SECONDS,
  RING_FAILOVER_TYPES,
  RING_TIMEOUT_TYPES,
  type RingFailoverAction,
  type RingTimeout,
} from './call-handling.ts'

const MAX_RING_SECONDS = 600

export const PhoneNumber = Type.Optional(Type.String({ pattern: '^\\d*$', maxLength: 32 }))
const Action = named('RingFailoverAction', Type.Object({ '@type': oneOf(RING_FAILOVER_TYPES), forwardToPhoneNumber: PhoneNumber }))
const Timeout = named(
  'RingTimeoutConfiguration',
  Type.Object({
    '@type': oneOf(RING_TIMEOUT_TYPES),
    timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_RING_SECONDS })),
    noAnswerAction: Type.Optional(Action),
  }),
)
const BoxId = Type.Optional(Type.String({ maxLength: 64 }))

export const CallHandlingBody = named(
  'BusinessLineCallHandlingRequest',
  Type.Object({
    activeCallHandling: oneOf(ACTIVE_CALL_HANDLINGS),
    callWaitingEnabled: Type.Optional(Type.Boolean()),
    busyFailoverAction: Type.Optional(Action),
    unregisteredFailoverAction: Type.Optional(Action),
    ringTimeoutConfiguration: Type.Optional(Timeout),
    forwardToPhoneNumber: PhoneNumber,
    voicemailBoxId: BoxId,
    /** As the table of the guide spells it (S1-108, conflicts section 9). */
    voicemailBoxID: BoxId,
  }),
)

export const CallHandlingView = named(
  'BusinessLineCallHandling',
  Type.Object({
    activeCallHandling: oneOf(ACTIVE_CALL_HANDLINGS),
    callWaitingEnabled: Type.Boolean(),
    busyFailoverAction: Action,
    unregisteredFailoverAction: Action,
    ringTimeoutConfiguration: Timeout,
    forwardToPhoneNumber: Type.Optional(Type.String()),
    voicemailBoxId: Type.Optional(Type.String()),
  }),
)

/** What is left out is as in a new line. */
export function readCallHandling(body: Static<typeof CallHandlingBody>): CallHandling {
  return {
    activeCallHandling: body.activeCallHandling,
    callWaitingEnabled: body.callWaitingEnabled ?? DEFAULT_CALL_HANDLING.callWaitingEnabled,
    busyFailoverAction: body.busyFailoverAction === undefined ? DEFAULT_CALL_HANDLING.busyFailoverAction : readAction(body.busyFailoverAction),
    unregisteredFailoverAction:
      body.unregisteredFailoverAction === undefined ? DEFAULT_CALL_HANDLING.unregisteredFailoverAction : readAction(body.unregisteredFailoverAction),
    ringTimeoutConfiguration:
      body.ringTimeoutConfiguration === undefined ? DEFAULT_CALL_HANDLING.ringTimeoutConfiguration : readTimeout(body.ringTimeoutConfiguration),
    forwardToPhoneNumber: written(body.forwardToPhoneNumber),
    voicemailBoxId: written(body.voicemailBoxId ?? body.voicemailBoxID),
  }
}

export function callHandlingView({ forwardToPhoneNumber, voicemailBoxId, ...rest }: CallHandling) {
  return {
    ...rest,
    ...(forwardToPhoneNumber === undefined ? {} : { forwardToPhoneNumber }),
    ...(voicemailBoxId === undefined ? {} : { voicemailBoxId }),
  }
}

/** `''` is nothing, as everywhere. */
export function written(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function readAction(body: Static<typeof Action>): RingFailoverAction {
  const number = body['@type'] === 'ForwardRingFailoverAction' ? written(body.forwardToPhoneNumber) : undefined
  return { '@type': body['@type'], ...(number === undefined ? {} : { forwardToPhoneNumber: number }) }
}

function readTimeout(body: Static<typeof Timeout>): RingTimeout {
  if (body['@type'] === 'UnlimitedRingTimeoutConfiguration') return { '@type': body['@type'] }
  return {
    '@type': body['@type'],
    timeoutSeconds: body.timeoutSeconds ?? DEFAULT_RING_SECONDS,
    ...(body.noAnswerAction === undefined ? {} : { noAnswerAction: readAction(body.noAnswerAction) }),
  }
}
