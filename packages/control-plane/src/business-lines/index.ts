import type { Operation } from '../http/index.ts'
import { credentialOperations } from './credential-routes.ts'
import { portOperations } from './port-routes.ts'
import { ownLineOperations } from './v2-routes.ts'

export { forwardTargetFailure } from './forward-target.ts'
export type { ForwardTarget } from './forward-target.ts'
export { createBusinessLine } from './change-business-line.ts'
export type { BusinessLine } from './business-line.ts'
export const businessLineOperations: readonly Operation[] = [...ownLineOperations, ...portOperations, ...credentialOperations]
