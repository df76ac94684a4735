import { err, ok, type Result } from '@dialtone/foundation'
import { formatPlus, normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { type AccountScope, enterAccount, type PartitionScope, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { cancelPort } from './change-port.ts'
import { MINIMUM_DAYS_AHEAD } from './port-dates.ts'
import { findPort, portIdOf } from './port-queries.ts'
import { PortRequestView, portRequestView } from './port-view.ts'
import type { Portability } from './porting-carrier.ts'
import { isOnPlatform } from './on-platform.ts'
import { PortOrder, readPortOrder } from './read-port-order.ts'
import { portingCarrierOf } from './porting-carrier-of.ts'
import { submitPort } from './submit-port.ts'

const COLLECTION = '/v2/partition/:partitionId/telephone-number/port'
const ITEM = `${COLLECTION}/:portRequestId`
const PortRequestPath = Type.Object({ partitionId: Type.String(), portRequestId: Type.String() })
const TAG = 'Number Porting'

const PortCheck = named(
  'PortCheck',
  Type.Object({
    telephoneNumber: Type.String(),
    portable: Type.Boolean(),
    reason: Type.Optional(Type.String()),
    currentCarrier: Type.String(),
    lineType: oneOf(['BUSINESS', 'RESIDENTIAL', 'WIRELESS']),
    estimatedDays: Type.Integer(),
  }),
)

export const partitionPortOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/check`,
    tag: TAG,
    summary: 'Whether a number can be brought here',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({ telephoneNumber: Type.String({ maxLength: 40 }) }),
    responses: { 200: PortCheck },
    handle: async (context, { query }) => {
      // An unescaped '+' arrives as a space (S2-20).
      const number = normalizePhoneNumber(query.telephoneNumber.trim())
      if (number === undefined) return err(invalidField('telephoneNumber', 'is no telephone number', '10 or 11 digits'))
      const known = portingCarrierOf(context).portability(number)
      return ok({ status: 200, body: checkView(number, known, await isOnPlatform(context.database.sql, number)) })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Ask another carrier for numbers',
    requires: { permission: 'PhoneNumber', level: 'CREATE' },
    body: PortOrder,
    responses: { 200: PortRequestView },
    handle: async (context, { principal, scope, body }) => {
      const account = await enterAccount(context.database.sql, principal, scope, body.accountId)
      if (!account.ok) return account
      const submission = readPortOrder(body)
      if (!submission.ok) return submission
      const port = await submitPort(context, principal, account.value, portingCarrierOf(context), submission.value)
      return port.ok ? ok({ status: 200, body: portRequestView(port.value) }) : conflicting(port)
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'How far a port is',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: PortRequestPath,
    responses: { 200: PortRequestView },
    handle: (context, { principal, scope, params }) => readPort(context, reachOf(principal.accountId, scope), params.portRequestId),
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Give a port up, before the other carrier agreed to it',
    requires: { permission: 'PhoneNumber', level: 'DELETE' },
    params: PortRequestPath,
    responses: { 200: PortRequestView },
    handle: async (context, { principal, scope, params }) => {
      const reach = reachOf(principal.accountId, scope)
      const cancelled = await cancelPort(context, principal, reach, portIdOf(params.portRequestId), { allowAfterApproval: false })
      return cancelled.ok ? ok({ status: 200, body: portRequestView(cancelled.value) }) : conflicting(cancelled)
    },
  }),
]

async function readPort(context: Context, scope: PartitionScope, id: string) {
  const port = await findPort(context.database.sql, scope, portIdOf(id))
  return port === undefined ? err(entityNotFound('PortRequest', id)) : ok({ status: 200, body: portRequestView(port) })
}

/** A user of one account reaches that account's ports, although the path names the partition only. */
function reachOf(accountId: string | undefined, scope: PartitionScope): PartitionScope | AccountScope {
  return accountId === undefined ? scope : systemScope(scope.partitionId, accountId)
}

function checkView(number: string, known: Portability, isHere: boolean): Static<typeof PortCheck> {
  const { portable, reason, currentCarrier, lineType } = known
  const why = isHere ? 'The number is on this platform already, or on its way here.' : reason
  return {
    telephoneNumber: formatPlus(number),
    portable: portable && !isHere,
    ...(why === undefined ? {} : { reason: why }),
    currentCarrier,
    lineType,
    estimatedDays: MINIMUM_DAYS_AHEAD,
  }
}

/** This interface answers a wrong state with 409 (S2-28). */
function conflicting<Value>(result: Result<Value, ApiFailure>): Result<Value, ApiFailure> {
  if (result.ok || result.error.status !== 400 || result.error.details !== undefined) return result
  return err({ ...result.error, status: 409 })
}
