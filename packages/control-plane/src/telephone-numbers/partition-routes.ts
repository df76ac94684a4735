import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound, invalidFields } from '../failures/index.ts'
import { named, type Operation, partitionOperation } from '../http/index.ts'
import { PARTITION, PartitionNumberPath as NumberPath, TELEPHONE_NUMBER_TAG as TAG, withNumber } from './number-path.ts'
import { readSearchCriteria, searchNumbers, TELEPHONENUMBER_SEARCH } from '../number-search/index.ts'
import { lazyPlaceTables } from '../reference-data/index.ts'
import { portOutNumber } from './port-out-number.ts'
import { recoverNumber } from './release-number.ts'
import { releaseReservation, reserveNumber } from './reserve-number.ts'
import { findVisible, readInOrder } from './telephone-number-queries.ts'
import { InventoryNumberView } from './number-schemas.ts'
import { inventoryNumberView } from './telephone-number-view.ts'

const ITEM = `${PARTITION}/telephonenumber/:tn`
const text = Type.Optional(Type.String({ maxLength: 64 }))
/** Read from their files on the first search that needs them. */
const placeTables = lazyPlaceTables()

export const partitionNumberOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/telephonenumber/search',
    tag: TAG,
    summary: 'Find numbers of the inventory, nearest first',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({
      ...{ type: text, q: text, lat: text, long: text, functiontype: text, carrierId: text, maxResults: text, sequential: text },
      ...{ npa: text, nxx: text, rateCenter: text, state: text, pattern: text, quantity: text },
    }),
    responses: { 200: Type.Array(InventoryNumberView) },
    handle: async (context, { principal, scope, query }) => {
      const criteria = readSearchCriteria(query, TELEPHONENUMBER_SEARCH)
      if (!criteria.ok) {
        const failure = invalidFields(criteria.error)
        // A search without a term is well-formed and cannot be carried out (public-spec section 3).
        return err(failure.code === 'SearchTermRequired' ? { ...failure, status: 422 } : failure)
      }
      const found = await searchNumbers(context, scope, criteria.value, { tables: placeTables, userId: principal.userId })
      const rows = await readInOrder(context.database.sql, found.map((number) => number.phoneNumber)) // prettier-ignore
      const byNumber = new Map(found.map((number) => [number.phoneNumber, number]))
      const nowMs = context.clock.nowMs()
      return ok({ status: 200, body: rows.map((row) => inventoryNumberView(row, nowMs, byNumber.get(row.phone_number))) })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a number of the partition or of its inventory',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: InventoryNumberView },
    handle: (context, { scope, params }) =>
      withNumber(params.tn, async (number) => {
        const row = await findVisible(context.database.sql, scope, number)
        return row === undefined ? err(entityNotFound('TelephoneNumber', number)) : ok({ status: 200, body: inventoryNumberView(row, context.clock.nowMs()) })
      }),
  }),
  partitionOperation({
    method: 'PUT',
    path: `${ITEM}/reserve`,
    tag: TAG,
    summary: 'Reserve a number for yourself for 30 minutes',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: NumberPath,
    responses: {
      200: named('TelephoneNumberReserved', Type.Object({ id: Type.String(), tn: Type.String(), reserved: Type.Boolean(), reservedTime: Type.String() })),
    },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const reserved = await reserveNumber(context, principal, scope, number, { userId: principal.userId })
        if (!reserved.ok) return reserved
        const reservedTime = (reserved.value.reserved_at ?? new Date(context.clock.nowMs())).toISOString()
        return ok({ status: 200, body: { id: number, tn: number, reserved: true, reservedTime } })
      }),
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${ITEM}/reserve`,
    tag: TAG,
    summary: 'Give your reservation up',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const released = await releaseReservation(context, principal, scope, number, { userId: principal.userId })
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
  partitionOperation({
    method: 'PUT',
    path: `${ITEM}/cooldown/recover`,
    tag: TAG,
    summary: 'Put a released number back into the inventory before its cooldown ends',
    requires: { permission: 'PhoneNumberInventory', level: 'EDIT' },
    params: NumberPath,
    responses: { 200: InventoryNumberView },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const recovered = await recoverNumber(context, principal, scope, number)
        return recovered.ok ? ok({ status: 200, body: inventoryNumberView(recovered.value, context.clock.nowMs()) }) : recovered
      }),
  }),
  partitionOperation({
    method: 'PUT',
    path: `${ITEM}/portout`,
    tag: TAG,
    summary: 'Write down that another carrier has a number of an account now',
    requires: { permission: 'PhoneNumberInventory', level: 'DELETE' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const left = await portOutNumber(context, principal, scope, number)
        return left.ok ? ok({ status: 204 }) : left
      }),
  }),
]
