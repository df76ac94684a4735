import type { Operation } from '../http/index.ts'
import { credentialOperations } from './credential-routes.ts'
import { portOperations } from './port-routes.ts'
import { ownLineOperations } from './v2-routes.ts'
import { lineBoxOperations } from './voicemail-box-routes.ts'
import { lineGreetingOperations } from './voicemail-greeting-routes.ts'
import { lineMessageOperations } from './voicemail-message-routes.ts'

export { forwardTargetFailure } from './forward-target.ts'
export type { ForwardTarget } from './forward-target.ts'
export { createBusinessLine } from './change-business-line.ts'
export { handlingOf } from './business-line-queries.ts'
export type { CallHandling, RingFailoverAction } from './call-handling.ts'
export type { BusinessLine } from './business-line.ts'
export const businessLineOperations: readonly Operation[] = [
  ...ownLineOperations,
  ...portOperations,
  ...credentialOperations,
  ...lineBoxOperations,
  ...lineMessageOperations,
  ...lineGreetingOperations,
]
