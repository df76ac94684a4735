export * from './message/index.ts'
export * from './digest/index.ts'
export type { RemoteAddress, TransportName } from './transport/remote-address.ts'
export { createSipStack } from './user-agent/create-sip-stack.ts'
export type { IncomingInvite, IncomingRequest, InviteProgressOptions, RespondOptions } from './user-agent/incoming-request.ts'
export type { OutgoingInvite, OutgoingInviteOptions } from './user-agent/outgoing-invite.ts'
export type { LegEvent, SipLeg } from './user-agent/sip-leg.ts'
export type {
  ListenFailure,
  ListeningAddress,
  RequestOptions,
  RequestOutcome,
  SipStack,
  SipStackLimits,
  SipStackOptions,
  SipStatistics,
} from './user-agent/sip-stack.ts'
