export { createDeviceLine } from './create-device-line.ts'
export { findLine } from './device-line-queries.ts'
export { provisioningData } from './provisioning-data.ts'
import { accountDeviceOperations } from './account-device-routes.ts'
import { lineStatusOperations } from './line-status-routes.ts'
import { deviceLineOperations as lineOperations } from './v2-routes.ts'

export const deviceLineOperations = [...lineOperations, ...lineStatusOperations, ...accountDeviceOperations]
