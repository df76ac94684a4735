import { err, ok, type Result } from '@dialtone/foundation'
import { nextBillingReset } from '@dialtone/rating'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type DomainEvent, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, inConflict, invalidField } from '../failures/index.ts'
import { attachPlan, billingDayOf, findSoldProduct } from './attach-plan.ts'
import { endUses, insertUse, plansInForce, type UsedPlan } from './calling-plan-queries.ts'
import { nameOfReference, type PlanReference } from './plan-reference.ts'

/** What shall be used from now on, or from the billing day on (public-spec section 13). */
export interface CallingPlanChange {
  readonly reference: PlanReference
  readonly type: 'NEW_CALLING_PLAN' | 'SHARED_CALLING_PLAN' | 'UNSHARED_CALLING_PLAN'
  /** The product of a plan of one's own. */
  readonly productId: string | undefined
  /** Whose plan, or which plan, is shared. */
  readonly sharedReferenceId: string | undefined
  /** At the billing day instead of now. */
  readonly pending: boolean
  readonly minutesUsed: number
}

/** Gives a user, trunk or line another plan: its own or a share in that of another; what it had ends at the same moment. */
export async function changeCallingPlan(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  wanted: CallingPlanChange,
): Promise<Result<UsedPlan, ApiFailure>> {
  return write(context, actorOf(principal), (change) => giveCallingPlan(change, scope, wanted))
}

/** The same as part of a bigger change. */
export async function giveCallingPlan(change: Write, scope: AccountScope, wanted: CallingPlanChange): Promise<Result<UsedPlan, ApiFailure>> {
  const name = await lockReference(change, scope, wanted.reference)
  if (name === undefined) return err(entityNotFound(wanted.reference.referenceType, wanted.reference.referenceId))
  const before = await plansInForce(change.sql, scope, wanted.reference, change.now)
  const startsAt = wanted.pending ? await billingDay(change, scope) : change.now
  const found = wanted.type === 'SHARED_CALLING_PLAN' ? await planToShare(change, scope, wanted) : await productToUse(change, scope, wanted, before)
  if (!found.ok) return found
  await endUses(change.sql, scope, wanted.reference, startsAt)
  const after =
    'plan' in found.value
      ? { plan: found.value.plan, use: await insertUse(change.sql, scope, wanted.reference, found.value.plan.id, startsAt) }
      : await attachPlan(change.sql, scope, wanted.reference, found.value.product, { startsAt, minutesUsed: wanted.minutesUsed })
  change.emit(planChanged(scope, wanted.reference, name, before, [after]))
  return ok(after)
}

/** Takes the plan from who uses it, now or at the billing day. @returns what is taken. */
export async function removeCallingPlan(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  removal: { readonly reference: PlanReference; readonly productId: string | undefined; readonly pending: boolean },
): Promise<Result<UsedPlan, ApiFailure>> {
  const { reference, productId } = removal
  return write(context, actorOf(principal), async (change) => {
    const name = await lockReference(change, scope, reference)
    if (name === undefined) return err(entityNotFound(reference.referenceType, reference.referenceId))
    const before = await plansInForce(change.sql, scope, reference, change.now)
    const removed = before.find(({ plan }) => productId === undefined || plan.calling_plan_product_id === productId)
    if (removed === undefined) return err(entityNotFound('CallingPlan', productId ?? reference.referenceId))
    const endsAt = removal.pending ? await billingDay(change, scope) : change.now
    const use = await change.sql
      .updateTable('calling_plan_use')
      .set({ ends_at: endsAt })
      .where('id', '=', removed.use.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(
      planChanged(
        scope,
        reference,
        name,
        before,
        before.filter((plan) => plan !== removed),
      ),
    )
    return ok({ plan: removed.plan, use })
  })
}

/** What was to change at the billing day does not; what is in force stays. */
export async function cancelPendingCallingPlan(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  reference: PlanReference,
): Promise<Result<readonly UsedPlan[], ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const name = await lockReference(change, scope, reference)
    if (name === undefined) return err(entityNotFound(reference.referenceType, reference.referenceId))
    const before = await plansInForce(change.sql, scope, reference, change.now)
    const cancelled = await change.sql
      .deleteFrom('calling_plan_use')
      .where('account_id', '=', scope.accountId)
      .where('reference_type', '=', reference.referenceType)
      .where('reference_id', '=', reference.referenceId)
      .where('starts_at', '>', change.now)
      .returning('id')
      .execute()
    const ending = before.filter(({ use }) => use.ends_at !== null).map(({ use }) => use.id)
    if (cancelled.length + ending.length === 0) return err(inConflict('NoPendingCallingPlan', 'Nothing was to change at the billing day.'))
    if (ending.length > 0) await change.sql.updateTable('calling_plan_use').set({ ends_at: null }).where('id', 'in', ending).execute()
    const after = await plansInForce(change.sql, scope, reference, change.now)
    change.emit(planChanged(scope, reference, name, before, after))
    return ok(after)
  })
}

/** Locks the account, so that two changes of one reference follow each other, and proves that the reference is on it. */
async function lockReference(change: Write, scope: AccountScope, reference: PlanReference): Promise<string | undefined> {
  await change.sql.selectFrom('account').select('id').where('id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).forNoKeyUpdate().execute()
  return nameOfReference(change.sql, scope, reference)
}

async function billingDay(change: Write, scope: AccountScope): Promise<Date> {
  return new Date(nextBillingReset({ billingCycleDay: await billingDayOf(change.sql, scope), nowMs: change.now.getTime() }))
}

async function productToUse(change: Write, scope: AccountScope, wanted: CallingPlanChange, before: readonly UsedPlan[]) {
  const shared = before.find(({ plan, use }) => plan.reference_id !== use.reference_id)
  if (wanted.type === 'UNSHARED_CALLING_PLAN' && shared === undefined)
    return err(inConflict('CallingPlanNotShared', 'The plan in use is not a share in that of another.', { ...wanted.reference }))
  const productId = wanted.productId ?? (wanted.type === 'UNSHARED_CALLING_PLAN' ? shared?.plan.calling_plan_product_id : undefined)
  if (productId === undefined) return err(fieldRequired('callingPlanProductId'))
  const product = await findSoldProduct(change.sql, scope, productId)
  if ('code' in product) return err(product)
  if (wanted.minutesUsed > product.plan_minutes) return err(invalidField('minutesUsed', 'is more than the plan has', `0 to ${product.plan_minutes}`))
  return ok({ product })
}

/** The plan that its owner uses now, found by the owner's id or by its own. */
async function planToShare(change: Write, scope: AccountScope, wanted: CallingPlanChange): Promise<Result<UsedPlan, ApiFailure>> {
  const id = wanted.sharedReferenceId
  if (id === undefined) return err(fieldRequired('callingPlanReferenceId'))
  if (id === wanted.reference.referenceId) return err(invalidField('callingPlanReferenceId', 'is the one who shall share', 'the id of another who has a plan'))
  const uses = await change.sql
    .selectFrom('calling_plan_use')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where((use) => use.or([use('reference_id', '=', id), use('calling_plan_id', '=', id)]))
    .where('starts_at', '<=', change.now)
    .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', change.now)]))
    .orderBy('starts_at', 'desc')
    .limit(1)
    .execute()
  const [use] = uses
  if (use === undefined) return err(entityNotFound('CallingPlan', id))
  const plan = await change.sql.selectFrom('calling_plan').selectAll().where('id', '=', use.calling_plan_id).executeTakeFirstOrThrow()
  return ok({ plan, use })
}

function planChanged(scope: AccountScope, reference: PlanReference, name: string, before: readonly UsedPlan[], after: readonly UsedPlan[]): DomainEvent {
  const { partitionId, accountId } = scope
  return {
    type: 'callingplan.changed',
    partitionId,
    accountId,
    data: { accountId, ...reference, callingPlanIds: after.map(({ plan }) => plan.id) },
    history: {
      type: 'CALLING_PLAN',
      action: before.length === 0 ? 'CREATE' : after.length === 0 ? 'DELETE' : 'UPDATE',
      oldValue: before.map(summaryOf),
      newValue: after.map(summaryOf),
      referenceType: reference.referenceType,
      referenceId: reference.referenceId,
      referenceName: name,
    },
  }
}

function summaryOf({ plan, use }: UsedPlan) {
  return {
    callingPlanProductId: plan.calling_plan_product_id,
    callingPlanId: plan.id,
    startDate: use.starts_at,
    endDate: use.ends_at,
    planMinutes: plan.plan_minutes,
    secondsRemaining: Number(plan.seconds_remaining),
  }
}
