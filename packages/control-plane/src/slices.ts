import type { Operation } from './http/index.ts'
import type { JobWorker } from './jobs/index.ts'
import { callRecordingOperations } from './call-recordings/index.ts'
import { accessRuleOperations } from './access-rules/index.ts'
import { accountUserOperations } from './account-users/index.ts'
import { userGroupOperations } from './user-groups/index.ts'
import { usedByOperations } from './account-objects/index.ts'
import { activationHoldOperations } from './activation-holds/index.ts'
import { accountOperations, statusChangeWorker } from './accounts/index.ts'
import { addressOperations } from './addresses/index.ts'
import { conferenceRoomOperations } from './conference-rooms/index.ts'
import { huntGroupOperations } from './business-line-hunt-groups/index.ts'
import { businessLineOperations } from './business-lines/index.ts'
import { auditOperations } from './audit/index.ts'
import { callGroupOperations } from './call-groups/index.ts'
import { fraudGuardOperations } from './call-authorization/index.ts'
import { callSupervisionOperations } from './call-supervision/index.ts'
import { callRecordCsvWorker, callRecordOperations } from './call-records/index.ts'
import { callQueueOperations } from './call-queues/index.ts'
import { callingPlanOperations, callingPlanProductOperations } from './calling-plans/index.ts'
import { deviceInventoryOperations, deviceInventoryWorkers } from './device-inventory/index.ts'
import { deviceLineOperations } from './device-lines/index.ts'
import { emergencyComplianceOperations } from './emergency-compliance/index.ts'
import { emergencyNotificationOperations } from './emergency-notifications/index.ts'
import { endUserOperations } from './end-users/index.ts'
import { extensionDirectoryOperations } from './extension-directory/index.ts'
import { generalHuntGroupOperations } from './hunt-groups/index.ts'
import { inboundRatePlanOperations } from './inbound-rate-plans/index.ts'
import { ivrOperations } from './ivrs/index.ts'
import { jobOperations } from './jobs/index.ts'
import { liveCallOperations } from './live-calls/index.ts'
import { localCallingAreaOperations } from './local-calling-areas/index.ts'
import { messageOperations } from './messages/index.ts'
import { numberAssignmentOperations } from './number-assignments/index.ts'
import { numberOrderOperations } from './number-orders/index.ts'
import { rateCenterOperations, rateCenterWorkers } from './rate-centers/index.ts'
import { numberInventoryOperations, numberInventoryWorkers } from './number-inventory/index.ts'
import { pagingGroupOperations } from './paging-groups/index.ts'
import { parkingSpotOperations } from './parking-spots/index.ts'
import { holdMusicUploadWorker, mediaOperations } from './media/index.ts'
import { managementUserOperations } from './management-users/index.ts'
import { programKeyOperations } from './program-keys/index.ts'
import { partitionOperations } from './partitions/index.ts'
import { reportOperations, reportWorker } from './reports/index.ts'
import { roleOperations } from './roles/index.ts'
import { pickupGroupOperations } from './pickup-groups/index.ts'
import { portOperations, withPorts } from './ports/index.ts'
import { prevalidationOperations } from './prevalidation/index.ts'
import { referenceDataOperations } from './reference-data/index.ts'
import { routingExplanationOperations } from './routing-explanations/index.ts'
import { serviceActivationOperations } from './service-activations/index.ts'
import { carrierTrunkOperations } from './carrier-trunks/index.ts'
import { sipTrunkGroupOperations } from './sip-trunk-groups/index.ts'
import { sipTrunkOperations } from './sip-trunks/index.ts'
import { specialtyLineOperations } from './specialty-lines/index.ts'
import { telephonyResourceOperations } from './telephony-resources/index.ts'
import { telephoneNumberOperations } from './telephone-numbers/index.ts'
import { userSoftphoneOperations } from './user-softphones/index.ts'
import { virtualFaxOperations } from './virtual-fax-lines/index.ts'
import { voicemailOperations } from './voicemail-boxes/index.ts'
import { webhookOperations } from './webhooks/index.ts'

/** What every slice answers over HTTP: a slice a line. */
export const SLICE_OPERATIONS: readonly Operation[] = [
  ...accountOperations,
  ...fraudGuardOperations,
  ...addressOperations,
  ...auditOperations,
  ...businessLineOperations,
  ...huntGroupOperations,
  ...callGroupOperations,
  ...callQueueOperations,
  ...callRecordOperations,
  ...conferenceRoomOperations,
  ...carrierTrunkOperations,
  ...callRecordingOperations,
  ...callingPlanOperations,
  ...callingPlanProductOperations,
  ...deviceLineOperations,
  ...endUserOperations,
  ...userSoftphoneOperations,
  ...extensionDirectoryOperations,
  ...generalHuntGroupOperations,
  ...inboundRatePlanOperations,
  ...ivrOperations,
  ...jobOperations,
  ...liveCallOperations,
  ...callSupervisionOperations,
  ...localCallingAreaOperations,
  ...messageOperations,
  ...numberAssignmentOperations,
  ...numberOrderOperations,
  ...rateCenterOperations,
  ...numberInventoryOperations,
  ...pagingGroupOperations,
  ...parkingSpotOperations,
  ...partitionOperations,
  ...roleOperations,
  ...managementUserOperations,
  ...mediaOperations,
  ...accountUserOperations,
  ...userGroupOperations,
  ...accessRuleOperations,
  ...programKeyOperations,
  ...pickupGroupOperations,
  ...portOperations,
  ...referenceDataOperations,
  ...reportOperations,
  ...routingExplanationOperations,
  ...serviceActivationOperations,
  ...activationHoldOperations,
  ...prevalidationOperations,
  ...emergencyComplianceOperations,
  ...emergencyNotificationOperations,
  ...sipTrunkGroupOperations,
  ...sipTrunkOperations,
  ...specialtyLineOperations,
  ...deviceInventoryOperations,
  ...usedByOperations,
  ...virtualFaxOperations,
  ...voicemailOperations,
  ...telephonyResourceOperations,
  ...webhookOperations,
  ...withPorts(telephoneNumberOperations),
]

/** The kinds of jobs that slices do: a slice a line. */
export const SLICE_JOB_WORKERS: readonly JobWorker[] = [
  // One a line.
  ...deviceInventoryWorkers,
  ...numberInventoryWorkers,
  ...rateCenterWorkers,
  holdMusicUploadWorker,
  statusChangeWorker,
  callRecordCsvWorker,
  reportWorker,
]
