import { configurationObject } from '../account-objects/index.ts'
import type { Operation } from '../http/index.ts'
import { agentOperations } from './agent-routes.ts'
import { callQueues } from './call-queue-object.ts'

export const callQueueOperations: readonly Operation[] = [...configurationObject(callQueues), ...agentOperations]
