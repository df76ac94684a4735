import { canonicalAddress, err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import {
  ADDRESS_TYPES,
  type CarrierTrunkRow,
  deleteAddress,
  reviseAddress,
  setAddresses,
  type TrunkAddress,
  type TrunkAddressRow,
} from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import { knowPbxByAddress } from '../sip-trunks/index.ts'
import { Page, Pagination, totalOf, wholeOrPage, wholeOrPageOf } from './paging.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import { resourceOperation } from './resource-operation.ts'
import { enterTrunk, trunkPermission } from './sip-trunk-routes.ts'
import { AddressView } from './trunk-fields.ts'
import { addressView } from './trunk-view.ts'
import { addressesOf } from '../carrier-trunks/index.ts'

const TAG = 'SIP Trunk IPs'
const Entity = Type.Object({ entity: ResourceId })
const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const Priority = Type.Integer({ minimum: 0, maximum: 65_535 })
const Address = Type.Object({
  address: Type.String({ minLength: 1, maxLength: 64 }),
  type: oneOf(ADDRESS_TYPES),
  port: Type.Optional(Port),
  priority: Type.Optional(Priority),
  active: Type.Optional(Type.Boolean()),
})
const Put = named('SipTrunkAddressesRequest', Type.Object({ ips: Type.Array(Address, { maxItems: 64 }) }))
const Post = named(
  'SipTrunkAddressUpdate',
  Type.Object({
    ip_id: ResourceId,
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    type: Type.Optional(oneOf(ADDRESS_TYPES)),
    port: Type.Optional(Port),
    priority: Type.Optional(Priority),
    active: Type.Optional(Type.Boolean()),
  }),
)
const List = Type.Object({ trunk_id: Type.Optional(Type.String()), ips: Type.Array(AddressView), pagination: Type.Optional(Pagination) })
/** S3-29: the default depends on the type; of media it is any. */
const DEFAULT_SIP_PORT = 5060
const MALFORMED = ['InvalidIpAddress'] as const

export const sipTrunkAddressOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/siptrunkips/:entity',
    tag: TAG,
    summary: 'List the addresses of a trunk, or `all`',
    requires: trunkPermission('READ'),
    params: Entity,
    query: { type: Type.Optional(oneOf(ADDRESS_TYPES)), ...Page },
    data: List,
    refuses: [404],
    handle: async (context, { params, query, reach }) => {
      const wanted = (row: TrunkAddressRow): boolean => query.type === undefined || row.type === query.type
      if (params.entity === 'all') {
        const filter = await reach.within({})
        if (!filter.ok) return filter
        let rows = context.database.sql.selectFrom('trunk_address').where(filter.value)
        if (query.type !== undefined) rows = rows.where('type', '=', query.type)
        const ofTrunk = (row: TrunkAddressRow) => ({ ...addressView(row), trunk_id: shownId('trunk', row.trunk_id) })
        const { rows: found, ...page } = await wholeOrPage(
          query,
          ({ limit, offset }) => rows.selectAll().orderBy('trunk_id').orderBy('priority').orderBy('id').limit(limit).offset(offset).execute(),
          () => totalOf(rows.select((row) => row.fn.countAll<string>().as('total'))),
        )
        return ok({ data: { ips: found.map(ofTrunk), ...page } })
      }
      const found = await enterTrunk(context, reach, params.entity)
      if (!found.ok) return found
      const all = await addressesOf(context.database.sql, [found.value.row.id])
      const { rows, ...page } = await wholeOrPageOf(query, all.filter(wanted))
      return ok({ data: { ...listOf(found.value.row, rows), ...page } })
    },
  }),
  resourceOperation({
    method: 'PUT',
    path: '/siptrunkips/:entity',
    tag: TAG,
    summary: 'Make these the addresses of a trunk: where it is called and calls from, and where its media may come from',
    requires: trunkPermission('EDIT'),
    params: Entity,
    body: Put,
    data: List,
    refuses: [404, 409, 422],
    malformed: MALFORMED,
    handle: async (context, { params, body, reach, principal }) => {
      const found = await enterTrunk(context, reach, params.entity)
      if (!found.ok) return found
      const { row } = found.value
      const set = await withKnown(context, row, (unit) => setAddresses(unit, principal, row, body.ips.map(wantedAddress)))
      return set.ok ? ok({ data: listOf(row, set.value), message: 'SIP trunk IPs configured successfully' }) : set
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/siptrunkips/:entity',
    tag: TAG,
    summary: 'Change one address of a trunk',
    requires: trunkPermission('EDIT'),
    params: Entity,
    body: Post,
    data: AddressView,
    refuses: [404, 409],
    handle: async (context, { params, body, reach, principal }) => {
      const found = await enterTrunk(context, reach, params.entity)
      if (!found.ok) return found
      const id = idOf('address', body.ip_id)
      const { row } = found.value
      const revised = await withKnown(context, row, (unit) =>
        reviseAddress(unit, principal, row, id, (before) => ({
          address: canonicalAddress(body.address ?? before.address),
          type: body.type ?? before.type,
          port: body.port ?? before.port,
          priority: body.priority ?? before.priority,
          active: body.active ?? before.active,
        })),
      )
      return revised.ok ? ok({ data: addressView(revised.value), message: 'SIP trunk IP updated successfully' }) : revised
    },
  }),
  resourceOperation({
    method: 'DELETE',
    path: '/siptrunkips/:entity',
    tag: TAG,
    summary: 'Remove an address from a trunk',
    requires: trunkPermission('EDIT'),
    params: Entity,
    query: { ip_id: ResourceId },
    data: Type.Object({ id: Type.String(), deleted_at: Type.String() }),
    refuses: [404],
    handle: async (context, { params, query, reach, principal }) => {
      const found = await enterTrunk(context, reach, params.entity)
      if (!found.ok) return found
      const { row } = found.value
      const id = idOf('address', query.ip_id)
      const deleted = await withKnown(context, row, (unit) => deleteAddress(unit, principal, row, id))
      if (!deleted.ok) return deleted
      return ok({ data: { id: shownId('address', id), deleted_at: deleted.value.toISOString() }, message: 'SIP trunk IP deleted successfully' })
    },
  }),
]

/** A change of addresses, and by which of them a PBX is known from then on: one change, of which nothing is left when either is refused. */
async function withKnown<Value>(
  context: Context,
  row: CarrierTrunkRow,
  change: (unit: Context) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  const { result } = await inOneUnit(context, async (unit) => {
    const changed = await change(unit)
    const known = changed.ok ? await knownBy(unit, row) : changed
    return known.ok ? changed : known
  })
  return result
}

/** A PBX is known by its first active address that signals, as in `siptrunk_2` (conflicts section 7). */
async function knownBy(context: Context, row: CarrierTrunkRow): Promise<Result<undefined, ApiFailure>> {
  if (row.kind !== 'PBX') return ok(undefined)
  if (row.account_id === null) return err(entityNotFound('SIPTrunk', row.id))
  const [first] = (await addressesOf(context.database.sql, [row.id])).filter(({ active, type }) => active && type !== 'media')
  return knowPbxByAddress(context, row, first === undefined ? undefined : { address: first.address, port: first.port ?? DEFAULT_SIP_PORT })
}

function listOf(trunk: CarrierTrunkRow, rows: readonly TrunkAddressRow[]): Static<typeof List> {
  return { trunk_id: shownId('trunk', trunk.id), ips: rows.map(addressView) }
}

function wantedAddress(given: Static<typeof Address>): TrunkAddress {
  const port = given.port ?? (given.type === 'media' ? undefined : DEFAULT_SIP_PORT)
  return { address: canonicalAddress(given.address), type: given.type, port, priority: given.priority ?? 1, active: given.active ?? true }
}
