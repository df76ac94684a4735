import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { type FaxOutbound, faxOutboundOf, setFaxOutbound } from './outbound.ts'

const PATH = '/v2/partition/:partitionId/account/:accountId/vfax/outbound'
const TAG = 'Virtual Fax'
const OutboundBody = named(
  'VfaxOutboundRequest',
  Type.Object({ enabled: Type.Boolean({ default: false }), callerId: Type.Optional(Type.String({ maxLength: 32 })) }),
)
const OutboundView = named(
  'VfaxOutbound',
  Type.Object({ partitionId: Type.String(), accountId: Type.String(), enabled: Type.Boolean(), callerId: Type.Optional(Type.String()) }),
)

export const faxOutboundOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'Whether an account sends faxes, and the number they come from',
    requires: { permission: 'EU_Account', level: 'READ' },
    responses: { 200: OutboundView },
    handle: async (context, { scope }) => ok({ status: 200, body: viewOf(scope, await faxOutboundOf(context.database.sql, scope)) }),
  }),
  accountOperation({
    method: 'PUT',
    path: PATH,
    tag: TAG,
    summary: 'Let an account send faxes from a number of its own, or not',
    requires: { permission: 'EU_Account', level: 'EDIT' },
    body: OutboundBody,
    responses: { 200: OutboundView },
    handle: async (context, { principal, scope, body: { enabled, callerId } }) => {
      const set = await setFaxOutbound(context, principal, scope, { enabled, callerId })
      return set.ok ? ok({ status: 200, body: viewOf(scope, set.value) }) : set
    },
  }),
]

function viewOf({ partitionId, accountId }: AccountScope, { enabled, callerId }: FaxOutbound) {
  return { partitionId, accountId, enabled, ...(callerId === undefined ? {} : { callerId }) }
}
