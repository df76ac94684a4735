import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { named, type Operation, partitionOperation } from '../http/index.ts'
import { findInboundRatePlan, type InboundRatePlanRow, listInboundRatePlans } from './inbound-rate-plan.ts'

const InboundRatePlanView = named(
  'InboundRatePlanProduct',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    name: Type.String(),
    defaultPlan: Type.Boolean(),
    archived: Type.Boolean(),
    /** By where the call comes from. */
    rates: Type.Record(Type.String(), Type.Object({ rate: Type.Number(), allowCalls: Type.Boolean() })),
  }),
)

const COLLECTION = '/v2/partition/:partitionId/inboundrateplanproduct'
const TAG = 'Inbound Rate Plan Product'

export const inboundRatePlanOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List what calls to toll-free numbers cost',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    responses: { 200: Type.Array(InboundRatePlanView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listInboundRatePlans(context.database.sql, scope)).map(viewOf) }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/:ratePlanId`,
    tag: TAG,
    summary: 'Read an inbound rate plan',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    params: Type.Object({ partitionId: Type.String(), ratePlanId: Type.String() }),
    responses: { 200: InboundRatePlanView },
    handle: async (context, { scope, params }) => {
      const row = await findInboundRatePlan(context.database.sql, scope, params.ratePlanId)
      return row === undefined ? err(entityNotFound('InboundRatePlanProduct', params.ratePlanId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
]

function viewOf(row: InboundRatePlanRow): Static<typeof InboundRatePlanView> {
  const rates = Object.entries(row.rates).map(([origin, { rate, allowCalls }]) => [origin, { rate: Number(rate), allowCalls }] as const)
  return {
    id: row.id,
    partitionId: row.partition_id,
    name: row.name,
    defaultPlan: row.default_plan,
    archived: row.archived,
    rates: Object.fromEntries(rates),
  }
}
