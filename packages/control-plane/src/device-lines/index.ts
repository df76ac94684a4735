export { createDeviceLine } from './create-device-line.ts'
export { findLine } from './device-line-queries.ts'
export { provisioningData } from './provisioning-data.ts'
export { deviceLineOperations } from './v2-routes.ts'
