import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { checkSchema, FileProblem, freeObject, named, oneOf, openOperation, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { type CallingPlanProduct, type CallingPlanProductRow, type CallingPlanTerms, DEFAULT_TERMS, productOf } from './calling-plan-product.ts'
import { archiveCallingPlanProduct, createCallingPlanProduct, findProduct, updateCallingPlanProduct } from './change-calling-plan-product.ts'
import { importCallingPlanProduct } from './import-calling-plan-product.ts'
import { exportRateTable, importRateTable } from './product-rates.ts'
import { defaultRates, rateTableCsv } from './rate-table.ts'

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
/** Amounts are kept as the text they came as: 0.1 is not what a number holds. */
const ProductBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  planMinutes: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
  defaultPlan: yesNo,
  ...terms,
})
const rate = Type.Optional(Type.Number({ minimum: 0, description: 'Its text is taken too' }))
const PublishedBody = named(
  'CallingPlanProductRequest',
  Type.Object({ ...ProductBody.properties, callRateFor411: rate, callRateForOperator: rate, overageRatePerMinute: rate }),
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

const FileBody = Type.Object({ file: Type.String({ maxLength: 16_000_000 }) })
const ImportBody = Type.Object({ file: FileBody.properties.file, callingPlanProduct: Type.Optional(Type.String({ maxLength: 10_000 })) })
const COLLECTION = '/v2/partition/:partitionId/callingplanproduct'
const ITEM = `${COLLECTION}/:cppId`
const ProductPath = Type.Object({ partitionId: Type.String(), cppId: Type.String() })
const DEFINITION = `${ITEM}/callingplanproductdefinition`
const TAG = 'Calling Plan Product'

export const callingPlanProductOperations: readonly Operation[] = [
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
    publishedBody: PublishedBody,
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
      const row = await findProduct(context, scope, params.cppId)
      return row === undefined ? err(entityNotFound('CallingPlanProduct', params.cppId)) : ok({ status: 200, body: viewOf(row) })
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
    publishedBody: PublishedBody,
    responses: { 200: ProductView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateCallingPlanProduct(context, principal, scope, params.cppId, () => ok(requestOf(body, DEFAULT_TERMS)))
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
      const updated = await updateCallingPlanProduct(context, principal, scope, params.cppId, (before) => {
        const { terms: stored, ...product } = before
        const checked = patchedBody(ProductBody, { ...product, ...stored }, body)
        return checked.ok ? ok(requestOf(checked.value, DEFAULT_TERMS)) : checked
      })
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${ITEM}/archive-callingplan`,
    tag: TAG,
    summary: 'Take a calling plan off the price list; whoever has it keeps it',
    requires: { permission: 'ProductCallingPlan', level: 'DELETE' },
    params: ProductPath,
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params }) => {
      const archived = await archiveCallingPlanProduct(context, principal, scope, params.cppId)
      return archived.ok ? ok({ status: 200 }) : archived
    },
  }),
  partitionOperation({
    method: 'GET',
    path: DEFINITION,
    tag: TAG,
    summary: 'The rate table of a calling plan as CSV',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    params: ProductPath,
    responses: { 200: Type.String() },
    handle: async (context, { scope, params }) => {
      const table = await exportRateTable(context.database.sql, scope, params.cppId)
      return table.ok ? ok({ status: 200, body: table.value, contentType: 'text/csv; charset=utf-8' }) : table
    },
  }),
  partitionOperation({
    method: 'POST',
    path: DEFINITION,
    tag: TAG,
    summary: 'Replace the rate table of a calling plan by a CSV file; lines that are wrong come back, and then nothing has changed',
    requires: { permission: 'ProductCallingPlan', level: 'EDIT' },
    params: ProductPath,
    takesForm: true,
    body: FileBody,
    responses: { 200: Type.Array(FileProblem) },
    handle: async (context, { principal, scope, params, body }) => {
      const imported = await importRateTable(context, principal, scope, params.cppId, body.file)
      return imported.ok ? ok({ status: 200, body: imported.value }) : imported
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/import`,
    tag: TAG,
    summary: 'Add a calling plan together with its rate table: form fields, or its JSON as the field `callingPlanProduct`, and a CSV file',
    requires: { permission: 'ProductCallingPlan', level: 'CREATE' },
    takesForm: true,
    body: ImportBody,
    responses: { 200: ProductView },
    handle: async (context, { principal, scope, body }) => {
      const { file, callingPlanProduct, ...fields } = body
      const product = checkSchema(ProductBody, callingPlanProduct === undefined ? fields : jsonOf(callingPlanProduct))
      if (!product.ok) return product
      const imported = await importCallingPlanProduct(context, principal, scope, requestOf(product.value, DEFAULT_TERMS), file)
      return imported.ok ? ok({ status: 200, body: viewOf(imported.value) }) : imported
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/default-callingplan-definition',
    tag: 'Calling Plan',
    summary: 'A rate table to begin with, as CSV',
    requires: 'signed-in',
    responses: { 200: Type.String() },
    handle: () =>
      Promise.resolve(ok({ status: 200, body: rateTableCsv(defaultRates(DEFAULT_TERMS.overageRatePerMinute)), contentType: 'text/csv; charset=utf-8' })),
  }),
]

/** The JSON of a form field; anything else fails the schema that comes next. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

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
