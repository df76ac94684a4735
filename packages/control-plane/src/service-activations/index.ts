export {
  advanceActivation,
  advanceFound,
  countOpenActivations,
  findActivation,
  lockRested,
  lockResting,
  openActivation,
  activationsAfter,
  searchActivations,
} from './activation-queries.ts'
export type { ActivationLogEntry, ActivationProgress, ActivationRow, ActivationSearch, NewActivation } from './activation-queries.ts'
export { activationView, CARRIER_TYPES, ServiceActivationEventPage, ServiceActivationEventView } from './activation-view.ts'
export { ACTIVATION_STATUSES, isOpen, SERVICE_TYPES } from './service-activation.ts'
export type { ActivationDetails, ActivationStatus, EditableField, ServiceType } from './service-activation.ts'
export { ACTIVATION_PATH, ActivationPath, activationReference, serviceActivationOperations } from './v2-routes.ts'
