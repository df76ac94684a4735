import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { type HistoryEntry, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { type CallingPlanProduct, type CallingPlanProductRow, productOf, productProblems } from './calling-plan-product.ts'

/** Adds a plan to the partition's price list. A new default plan takes the place of the old one. */
export async function createCallingPlanProduct(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  product: CallingPlanProduct,
): Promise<Result<CallingPlanProductRow, ApiFailure>> {
  return store(
    context,
    principal,
    product,
    async (sql, now) => {
      const columns = columnsOf(product)
      const row = await sql
        .insertInto('calling_plan_product')
        .values({ ...columns, id: newId(), partition_id: scope.partitionId, created_at: now })
        .returningAll()
        .executeTakeFirstOrThrow()
      return ok(row)
    },
    scope,
  )
}

/** Changes a plan; users keep the minutes they have until their next billing day. */
export async function updateCallingPlanProduct(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  revise: (before: CallingPlanProduct) => Result<CallingPlanProduct, ApiFailure>,
): Promise<Result<CallingPlanProductRow, ApiFailure>> {
  const stored = await findProduct(context, scope, id)
  if (stored === undefined) return err(entityNotFound('CallingPlanProduct', id))
  const revised = revise(productOf(stored))
  if (!revised.ok) return revised
  return store(
    context,
    principal,
    revised.value,
    async (sql) => {
      const row = await sql
        .updateTable('calling_plan_product')
        .set(columnsOf(revised.value))
        .where('id', '=', id)
        .where('partition_id', '=', scope.partitionId)
        .returningAll()
        .executeTakeFirst()
      return row === undefined ? err(entityNotFound('CallingPlanProduct', id)) : ok(row)
    },
    scope,
    stored,
  )
}

export function findProduct(context: Context, scope: PartitionScope, id: string): Promise<CallingPlanProductRow | undefined> {
  return context.database.sql
    .selectFrom('calling_plan_product')
    .selectAll()
    .where('id', '=', id)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
}

async function store(
  context: Context,
  principal: Principal,
  product: CallingPlanProduct,
  save: (sql: Transaction, now: Date) => Promise<Result<CallingPlanProductRow, ApiFailure>>,
  scope: PartitionScope,
  before?: CallingPlanProductRow,
): Promise<Result<CallingPlanProductRow, ApiFailure>> {
  const problems = productProblems(product)
  if (problems.length > 0) return err(invalidFields(problems))
  try {
    return await write(context, actorOf(principal), async (change) => {
      if (product.defaultPlan)
        await change.sql
          .updateTable('calling_plan_product')
          .set({ default_plan: false })
          .where('partition_id', '=', scope.partitionId)
          .where('default_plan', '=', true)
          .where('id', '!=', before?.id ?? '')
          .execute()
      const saved = await save(change.sql, change.now)
      if (saved.ok)
        change.emit({
          type: 'callingplanproduct.changed',
          partitionId: scope.partitionId,
          accountId: undefined,
          data: { callingPlanProductId: saved.value.id, name: saved.value.name },
          history: historyOf(saved.value, before),
        })
      return saved
    })
  } catch (error) {
    if (violatedUniqueIndex(error) === 'calling_plan_product_name') return err(alreadyInUse('DuplicateName', 'name', product.name, 'partition'))
    throw error
  }
}

/** A price list belongs to the partition: its history remembers it (public-spec section 7). */
function historyOf(after: CallingPlanProductRow, before: CallingPlanProductRow | undefined): HistoryEntry {
  return {
    type: 'CALLING_PLAN',
    action: before === undefined ? 'CREATE' : 'UPDATE',
    ...(before === undefined ? {} : { oldValue: shown(before) }),
    newValue: shown(after),
    referenceType: 'CallingPlanProduct',
    referenceId: after.id,
    referenceName: after.name,
  }
}

function shown(row: CallingPlanProductRow) {
  return { name: row.name, planMinutes: row.plan_minutes, defaultPlan: row.default_plan, archived: row.archived, terms: row.terms }
}

function columnsOf(product: CallingPlanProduct) {
  return { name: product.name, plan_minutes: product.planMinutes, default_plan: product.defaultPlan, terms: JSON.stringify(product.terms) }
}

/** Takes a plan off the price list; whoever has it keeps it. The default plan has to be another one first. */
export async function archiveCallingPlanProduct(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const product = await change.sql
      .selectFrom('calling_plan_product')
      .selectAll()
      .where('id', '=', id)
      .where('partition_id', '=', scope.partitionId)
      .forUpdate()
      .executeTakeFirst()
    if (product === undefined) return err(entityNotFound('CallingPlanProduct', id))
    if (product.default_plan)
      return err(inConflict('CallingPlanProductInUse', `"${product.name}" is the default plan: new users would get none.`, { defaultPlan: true }))
    if (product.archived) return ok(undefined)
    await change.sql.updateTable('calling_plan_product').set({ archived: true }).where('id', '=', id).where('partition_id', '=', scope.partitionId).execute()
    change.emit({
      type: 'callingplanproduct.archived',
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { callingPlanProductId: id, name: product.name },
      history: historyOf({ ...product, archived: true }, product),
    })
    return ok(undefined)
  })
}
