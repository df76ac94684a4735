import type { Operation } from '../http/index.ts'
import { configurationOperations } from './configuration-routes.ts'
import type { RequestLog } from './request-log.ts'
import { requestOperations } from './request-routes.ts'
import { templateOperations } from './template-routes.ts'

export { assemblePhone, configurationUrl } from './assemble-phone.ts'
export type { AssembledPhone } from './assemble-phone.ts'
export { revisedConfiguration } from './change-configuration.ts'
export { changeConfiguration, configurationOf, findKeptConfiguration, keepConfiguration } from './configuration-queries.ts'
export type { DeviceConfigurationRow } from './configuration-queries.ts'
export { holdTemplateFor } from './template-queries.ts'
export { provisioningStatus } from './configuration-status.ts'
export type { ProvisioningStatus } from './configuration-status.ts'
export { registerFileRoom } from './file-room.ts'
export { readOpenFile } from './read-open-file.ts'
export type { OpenFileAsk } from './read-open-file.ts'
export { createConfigurationServer } from './serve-file.ts'
export { shownSettings } from './shown-settings.ts'

export function deviceConfigurationOperations(log: () => RequestLog): readonly Operation[] {
  return [...configurationOperations, ...requestOperations(log), ...templateOperations]
}
