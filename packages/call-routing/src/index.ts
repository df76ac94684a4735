export { isFinalCarrierAnswer } from './carrier-selection/carrier-answer.ts'
export { NO_SERVICES } from './account-services.ts'
export type { AccountServices, CallTarget, EmergencyCaller, RecordingPolicy, RecordingRule, RoutingFaxLine, RoutingVoicemailBox } from './account-services.ts'
export { CALLBACK_WINDOW_MS } from './terminating/decide-callback.ts'
export type { CallHandling, FindMe, FindMeEndpoint, NoAnswerAction, RingOutcomeAction, RungNumber, SimultaneousRing } from './call-handling.ts'
export type { DirectoryEntry, MenuHours, MenuSound, MenuStep, RoutingMenu } from './menu.ts'
export { agentsOf, isStaffed } from './queue.ts'
export type { AgentDuty, QueueAgent, RoutingQueue } from './queue.ts'
export type { RoutingPickupGroup } from './pickup-group.ts'
export { mayPickUpLine } from './dial-plan/pickup-codes.ts'
export type { RoutingParkingSpot } from './parking.ts'
export type { CallsOfAccount, LastCaller, OtherCall, RingingCall, TakenCall } from './taken-call.ts'
export { offNetCategoryOf } from './carrier-selection/call-category.ts'
export type { CallCategory } from './carrier-selection/call-category.ts'
export type { RoutingConferenceRoom } from './conference-room.ts'
export { supervisionTarget } from './supervision.ts'
export type { RoutingSupervision, SupervisedCall, SupervisionMode } from './supervision.ts'
export { outranks } from './paging-group.ts'
export type { PageType, RoutingPagingGroup } from './paging-group.ts'
export { callInto } from './terminating/call-into.ts'
export { decideRoute } from './decide-route.ts'
export type {
  AlsoCalled,
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
  ServeVerdict,
  TakeVerdict,
} from './route-decision.ts'
export type { RoutingTrunkForwards, RoutingTrunkGroup } from './trunk-forwards.ts'
export type { RoutingForwardCode } from './forward-code.ts'
export type { DialPlanRule } from './dial-plan/dial-plan-rule.ts'
export type { ForwardWhen, ScreenAction, SettingChange } from './dial-plan/setting-change.ts'
export type { RoutingLineHandling } from './line-handling.ts'
export type { FirstMemberVoicemail, RingGroupMember, RingGroupOverflow, RingStrategy, RoutingRingGroup } from './ring-group.ts'
export type { RoutingTrunk, TrunkAddress, TrunkMedia } from './routing-trunk.ts'
export type { HandlingSchedule, ScheduleSpan } from './schedule/handling-schedule.ts'
export { localTimeAt } from './schedule/local-time.ts'
export type { LocalTime, WeekDay } from './schedule/local-time.ts'
export type { CallScreen, CallScreening, RingType } from './screening/call-screening.ts'
export type { ServiceOrder } from './service-order.ts'
export type {
  CallerIdentity,
  CarrierState,
  ContinuingCall,
  GroupFacts,
  NumberOwner,
  OriginatingCall,
  RouteAttempt,
  RouteFacts,
  TerminatingCall,
} from './route-facts.ts'
export type {
  AccountStatus,
  CarrierCost,
  EmergencyLocation,
  RoutingCarrier,
  LineCallerId,
  RoutingLine,
  RoutingNumber,
  RoutingSnapshot,
  RoutingUser,
} from './routing-snapshot.ts'
