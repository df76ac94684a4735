import type { Operation, OperationPerformer } from '../http/index.ts'
import { activationOperations } from './activation-routes.ts'
import { onboardingOperations as documentOperations } from './v2-routes.ts'

export function onboardingOperations(performer: OperationPerformer): readonly Operation[] {
  return [...documentOperations(performer), ...activationOperations(performer)]
}
