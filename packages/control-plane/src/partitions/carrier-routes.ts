import { ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { visiblePartitions } from '../access/index.ts'
import { createCarrier, deleteCarrier } from './change-carriers.ts'
import { CARRIER_TYPES, carriersInForce, type InboundCarrier } from './inbound-carriers.ts'

const flag = Type.Optional(Type.Boolean())
const CarrierFields = {
  description: Type.Optional(Type.String({ maxLength: 256 })),
  supportsCSRUpdate: flag,
  supportCNAMChange: flag,
  supportDirectoryListing: flag,
  supportPorting: flag,
  supportHotCutPorting: flag,
  portPushDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
  enableDynamicInventory: flag,
  enableByotn: flag,
  smsCallbackUrl: Type.Optional(Type.String({ maxLength: 512, format: 'uri', pattern: '^https://' })),
}
const NewInboundCarrier = named(
  'InboundCarrierRequest',
  Type.Object({ ...CarrierFields, name: Type.String({ minLength: 1, maxLength: 256 }), carrierType: oneOf(CARRIER_TYPES) }),
)
const InboundCarrierView = named(
  'InboundCarrier',
  Type.Object({
    ...CarrierFields,
    id: Type.String(),
    name: Type.String(),
    carrierType: oneOf(CARRIER_TYPES),
    partitionAvailability: Type.Array(Type.String()),
    hasTNs: Type.Boolean(),
    cnamCarrierType: oneOf(CARRIER_TYPES),
    dlCarrierType: oneOf(CARRIER_TYPES),
  }),
)

const TAG = 'Partition'
const COLLECTION = '/v2/partition/:partitionId/inboundcarriers'
const CarrierPath = Type.Object({ partitionId: Type.String(), inboundCarrierId: Type.String({ maxLength: 64 }) })

export const carrierOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'The carriers that numbers of the partition come from: its own, or those of the partition above it',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Type.Array(InboundCarrierView) },
    handle: async (context, { scope }) =>
      ok({ status: 200, body: await viewsOf(context, scope.partitionId, await carriersInForce(context.database.sql, scope.partitionId)) }),
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Give a partition a carrier of its own; from then on it no longer has those above it',
    requires: { permission: 'Product', level: 'CREATE' },
    body: NewInboundCarrier,
    responses: { 200: InboundCarrierView },
    handle: async (context, { principal, scope, body }) => {
      const { name, carrierType, ...attributes } = body
      const created = await createCarrier(context, principal, scope, { name, carrierType, attributes: onlyOf(attributes) })
      return created.ok ? ok({ status: 200, body: (await viewsOf(context, scope.partitionId, [created.value]))[0] }) : created
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${COLLECTION}/:inboundCarrierId`,
    tag: TAG,
    summary: 'Delete an own carrier that no number comes from',
    requires: { permission: 'Product', level: 'DELETE' },
    params: CarrierPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteCarrier(context, principal, scope, params.inboundCarrierId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/is-di-supported',
    tag: TAG,
    summary: 'Whether a carrier of the partition can be searched and ordered from live',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope }) => {
      const carriers = await carriersInForce(context.database.sql, scope.partitionId)
      return ok({ status: 200, body: carriers.some((carrier) => carrier.attributes.enableDynamicInventory === true) })
    },
  }),
]

/** Unknown members of a body are nobody's business. */
function onlyOf(attributes: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => name in CarrierFields && value !== undefined))
}

async function viewsOf(context: Context, partitionId: string, carriers: readonly InboundCarrier[]): Promise<Static<typeof InboundCarrierView>[]> {
  const visible = await visiblePartitions(context.database.sql, partitionId)
  const used = await context.database.sql
    .selectFrom('telephone_number')
    .select('carrier_id')
    .distinct()
    .where('partition_id', 'in', [...visible])
    .where('carrier_id', 'in', [...carriers.map((carrier) => carrier.id), ''])
    .execute()
  return carriers.map((carrier) => ({
    ...carrier.attributes,
    id: carrier.id,
    name: carrier.name,
    carrierType: carrier.carrierType,
    partitionAvailability: [partitionId],
    hasTNs: used.some((row) => row.carrier_id === carrier.id),
    cnamCarrierType: carrier.carrierType,
    dlCarrierType: carrier.carrierType,
  }))
}
