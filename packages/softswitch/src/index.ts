export { findCarrier, findCarrierByContact } from './ports/find-carrier.ts'
export type {
  CarrierNumberRules,
  CarrierPeer,
  SwitchDomain,
  CarrierTarget,
  DtmfMode,
  GatewayStatus,
  LineCredentials,
  NumberOwner,
  PeerCertificate,
  SwitchDirectory,
  TrunkPeer,
} from './ports/switch-directory.ts'
export type { BindingChange, RegistrationStore, StoredBinding } from './ports/registration-store.ts'
export type { OccupancyBoard } from './ports/occupancy-board.ts'
export { FORGETFUL } from './ports/switch-memory.ts'
export type { MemoryChange, RememberedFact, SwitchMemory } from './ports/switch-memory.ts'
export { EVERYTHING_ALLOWED } from './ports/call-authorizer.ts'
export type { AuthorizationRequest, CallAuthorization, CallAuthorizer } from './ports/call-authorizer.ts'
export type {
  CallDirection,
  CallDisposition,
  CallRecord,
  CallRecordSink,
  CheckpointedRecord,
  LeftLeg,
  EmergencyFacts,
  RecordAuthorization,
} from './ports/call-record.ts'
export type { CarrierChange, CarrierNews, CarrierRegistration, EmergencyCall, GatewayProbe, RegistrationChange, SwitchEvents } from './ports/switch-events.ts'
export type { FaxAddress, ServiceAnswer, ServiceDesk, ServiceQuestion, ServiceTenant, StoredMessage } from './ports/service-desk.ts'
export type { CallRecorder, NewRecording } from './ports/call-recorder.ts'
export { promptIdsOf } from './services/phrase.ts'
export type { Phrase } from './services/phrase.ts'
export type { CallLimits, RegistrarLimits, Softswitch, SoftswitchOptions, SoftswitchStatistics } from './softswitch.ts'
export type { EdgeProtection } from './edge/edge-gate.ts'
export { DEFAULT_PROTECTION } from './edge/protect-edge.ts'
export type { MessageCounts } from './presence/message-waiting.ts'
export { LocationTable } from './registrar/location-table.ts'
export type { LocationTableDependencies } from './registrar/location-table.ts'
export { CALL_OPTIONS } from './calls/call-desk.ts'
export type {
  CallCommandResult,
  CallDoor,
  OriginateOrder,
  RecordAction,
  RecordOrder,
  SendFaxOrder,
  SuperviseOrder,
  QueueNow,
  TransferOrder,
  TransferResult,
} from './ports/call-door.ts'
export type { LineInCall, NotifyOrder, NotifyOutcome } from './ports/notify-order.ts'
export type { DescribedCall, DescribedEvent, DescribedLeg, DescribedMedia, DescribedMessage, RecentCall, RefusedDecision } from './ports/described-call.ts'
export { explainCall } from './explanation/explain-call.ts'
export type { ExplainNeeds } from './explanation/explain-call.ts'
export type {
  CallExplanation,
  ExplainedContact,
  ExplainedDecision,
  ExplainedEndpoint,
  ExplainedOutcome,
  ExplainQuestion,
  PaidLeg,
  ToldCarrier,
} from './ports/call-explanation.ts'
export { createSoftswitch } from './create-softswitch.ts'
export type { CallEvent } from './calls/state/call-event.ts'
