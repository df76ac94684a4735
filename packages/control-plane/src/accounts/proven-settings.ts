import type { PartitionScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { findInboundRatePlan } from '../inbound-rate-plans/index.ts'
import type { AccountAttributes } from './account.ts'

/** What the settings of an account name has to exist where the account may use it. */
export async function unprovenSettings(
  sql: Transaction,
  scope: PartitionScope & { readonly accountId?: string },
  account: AccountAttributes,
): Promise<ApiFailure | undefined> {
  const { inboundRatePlanProductId: ratePlan, customHoldMusicMediaId: music, callScreeningSettings: screening } = account
  if (ratePlan !== undefined && (await findInboundRatePlan(sql, scope, ratePlan)) === undefined) return entityNotFound('InboundRatePlanProduct', ratePlan)
  if (music !== undefined && !(await hasMedia(sql, scope, music))) return entityNotFound('Media', music)
  if (screening === undefined || screening['forwardTn'] !== undefined || !JSON.stringify(screening).includes('"Forward"')) return undefined
  return invalidField('callScreeningSettings.forwardTn', 'is missing', 'a screening of the kind Forward needs a number', 'ForwardTnRequired')
}

/** Media belong to an account, so a new one has none. */
async function hasMedia(sql: Transaction, scope: PartitionScope & { readonly accountId?: string }, id: string): Promise<boolean> {
  if (scope.accountId === undefined) return false
  const media = await sql
    .selectFrom('account_object')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('type', '=', 'MEDIA')
    .where('id', '=', id)
    .executeTakeFirst()
  return media !== undefined
}
