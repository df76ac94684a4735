export { addLine, createDeviceLine, lineFailure } from './create-device-line.ts'
export { deleteDevice } from './delete-device.ts'
export { removeLine } from './delete-device-line.ts'
export type { DeviceLineAttributes } from './device-line.ts'
export type { DeviceLineRow } from './device-line-queries.ts'
export { reviseLine } from './update-device-line.ts'
export { findLine, listPortsOfDevice } from './device-line-queries.ts'
export { provisioningData } from './provisioning-data.ts'
export { swapDevice } from './swap-device.ts'
import { deviceMetadataOperations } from '../devices/index.ts'
import { accountDeviceOperations } from './account-device-routes.ts'
import { deviceGraphOperations } from './device-graph.ts'
import { lineFileOperations } from './line-file-routes.ts'
import { lineStatusOperations } from './line-status-routes.ts'
import { olderDeviceOperations } from './older-device-routes.ts'
import { userDeviceOperations } from './user-device-routes.ts'
import { deviceLineOperations as lineOperations } from './v2-routes.ts'

export const deviceLineOperations = [
  ...lineOperations,
  ...lineStatusOperations,
  ...userDeviceOperations,
  ...olderDeviceOperations,
  ...accountDeviceOperations,
  ...deviceMetadataOperations,
  ...lineFileOperations,
  ...deviceGraphOperations,
]
