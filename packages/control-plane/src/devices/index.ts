export { addDevice, claimDevice, deviceFailure, macInUse } from './claim-device.ts'
export type { AccountOfDevice } from './claim-device.ts'
export { createDevice } from './create-device.ts'
export { DeviceBody, readDevice } from './device-body.ts'
export { deviceChanged } from './device-events.ts'
export { findDevice, findDeviceByMac, listDevices, lockDevice, lockDeviceByMac, updateDeviceRow } from './device-queries.ts'
export type { DeviceRow, NewDevice } from './device-queries.ts'
export { deviceMetadataOperations, placeFailure } from './device-metadata-routes.ts'
export { deviceStateOf, DEVICE_STATES } from './device-state.ts'
export type { DeviceState } from './device-state.ts'
export { DeviceView, deviceViews, stateOfDevices } from './device-view.ts'
export { invalidMacAddress, normalizeMacAddress } from './mac-address.ts'
export {
  describePort,
  occupyPort,
  portNumberFailure,
  portsOf,
  releasePort,
  removeDevice,
  removeDeviceWithoutLines,
  replacePort,
  sideCarKeysOf,
  takePort,
} from './ports.ts'
export type { OccupiedPort, PortLine, PortPlace } from './ports.ts'
export { lastProvisioningRequests, ProvisioningRequestView, provisioningRequestView, recordProvisioningRequest } from './provisioning-requests.ts'
export { renewConfigurationAccess } from './renew-configuration-access.ts'
export { updateDevice } from './update-device.ts'
export type { DeviceRevision } from './update-device.ts'
