export { makeDeliveries } from './make-deliveries.ts'
export { webhookDeliveryOperations } from './v2-delivery-routes.ts'
export { webhookOperations } from './v2-routes.ts'
export { createWebhookSender, NEXT_WEBHOOK } from './webhook-sender.ts'
