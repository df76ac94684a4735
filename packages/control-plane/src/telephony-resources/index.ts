import type { Operation } from '../http/index.ts'
import { organizationOperations } from './organization-routes.ts'

/** The third surface, a resource a line. */
export const telephonyResourceOperations: readonly Operation[] = [
  // One a line.
  ...organizationOperations,
]
