export { createEmergencyWebhooks, NEXT_EMERGENCY_WEBHOOK } from './deliver-webhooks.ts'
export { EMERGENCY_CALLED, notifyOfCall, reportEmergencyCall } from './notify.ts'
export type { NoticedCall } from './notify.ts'
export { emergencyNotificationOperations } from './v2-routes.ts'
