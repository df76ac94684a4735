import { isIP } from 'node:net'
import { err, newId, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type SipTrunkAddressTable, type Sql, type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write, type Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, type FieldProblem, inConflict, invalidFields } from '../failures/index.ts'
import { type CarrierTrunkRow, DEFAULT_SIP_PORT, isKeptFromPbxs, isAddressOfPbx, type OwnerScope } from './carrier-trunk-queries.ts'

export const ADDRESS_TYPES = ['signaling', 'media', 'both'] as const
export type AddressType = (typeof ADDRESS_TYPES)[number]
export type TrunkAddressRow = Selectable<SipTrunkAddressTable>

/** An address of a trunk (S3-29): where it is called and calls from, or where its media may come from, or both. */
export interface TrunkAddress {
  readonly address: string
  readonly type: AddressType
  readonly port: number | undefined
  /** Lower is tried first. */
  readonly priority: number
  readonly active: boolean
}

const MAX_ADDRESSES = 64
/** The unspecified address and groups, and of IPv4 what lies beyond them (RFC 6890 2.2, RFC 4291 2.5.2, 2.7). */
const NOBODYS = /^(?:0|22[4-9]|2[34]\d|25[0-5])\.|^[0:]+$|^ff/i

/** The addresses of trunks, those liked best first. */
export function addressesOf(sql: Sql | Transaction, trunkIds: readonly string[]): Promise<TrunkAddressRow[]> {
  if (trunkIds.length === 0) return Promise.resolve([])
  return sql.selectFrom('trunk_address').selectAll().where('trunk_id', 'in', trunkIds).orderBy('priority').orderBy('created_at').orderBy('id').execute()
}

/** Makes these the addresses of the trunk, and no others; one that stays keeps its id. */
export function setAddresses(
  context: Context,
  principal: Principal,
  trunk: CarrierTrunkRow,
  wanted: readonly TrunkAddress[],
): Promise<Result<TrunkAddressRow[], ApiFailure>> {
  return once(() =>
    write(context, actorOf(principal), async (change) => {
      if (wanted.length > MAX_ADDRESSES) return err(inConflict('TooManyAddresses', `At most ${MAX_ADDRESSES} addresses a trunk.`))
      await lock(change, trunk)
      const refused = await refusal(context, change, trunk, wanted)
      if (refused !== undefined) return err(refused)
      const before = await addressesOf(change.sql, [trunk.id])
      const isSame = (row: TrunkAddressRow, at: TrunkAddress): boolean => row.address === at.address && row.type === at.type && row.port === (at.port ?? null)
      const left = before.filter((row) => !wanted.some((at) => isSame(row, at)))
      if (left.length > 0) await change.sql.deleteFrom('trunk_address').where('trunk_id', '=', trunk.id).where('id', 'in', left.map((row) => row.id)).execute() // prettier-ignore
      for (const at of wanted) await put(change, trunk, at, before.find((row) => isSame(row, at))?.id)
      change.emit(addressesChanged(trunk, before.map(({ address }) => address), wanted.map(({ address }) => address))) // prettier-ignore
      return ok(await addressesOf(change.sql, [trunk.id]))
    }),
  )
}

export function reviseAddress(
  context: Context,
  principal: Principal,
  trunk: CarrierTrunkRow,
  id: string,
  revise: (before: TrunkAddress) => TrunkAddress,
): Promise<Result<TrunkAddressRow, ApiFailure>> {
  return once(() =>
    write(context, actorOf(principal), async (change) => {
      await lock(change, trunk)
      const rows = await addressesOf(change.sql, [trunk.id])
      const row = rows.find((each) => each.id === id)
      if (row === undefined) return err(entityNotFound('TrunkAddress', id))
      const after = revise(addressOf(row))
      const refused = await refusal(context, change, trunk, [after])
      if (refused !== undefined) return err(refused)
      await put(change, trunk, after, id)
      change.emit(addressesChanged(trunk, [row.address], [after.address]))
      const [updated] = (await addressesOf(change.sql, [trunk.id])).filter((each) => each.id === id)
      return updated === undefined ? err(entityNotFound('TrunkAddress', id)) : ok(updated)
    }),
  )
}

export function deleteAddress(context: Context, principal: Principal, trunk: CarrierTrunkRow, id: string): Promise<Result<Date, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await lock(change, trunk)
    const row = await change.sql.deleteFrom('trunk_address').where('trunk_id', '=', trunk.id).where('id', '=', id).returningAll().executeTakeFirst()
    if (row === undefined) return err(entityNotFound('TrunkAddress', id))
    change.emit(addressesChanged(trunk, [row.address], []))
    return ok(change.now)
  })
}

/** None that a packet can come from: of this network, of a group, or of everybody. */
export function isNobodysAddress(address: string): boolean {
  return NOBODYS.test(address)
}

export function addressOf({ address, type, port, priority, active }: TrunkAddressRow): TrunkAddress {
  return { address, type: type as AddressType, port: port ?? undefined, priority, active }
}

async function lock(change: Write, trunk: CarrierTrunkRow): Promise<void> {
  await change.sql.selectFrom('sip_trunk').select('id').where('id', '=', trunk.id).forUpdate().execute()
}

async function put(change: Write, trunk: CarrierTrunkRow, at: TrunkAddress, id: string | undefined): Promise<void> {
  const values = { address: at.address, type: at.type, port: at.port ?? null, priority: at.priority, active: at.active, updated_at: change.now }
  if (id !== undefined) await change.sql.updateTable('trunk_address').set(values).where('trunk_id', '=', trunk.id).where('id', '=', id).execute()
  else
    await change.sql
      .insertInto('trunk_address')
      .values({ ...values, id: newId(), trunk_id: trunk.id, partition_id: trunk.partition_id, account_id: trunk.account_id, created_at: change.now })
      .execute()
}

/**
 * No address that signals may be another trunk's of the same owner, nor, whoever's it is, a carrier's for a PBX or a PBX's for a
 * carrier: their calls could not be told apart (S3-31).
 */
async function refusal(context: Context, change: Write, trunk: CarrierTrunkRow, wanted: readonly TrunkAddress[]): Promise<ApiFailure | undefined> {
  const problems = wanted.flatMap((at, index): FieldProblem[] => {
    const field = `ips.${index}.address`
    if (isIP(at.address) === 0) return [{ field, code: 'InvalidIpAddress', reason: `"${at.address}" is no address`, rule: 'an IPv4 or IPv6 address' }]
    if (!isNobodysAddress(at.address)) return []
    return [{ field, code: 'UnusableIpAddress', reason: `nobody sends from ${at.address}`, rule: 'the address of one host' }]
  })
  if (problems.length > 0) return invalidFields(problems)
  for (const { address, port = DEFAULT_SIP_PORT, type } of wanted) {
    if (type === 'media') continue
    const others = await change.sql
      .selectFrom('trunk_address')
      .select('id')
      .where('address', '=', address)
      .where('partition_id', '=', trunk.partition_id)
      .where('account_id', trunk.account_id === null ? 'is' : '=', trunk.account_id)
      .where('trunk_id', '<>', trunk.id)
      .where('type', '<>', 'media')
      .where((row) => row(row.fn.coalesce('port', row.val(DEFAULT_SIP_PORT)), '=', port))
      .executeTakeFirst()
    if (others !== undefined) return alreadyInUse('IpAddressInUse', 'address', `${address}:${port}`, 'organisation')
    const isOfOtherKind = trunk.kind === 'PBX' ? await isKeptFromPbxs(context, change.sql, address, port) : await isAddressOfPbx(change.sql, address, port)
    if (isOfOtherKind) return alreadyInUse('IpAddressInUse', 'address', `${address}:${port}`, 'platform')
  }
  return undefined
}

async function once<Value>(work: () => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  try {
    return await work()
  } catch (error) {
    if (violatedUniqueIndex(error) === 'trunk_address_once') return err(alreadyInUse('IpAddressInUse', 'address', 'the address', 'trunk'))
    throw error
  }
}

function addressesChanged(trunk: CarrierTrunkRow, before: readonly string[], after: readonly string[]): DomainEvent {
  return {
    type: trunk.kind === 'PBX' ? 'sip-trunk.updated' : 'carriertrunk.updated',
    partitionId: trunk.partition_id,
    accountId: trunk.account_id ?? undefined,
    data: { carrierTrunkId: trunk.id, name: trunk.name },
    history: {
      type: trunk.account_id === null ? 'PARTITION' : 'SIP_TRUNK',
      action: 'UPDATE',
      oldValue: { addresses: before },
      newValue: { addresses: after },
      referenceType: 'CarrierTrunk',
      referenceId: trunk.id,
      referenceName: trunk.name,
    },
  }
}

export type { OwnerScope }
