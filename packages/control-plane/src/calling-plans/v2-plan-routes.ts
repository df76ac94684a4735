import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static, type TObject } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { listCallingPlans, type UsedPlan } from './calling-plan-queries.ts'
import { CallingPlanView, callingPlanView } from './calling-plan-view.ts'
import { type CallingPlanChange, cancelPendingCallingPlan, changeCallingPlan, removeCallingPlan } from './change-calling-plan.ts'
import { PLAN_REFERENCE_TYPES, type PlanReference } from './plan-reference.ts'

const id = Type.String({ minLength: 1, maxLength: 64 })
const ModifyCallingPlan = named(
  'ModifyCallingPlan',
  Type.Object({
    referenceType: oneOf(PLAN_REFERENCE_TYPES),
    referenceId: id,
    callingPlanProductId: Type.Optional(id),
    callingPlanReferenceId: Type.Optional(id),
    callingPlanType: Type.Optional(oneOf(['SHARED_CALLING_PLAN', 'NEW_CALLING_PLAN', 'UNSHARED_CALLING_PLAN'])),
    pending: Type.Optional(Type.Boolean()),
    minutesUsed: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
  }),
)
const CallingPlanSwap = named(
  'CallingPlanSwap',
  Type.Object({ swapCallingPlanProductId: id, newMinutesUsed: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })) }),
)
const Cycle = named(
  'CallingPlanCycle',
  Type.Object({ startDate: Type.String(), endDate: Type.String(), planMinutes: Type.Integer(), secondsRemaining: Type.Integer(), secondsUsed: Type.Integer() }),
)

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const USER = `${ACCOUNT}/user/:userId`
const COLLECTION = `${ACCOUNT}/callingplan`
const TAG = 'Calling Plan'
const MAX_CYCLES = 120
const accountPath = { partitionId: Type.String(), accountId: Type.String() }
const edit = { permission: 'EU_Account', level: 'EDIT' } as const

export const callingPlanOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'The calling plans of an account, of one user or trunk if asked so; those that begin at the billing day too',
    requires: { permission: 'EU_Account', level: 'READ' },
    query: Type.Object({ referenceType: Type.Optional(oneOf(PLAN_REFERENCE_TYPES)), referenceId: Type.Optional(id) }),
    responses: { 200: Type.Array(CallingPlanView) },
    handle: async (context, { scope, query }) => ok({ status: 200, body: await plansOf(context, scope, query) }),
  }),
  accountOperation({
    method: 'PUT',
    path: COLLECTION,
    tag: TAG,
    summary: 'Give a user, trunk or line another plan, now or at the billing day: its own, or a share in that of another',
    requires: edit,
    body: ModifyCallingPlan,
    responses: { 200: CallingPlanView },
    handle: async (context, { principal, scope, body }) => one(context, await changeCallingPlan(context, principal, scope, changeOf(body))),
  }),
  accountOperation({
    method: 'DELETE',
    path: COLLECTION,
    tag: TAG,
    summary: 'Take a plan away, now or at the billing day',
    requires: edit,
    body: ModifyCallingPlan,
    responses: { 200: CallingPlanView },
    handle: async (context, { principal, scope, body }) => {
      const { referenceType, referenceId, callingPlanProductId: productId, pending } = body
      return one(
        context,
        await removeCallingPlan(context, principal, scope, { reference: { referenceType, referenceId }, productId, pending: pending ?? false }),
      )
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/:callingPlanId/cycles`,
    tag: TAG,
    summary: 'The billing cycles of a plan that are over, newest first, with what was left of each',
    requires: { permission: 'EU_Account', level: 'READ' },
    params: Type.Object({ ...accountPath, callingPlanId: Type.String() }),
    responses: { 200: Type.Array(Cycle) },
    handle: async (context, { scope, params }) => {
      const cycles = await cyclesOf(context, scope, params.callingPlanId)
      return cycles === undefined ? err(entityNotFound('CallingPlan', params.callingPlanId)) : ok({ status: 200, body: cycles })
    },
  }),
  ...productOperations('Account', ACCOUNT, Type.Object(accountPath), (scope) => ({ referenceType: 'ACCOUNT', referenceId: scope.accountId })),
  ...productOperations('End User', USER, Type.Object({ ...accountPath, userId: Type.String() }), (_scope, params) => ({
    referenceType: 'END_USER',
    referenceId: String(params['userId']),
  })),
]

/** The older calls of the same changes, on the account and on a user: each answers with all plans of its own. */
function productOperations(
  tag: string,
  path: string,
  Path: TObject,
  referenceOf: (scope: AccountScope, params: Readonly<Record<string, unknown>>) => PlanReference,
): readonly Operation[] {
  const ProductPath = Type.Object({ ...Path.properties, callingPlanProductId: Type.String() })
  const answer = { 200: Type.Array(CallingPlanView) }
  const all = async (context: Context, scope: AccountScope, reference: PlanReference, done: Result<unknown, ApiFailure>) =>
    done.ok ? ok({ status: 200, body: await plansOf(context, scope, reference) }) : done
  return [
    accountOperation({
      method: 'PUT',
      path: `${path}/callingplanproduct/:callingPlanProductId`,
      tag,
      summary: 'Give a plan of this product, now',
      requires: edit,
      params: ProductPath,
      responses: answer,
      handle: async (context, { principal, scope, params }) => {
        const reference = referenceOf(scope, params)
        const change = newPlan(reference, params.callingPlanProductId, 0)
        return all(context, scope, reference, await changeCallingPlan(context, principal, scope, change))
      },
    }),
    accountOperation({
      method: 'POST',
      path: `${path}/callingplanswap`,
      tag,
      summary: 'Swap the plan for one of another product, now',
      requires: edit,
      params: Path,
      body: CallingPlanSwap,
      responses: answer,
      handle: async (context, { principal, scope, params, body }) => {
        const reference = referenceOf(scope, params)
        const change = newPlan(reference, body.swapCallingPlanProductId, body.newMinutesUsed ?? 0)
        return all(context, scope, reference, await changeCallingPlan(context, principal, scope, change))
      },
    }),
    accountOperation({
      method: 'DELETE',
      path: `${path}/cancelpendingcallingplan`,
      tag,
      summary: 'Cancel what was to change at the billing day',
      requires: edit,
      params: Path,
      responses: answer,
      handle: async (context, { principal, scope, params }) => {
        const reference = referenceOf(scope, params)
        return all(context, scope, reference, await cancelPendingCallingPlan(context, principal, scope, reference))
      },
    }),
  ]
}

function newPlan(reference: PlanReference, productId: string, minutesUsed: number): CallingPlanChange {
  return { reference, type: 'NEW_CALLING_PLAN', productId, sharedReferenceId: undefined, pending: false, minutesUsed }
}

function changeOf(body: Static<typeof ModifyCallingPlan>): CallingPlanChange {
  const { referenceType, referenceId, callingPlanProductId, callingPlanReferenceId, callingPlanType, pending, minutesUsed } = body
  return {
    reference: { referenceType, referenceId },
    type: callingPlanType ?? 'NEW_CALLING_PLAN',
    productId: callingPlanProductId,
    sharedReferenceId: callingPlanReferenceId,
    pending: pending ?? false,
    minutesUsed: minutesUsed ?? 0,
  }
}

function one(context: Context, changed: Result<UsedPlan, ApiFailure>) {
  return changed.ok ? ok({ status: 200, body: callingPlanView(changed.value, new Date(context.clock.nowMs())) }) : changed
}

async function plansOf(context: Context, scope: AccountScope, reference: { referenceType?: string; referenceId?: string }) {
  const now = new Date(context.clock.nowMs())
  const plans = await listCallingPlans(context.database.sql, scope, now, reference)
  // A plan that several share is one plan.
  const distinct = new Map(plans.map((plan) => [`${plan.plan.id} ${plan.use.starts_at.getTime()}`, plan]))
  return [...distinct.values()].map((plan) => callingPlanView(plan, now))
}

async function cyclesOf(context: Context, scope: AccountScope, planId: string): Promise<Static<typeof Cycle>[] | undefined> {
  const { sql } = context.database
  const plan = await sql
    .selectFrom('calling_plan')
    .select('id')
    .where('id', '=', planId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (plan === undefined) return undefined
  const rows = await sql
    .selectFrom('calling_plan_cycle')
    .selectAll()
    .where('calling_plan_id', '=', planId)
    .orderBy('starts_at', 'desc')
    .limit(MAX_CYCLES)
    .execute()
  return rows.map((row) => ({
    startDate: row.starts_at.toISOString(),
    endDate: row.ends_at.toISOString(),
    planMinutes: row.plan_minutes,
    secondsRemaining: Number(row.seconds_remaining),
    secondsUsed: row.plan_minutes * 60 - Number(row.seconds_remaining),
  }))
}
