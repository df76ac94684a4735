import { ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { accountOperation, MAX_OFFSET, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { type Endpoint, ENDPOINT_TYPES, findEndpoints, REASONS } from './find-endpoints.ts'

const PARTITION = '/v2/partition/:partitionId'
const TAG = 'Emergency Notification'
const MAX_PAGE_SIZE = 1000
const DEFAULT_PAGE_SIZE = 100
const requires = { permission: 'EU_911_ADDRESS', level: 'READ' } as const

const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_OFFSET })),
})

const EndpointView = named(
  'EmergencyComplianceEndpoint',
  Type.Object({
    accountId: Type.String(),
    accountNumber: Type.String(),
    accountName: Type.String(),
    endpointType: oneOf(ENDPOINT_TYPES),
    endpointId: Type.String(),
    name: Type.String(),
    userId: Type.Optional(Type.String()),
    callbackNumber: Type.Optional(Type.String()),
    reasons: Type.Array(oneOf(REASONS)),
  }),
)

const ComplianceList = named(
  'EmergencyComplianceList',
  Type.Object({
    endpoints: Type.Array(EndpointView),
    /** Endpoints with a reason. */
    totalRecords: Type.Integer(),
    /** Everything that can dial 911. */
    endpointCount: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
  }),
)

export const emergencyComplianceOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/emergency/compliance`,
    tag: TAG,
    summary: 'Lines and trunks of a partition without a valid dispatchable location or callback number, and why',
    requires,
    query: Query,
    responses: { 200: ComplianceList },
    handle: (context, { principal, scope, query }) =>
      // Who belongs to one account sees that one.
      answer(context, principal.accountId === undefined ? scope : { ...scope, accountId: principal.accountId }, query),
  }),
  accountOperation({
    method: 'GET',
    path: `${PARTITION}/account/:accountId/emergency/compliance`,
    tag: TAG,
    summary: 'Lines and trunks of an account without a valid dispatchable location or callback number, and why',
    requires,
    query: Query,
    responses: { 200: ComplianceList },
    handle: (context, { scope, query }) => answer(context, scope, query),
  }),
]

async function answer(context: Context, scope: PartitionScope | AccountScope, { limit = DEFAULT_PAGE_SIZE, offset = 0 }: Static<typeof Query>) {
  const { endpoints, totalRecords, endpointCount } = await findEndpoints(context.database.sql, scope, { limit, offset })
  return ok({ status: 200, body: { endpoints: endpoints.map(viewOf), totalRecords, endpointCount, limit, offset } })
}

function viewOf(endpoint: Endpoint): Static<typeof EndpointView> {
  return {
    accountId: endpoint.account_id,
    accountNumber: endpoint.account_number,
    accountName: endpoint.account_name,
    endpointType: endpoint.type,
    endpointId: endpoint.id,
    name: endpoint.name,
    ...(endpoint.user_id === null ? {} : { userId: endpoint.user_id }),
    ...(endpoint.callback_number === null ? {} : { callbackNumber: endpoint.callback_number }),
    reasons: [...endpoint.reasons],
  }
}
