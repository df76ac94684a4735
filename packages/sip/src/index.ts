export * from './message/index.ts'
export * from './digest/index.ts'
export { numericDestination } from './resolver/index.ts'
export type { Resolver } from './resolver/index.ts'
export type { ListenFailure, RemoteAddress, TransportName } from './transport/index.ts'
export { createSipStack } from './user-agent/create-sip-stack.ts'
export type { IncomingInvite, IncomingRequest, InviteProgressOptions, RespondOptions } from './user-agent/incoming-request.ts'
export type { OutgoingInvite, OutgoingInviteOptions } from './user-agent/outgoing-invite.ts'
export type { LegEvent, SipLeg } from './user-agent/sip-leg.ts'
export type {
  ListeningAddress,
  RequestOptions,
  RequestOutcome,
  SipStack,
  SipStackLimits,
  SipStackOptions,
  SipStatistics,
} from './user-agent/sip-stack.ts'
