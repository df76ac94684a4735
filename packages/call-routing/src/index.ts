export { offNetCategoryOf } from './carrier-selection/call-category.ts'
export type { CallCategory } from './carrier-selection/call-category.ts'
export { decideRoute } from './decide-route.ts'
export type {
  CarrierVerdict,
  DecisionStep,
  Diversion,
  EmergencyVerdict,
  OnNetVerdict,
  RejectCode,
  RejectVerdict,
  RingVerdict,
  RouteDecision,
  RouteVerdict,
} from './route-decision.ts'
export type { CallerIdentity, NumberOwner, OriginatingCall, RouteAttempt, RouteFacts, TerminatingCall } from './route-facts.ts'
export type {
  AccountStatus,
  CallHandling,
  EmergencyLocation,
  RingOutcomeAction,
  RoutingCarrier,
  LineCallerId,
  RoutingLine,
  RoutingNumber,
  RoutingSnapshot,
  RoutingUser,
} from './routing-snapshot.ts'
