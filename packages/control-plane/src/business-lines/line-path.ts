import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { type BusinessLineRow, findBusinessLine } from './business-line-queries.ts'

export const COLLECTION = '/v2/partition/:partitionId/account/:accountId/business-line'
export const ITEM = `${COLLECTION}/:businessLineId`
export const TAG = 'Business Line'
export const LinePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), businessLineId: Type.String({ maxLength: 64 }) })

export async function foundLine(context: Context, scope: AccountScope, lineId: string): Promise<Result<BusinessLineRow, ApiFailure>> {
  const row = await findBusinessLine(context.database.sql, scope, lineId)
  return row === undefined ? err(entityNotFound('BusinessLine', lineId)) : ok(row)
}
