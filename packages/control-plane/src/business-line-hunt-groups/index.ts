import type { Operation } from '../http/index.ts'
import { failoverOperations } from './failover-routes.ts'
import { forwardOperations } from './forward-routes.ts'
import { ownGroupOperations } from './hunt-group-routes.ts'

export { type ForwardSwitch, switchForward } from './switch-forward.ts'
export type { ForwardConfiguration } from './forward-configuration.ts'
export type { FailoverAction, Hunting, HuntGroup } from './hunt-group.ts'
export const huntGroupOperations: readonly Operation[] = [...ownGroupOperations, ...failoverOperations, ...forwardOperations]
