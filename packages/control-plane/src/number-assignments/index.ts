import type { Operation } from '../http/index.ts'
import { assignmentOperations } from './assignment-routes.ts'
import { hyphenatedNumberOperations } from './number-routes.ts'

export const numberAssignmentOperations: readonly Operation[] = [...assignmentOperations, ...hyphenatedNumberOperations]
