import { err, ok, type Result } from '@dialtone/foundation'
import { type DestinationRate, prefixesOf } from '@dialtone/rating'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { CsvProblem } from '../csv/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { productOf } from './calling-plan-product.ts'
import { type CallingPlanRateRow, defaultRates, rateTableCsv, readRateTable } from './rate-table.ts'

const ROWS_A_STATEMENT = 1000

/** The rate table of a product as a file; one that was never given any shows what it charges by its overage rate. */
export async function exportRateTable(sql: Sql, scope: PartitionScope, productId: string): Promise<Result<string, ApiFailure>> {
  const product = await sql
    .selectFrom('calling_plan_product')
    .selectAll()
    .where('id', '=', productId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (product === undefined) return err(entityNotFound('CallingPlanProduct', productId))
  const rates = await sql.selectFrom('calling_plan_rate').selectAll().where('calling_plan_product_id', '=', productId).orderBy('prefix').execute()
  return ok(rateTableCsv(rates.length > 0 ? rates : defaultRates(productOf(product).terms.overageRatePerMinute).slice(0, 1)))
}

/** Replaces the rate table of a product by a file. @returns the lines that are wrong; with any, nothing has changed. */
export async function importRateTable(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  productId: string,
  file: string,
): Promise<Result<readonly CsvProblem[], ApiFailure>> {
  const read = await readRateTable(file)
  return write(context, actorOf(principal), async (change) => {
    const product = await change.sql
      .selectFrom('calling_plan_product')
      .selectAll()
      .where('id', '=', productId)
      .where('partition_id', '=', scope.partitionId)
      .forUpdate()
      .executeTakeFirst()
    if (product === undefined) return err(entityNotFound('CallingPlanProduct', productId))
    if (!read.ok) return ok(read.error)
    await change.sql.deleteFrom('calling_plan_rate').where('calling_plan_product_id', '=', productId).execute()
    for (let first = 0; first < read.value.length; first += ROWS_A_STATEMENT) {
      const rows = read.value.slice(first, first + ROWS_A_STATEMENT).map((rate) => ({ ...rate, calling_plan_product_id: productId }))
      await change.sql.insertInto('calling_plan_rate').values(rows).execute()
    }
    change.emit({
      type: 'callingplanproduct.changed',
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { callingPlanProductId: productId, name: product.name, rates: read.value.length },
    })
    return ok([])
  })
}

/** The rate of a called number: that of its longest prefix in the product's table. */
export async function rateOfNumber(sql: Transaction, productId: string, number: string): Promise<DestinationRate | undefined> {
  const prefixes = prefixesOf(number)
  if (prefixes.length === 0) return undefined
  const row = await sql
    .selectFrom('calling_plan_rate')
    .selectAll()
    .where('calling_plan_product_id', '=', productId)
    .where('prefix', 'in', prefixes)
    .orderBy((line) => line.fn('length', ['prefix']), 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : rateOf(row)
}

export function rateOf(row: CallingPlanRateRow): DestinationRate {
  const increment = { initialSeconds: row.initial_seconds, subsequentSeconds: row.subsequent_seconds }
  return { ratePerMinute: row.rate_per_minute, inPlan: row.in_plan, allowed: row.allowed, increment }
}
