import type { PartitionScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { findInboundRatePlan } from '../inbound-rate-plans/index.ts'
import type { AccountAttributes } from './account.ts'

/** What the settings of an account name has to exist where the account may use it. */
export async function unprovenSettings(sql: Transaction, scope: PartitionScope, account: AccountAttributes): Promise<ApiFailure | undefined> {
  const { inboundRatePlanProductId: ratePlan, callScreeningSettings: screening } = account
  if (ratePlan !== undefined && (await findInboundRatePlan(sql, scope, ratePlan)) === undefined) return entityNotFound('InboundRatePlanProduct', ratePlan)
  if (screening === undefined || screening['forwardTn'] !== undefined || !JSON.stringify(screening).includes('"Forward"')) return undefined
  return invalidField('callScreeningSettings.forwardTn', 'is missing', 'a screening of the kind Forward needs a number', 'ForwardTnRequired')
}
