import type { Operation } from '../http/index.ts'
import { portsTask } from './advance-ports.ts'
import { sandboxPortingCarrier } from './sandbox-porting-carrier.ts'
import { partitionPortOperations } from './v2-hyphen-routes.ts'
import { accountPortOperations } from './v2-routes.ts'

export { cancelPort, releasePort } from './change-port.ts'
export { isOnPlatform } from './on-platform.ts'
export { PortSchema } from './port-body.ts'
export { portDates } from './port-dates.ts'
export { findPort, portIdOf } from './port-queries.ts'
export type { PortDates } from './port-dates.ts'
export { readNumbersToPort } from './read-numbers-to-port.ts'
export { sandboxPortingCarrier } from './sandbox-porting-carrier.ts'
export { countryOfNumber } from './submit-port.ts'
export { withPorts } from './with-ports.ts'
export const portsDueTask = portsTask(sandboxPortingCarrier)
export const portOperations: readonly Operation[] = [...partitionPortOperations, ...accountPortOperations]
