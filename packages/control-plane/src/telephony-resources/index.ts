import type { Operation } from '../http/index.ts'
import { accessRuleResourceOperations } from './access-rule-routes.ts'
import { domainOperations } from './domain-routes.ts'
import { gatewayOperations } from './gateway-routes.ts'
import { deviceResourceOperations } from './device-routes.ts'
import { deviceSignalOperations } from './device-signal-routes.ts'
import { organizationOperations } from './organization-routes.ts'
import { sipTrunkAddressOperations } from './sip-trunk-address-routes.ts'
import { sipTrunkResourceOperations } from './sip-trunk-routes.ts'

/** The third surface, a resource a line. */
export const telephonyResourceOperations: readonly Operation[] = [
  // One a line.
  ...accessRuleResourceOperations,
  ...domainOperations,
  ...organizationOperations,
  ...sipTrunkResourceOperations,
  ...sipTrunkAddressOperations,
  ...gatewayOperations,
  ...deviceResourceOperations,
  ...deviceSignalOperations,
]
