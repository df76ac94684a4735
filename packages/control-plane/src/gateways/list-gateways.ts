import { type CarrierTrunkRow, carrierTrunkOf, addressesOf, isInUse } from '../carrier-trunks/index.ts'
import type { Sql } from '../database/index.ts'

/** One place where a carrier is called (S3-62). */
export interface Gateway {
  readonly id: string
  readonly trunk: CarrierTrunkRow
  readonly host: string
  readonly port: number
}

/** The gateways of trunks: their active addresses that signal, or the trunk's own host where there is none. */
export async function gatewaysOf(sql: Sql, trunks: readonly CarrierTrunkRow[]): Promise<readonly Gateway[]> {
  const used = trunks.filter((row) => row.kind === 'CARRIER' && isInUse(carrierTrunkOf(row)))
  const ids = used.map((row) => row.id)
  const addresses = Map.groupBy(await addressesOf(sql, ids), (address) => address.trunk_id)
  return used.flatMap((trunk) => {
    const { address, port } = carrierTrunkOf(trunk)
    const own = (addresses.get(trunk.id) ?? []).filter(({ active, type }) => active && type !== 'media')
    return own.length === 0 ? [{ id: trunk.id, trunk, host: address, port }] : own.map((at) => ({ id: at.id, trunk, host: at.address, port: at.port ?? port }))
  })
}

/** A gateway is known by its address's id, or by that of its trunk. */
export async function findGateway(sql: Sql, id: string): Promise<Gateway | undefined> {
  const address = await sql.selectFrom('trunk_address').select('trunk_id').where('id', '=', id).executeTakeFirst()
  const trunk = await sql
    .selectFrom('sip_trunk')
    .selectAll()
    .where('id', '=', address?.trunk_id ?? id)
    .where('kind', '=', 'CARRIER')
    .executeTakeFirst()
  if (trunk === undefined) return undefined
  const known = await gatewaysOf(sql, [trunk])
  return known.find((gateway) => gateway.id === id)
}
