export * from './message/index.ts'
export * from './digest/index.ts'
export { createResolver, createSystemLookup, numericDestination, orderByWeight } from './resolver/index.ts'
export type { DnsAnswer, DnsLookup, NaptrRecord, Resolver, ResolverOptions, SipService, SrvRecord, SystemLookupOptions } from './resolver/index.ts'
export { isNamedBy, isReliable, isSecure, serverNameCallback } from './transport/index.ts'
export type {
  IdentityOfName,
  ListenFailure,
  NamedIdentity,
  ListeningPorts,
  RemoteAddress,
  SipNetwork,
  SipNetworkUser,
  TlsOptions,
  TransportName,
} from './transport/index.ts'
export { createSipStack } from './user-agent/create-sip-stack.ts'
export { formatReplaces, parseDialogReference, parseReplaces, parseTargetDialog } from './dialog/index.ts'
export type { Dialog, DialogReference, JoinedDialog, ReplacedDialog } from './dialog/index.ts'
export type { IncomingInvite, IncomingRequest, InviteProgressOptions, RequestHandlerOptions, RespondOptions } from './user-agent/incoming-request.ts'
export { partsOf } from './user-agent/multipart-body.ts'
export type { BodyPart } from './user-agent/multipart-body.ts'
export type { IncomingSubscription, NotificationBody, SubscribeHandlerOptions, SubscriptionEnd, SubscriptionOffer } from './user-agent/incoming-subscription.ts'
export type { FurtherAddress, OutgoingInvite, OutgoingInviteOptions, SilenceLimit } from './user-agent/outgoing-invite.ts'
export type { OutgoingSubscription, SubscribeOptions, SubscriptionNews } from './user-agent/outgoing-subscription.ts'
export type { ReferSubscription } from './user-agent/refer-subscription.ts'
export { placeOfKey } from './user-agent/message-owner.ts'
export { placeOfConnection } from './user-agent/shared-port.ts'
export { MAX_SHARING } from './user-agent/shared-port.ts'
export type { HandedOver, SharedPort } from './user-agent/shared-port.ts'
export type { LegEvent, SipLeg } from './user-agent/sip-leg.ts'
export type { StandingDialog } from './user-agent/standing-dialog.ts'
export { placeOfStanding, type StandingInvite, type StandingLeg } from './user-agent/standing-invite.ts'
export type {
  ListeningAddress,
  RequestOptions,
  RequestOutcome,
  SipStack,
  SipStackLimits,
  SipStackOptions,
  SipStatistics,
  SessionTimerOptions,
} from './user-agent/sip-stack.ts'
export type { Challenge, RequestGate } from './user-agent/request-gate.ts'
export type { Registration, RegistrationOptions, RegistrationState } from './user-agent/registration.ts'
