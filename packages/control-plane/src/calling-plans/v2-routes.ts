import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, checkSchema, freeObject, mergePatch, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { type CallingPlanProduct, type CallingPlanProductRow, type CallingPlanTerms, DEFAULT_TERMS, productOf } from './calling-plan-product.ts'
import { listCallingPlans } from './calling-plan-queries.ts'
import { CallingPlanView, callingPlanView } from './calling-plan-view.ts'
import { createCallingPlanProduct, findProduct, updateCallingPlanProduct } from './change-calling-plan-product.ts'

const yesNo = Type.Optional(Type.Boolean())
const amount = Type.Optional(Type.String({ maxLength: 20 }))
const per = Type.Optional(oneOf(['PER_CALL', 'PER_MINUTE']))
const terms = {
  unlimitedDisplay: yesNo,
  allowOverage: yesNo,
  preventForwarding: yesNo,
  allow411: yesNo,
  callRateFor411: amount,
  rateTypeFor411: per,
  allowOperator: yesNo,
  callRateForOperator: amount,
  rateTypeForOperator: per,
  allowUnlimitedLocal: yesNo,
  rateIntraPartitionAsFree: yesNo,
  overageRatePerMinute: amount,
}
const ProductBody = named(
  'CallingPlanProductRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    planMinutes: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
    defaultPlan: yesNo,
    ...terms,
  }),
)
/** Rates are numbers on the wire, as the interface has them. */
const ProductView = named(
  'CallingPlanProduct',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    name: Type.String(),
    planMinutes: Type.Integer(),
    defaultPlan: Type.Boolean(),
    archived: Type.Boolean(),
    unlimitedDisplay: Type.Boolean(),
    allowOverage: Type.Boolean(),
    preventForwarding: Type.Boolean(),
    allow411: Type.Boolean(),
    callRateFor411: Type.Number(),
    rateTypeFor411: Type.String(),
    allowOperator: Type.Boolean(),
    callRateForOperator: Type.Number(),
    rateTypeForOperator: Type.String(),
    allowUnlimitedLocal: Type.Boolean(),
    rateIntraPartitionAsFree: Type.Boolean(),
    overageRatePerMinute: Type.Number(),
  }),
)

const COLLECTION = '/v2/partition/:partitionId/callingplanproduct'
const ITEM = `${COLLECTION}/:callingPlanProductId`
const ProductPath = Type.Object({ partitionId: Type.String(), callingPlanProductId: Type.String() })
const TAG = 'Calling Plan Product'

export const callingPlanOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the calling plans of a partition',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    query: Type.Object({ includeArchived: yesNo }),
    responses: { 200: Type.Array(ProductView) },
    handle: async (context, { scope, query }) => {
      let rows = context.database.sql.selectFrom('calling_plan_product').selectAll().where('partition_id', '=', scope.partitionId)
      if (query.includeArchived !== true) rows = rows.where('archived', '=', false)
      return ok({ status: 200, body: (await rows.orderBy('created_at').execute()).map(viewOf) })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Add a calling plan',
    requires: { permission: 'ProductCallingPlan', level: 'CREATE' },
    body: ProductBody,
    responses: { 200: ProductView },
    handle: async (context, { principal, scope, body }) => {
      const created = await createCallingPlanProduct(context, principal, scope, requestOf(body, DEFAULT_TERMS))
      return created.ok ? ok({ status: 200, body: viewOf(created.value) }) : created
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a calling plan',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    params: ProductPath,
    responses: { 200: ProductView },
    handle: async (context, { scope, params }) => {
      const row = await findProduct(context, scope, params.callingPlanProductId)
      return row === undefined ? err(entityNotFound('CallingPlanProduct', params.callingPlanProductId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a calling plan',
    requires: { permission: 'ProductCallingPlan', level: 'EDIT' },
    params: ProductPath,
    body: ProductBody,
    responses: { 200: ProductView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateCallingPlanProduct(context, principal, scope, params.callingPlanProductId, () => ok(requestOf(body, DEFAULT_TERMS)))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a calling plan (JSON Merge Patch)',
    requires: { permission: 'ProductCallingPlan', level: 'EDIT' },
    params: ProductPath,
    body: freeObject(),
    responses: { 200: ProductView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateCallingPlanProduct(context, principal, scope, params.callingPlanProductId, (before) => {
        const { terms: stored, ...product } = before
        const checked = checkSchema(ProductBody, mergePatch({ ...product, ...stored }, body))
        return checked.ok ? ok(requestOf(checked.value, stored)) : checked
      })
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/account/:accountId/callingplan',
    tag: 'Calling Plan',
    summary: 'The calling plans of an account, of one user or trunk if asked so',
    requires: { permission: 'EU_Account', level: 'READ' },
    query: Type.Object({ referenceType: Type.Optional(Type.String()), referenceId: Type.Optional(Type.String()) }),
    responses: { 200: Type.Array(CallingPlanView) },
    handle: async (context, { scope, query }) => {
      const now = new Date(context.clock.nowMs())
      const rows = await listCallingPlans(context.database.sql, scope, query)
      return ok({ status: 200, body: rows.map((row) => callingPlanView(row, now)) })
    },
  }),
]

function requestOf(body: Static<typeof ProductBody>, fallback: CallingPlanTerms): CallingPlanProduct {
  const { name, planMinutes, defaultPlan, ...given } = body
  const stated = Object.fromEntries(Object.keys(terms).flatMap((key) => (key in given ? [[key, given[key as keyof typeof given]]] : [])))
  return { name, planMinutes, defaultPlan: defaultPlan ?? false, terms: { ...fallback, ...stated } }
}

function viewOf(row: CallingPlanProductRow): Static<typeof ProductView> {
  const { terms: stored, ...product } = productOf(row)
  return {
    ...product,
    ...stored,
    callRateFor411: Number(stored.callRateFor411),
    callRateForOperator: Number(stored.callRateForOperator),
    overageRatePerMinute: Number(stored.overageRatePerMinute),
    id: row.id,
    partitionId: row.partition_id,
    archived: row.archived,
  }
}
