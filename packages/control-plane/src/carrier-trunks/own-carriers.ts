import { isIP } from 'node:net'
import { canonicalAddress } from '@dialtone/foundation'
import type { RoutingCarrier } from '@dialtone/call-routing'
import type { CarrierPeer, CarrierTarget, GatewayStatus } from '@dialtone/softswitch'
import type { Selectable } from 'kysely'
import type { Sealer } from '../access/index.ts'
import type { GatewayReportTable, Sql } from '../database/index.ts'
import { type CarrierTrunk, isInUse } from './carrier-trunk.ts'
import { carrierTrunkOf, type CarrierTrunkRow, sealedPasswordOf } from './carrier-trunk-queries.ts'
import { mediaOfTrunk } from './media-of-trunk.ts'
import { addressesOf, type TrunkAddressRow } from './trunk-addresses.ts'

export interface OwnCarrier {
  readonly peer: CarrierPeer & { readonly partitionId: string }
  readonly routing: RoutingCarrier
}

/** Where a name is now; none while nobody knows. */
export type AddressesOfName = (host: string, port: number, transport: CarrierPeer['transport']) => readonly Pick<CarrierTarget, 'address' | 'port' | 'share'>[]

type Report = Selectable<GatewayReportTable>

/** The carriers all tenants have brought along and that are in use, as the call plane sees them. */
export async function ownCarriers(sql: Sql, sealer: Sealer, whereIs: AddressesOfName): Promise<readonly OwnCarrier[]> {
  const rows = await sql.selectFrom('sip_trunk').selectAll().where('kind', '=', 'CARRIER').orderBy('created_at').orderBy('id').execute()
  const used = rows.filter((row) => isInUse(carrierTrunkOf(row)))
  const ids = used.map((row) => row.id)
  const [addresses, reports] = await Promise.all([
    addressesOf(sql, ids),
    ids.length === 0 ? [] : sql.selectFrom('gateway_report').selectAll().where('trunk_id', 'in', ids).execute(),
  ])
  const byTrunk = Map.groupBy(addresses, (address) => address.trunk_id)
  const reportOf = new Map(reports.map((report) => [report.gateway_id, report]))
  return used.flatMap((row) => {
    const own = (byTrunk.get(row.id) ?? []).filter(({ active }) => active)
    const targets = targetsOf(row.id, carrierTrunkOf(row), own, whereIs)
    return ownCarrier(row, sealer, own, targets.map((target) => ({ ...target, ...reported(reportOf.get(target.id)) }))) // prettier-ignore
  })
}

/** Its active addresses that signal, else where its host is. */
function targetsOf(
  id: string,
  { address, port, transport }: CarrierTrunk,
  own: readonly TrunkAddressRow[],
  whereIs: AddressesOfName,
): readonly CarrierTarget[] {
  const signalling = own.filter(({ type }) => type !== 'media')
  if (signalling.length > 0) return signalling.map((row) => ({ id: row.id, address: canonicalAddress(row.address), port: row.port ?? port }))
  if (isIP(address) !== 0) return [{ id, address: canonicalAddress(address), port }]
  return whereIs(address, port, transport).map((place, index) => ({ id: index === 0 ? id : `${id}-${index}`, ...place }))
}

function reported(report: Report | undefined): Pick<CarrierTarget, 'report'> {
  return report === undefined ? {} : { report: { status: report.status as GatewayStatus, atMs: report.reported_at.getTime() } }
}

function ownCarrier(row: CarrierTrunkRow, sealer: Sealer, own: readonly TrunkAddressRow[], targets: readonly CarrierTarget[]): OwnCarrier {
  const trunk = carrierTrunkOf(row)
  const { id } = row
  const { name, port, transport, priority, registrarDomain, username, contactUser, status } = trunk
  const sealed = sealedPasswordOf(row)
  const credentials = username === undefined || sealed === undefined ? undefined : { username, password: sealer.open(sealed, id) }
  const [first] = targets
  return {
    peer: {
      id,
      name,
      partitionId: row.partition_id,
      accountId: row.account_id ?? undefined,
      address: first?.address ?? '',
      port: first?.port ?? port,
      transport,
      peerCertificate: trunk.peerCertificate,
      maxCalls: trunk.maxConcurrentCalls,
      serverName: isIP(trunk.address) === 0 ? trunk.address : undefined,
      emergency: false,
      keepAliveSeconds: trunk.keepAliveSeconds === 0 ? undefined : trunk.keepAliveSeconds,
      credentials,
      registrarDomain,
      targets,
      contactUser,
      pending: status === 'pending',
      media: mediaOfTrunk(trunk, own),
      numberRules: trunk.numberRules,
      callerId: trunk.callerIdNumber === undefined ? undefined : { number: trunk.callerIdNumber, name: trunk.callerIdName ?? '' },
    },
    routing: {
      id,
      name,
      priority,
      // What has never worked, or is nowhere, is not called.
      healthy: status === 'active' && first !== undefined,
      emergencyCapable: false,
      cost: { weight: trunk.costWeight, byPrefix: new Map(Object.entries(trunk.costByPrefix)) },
      maxConcurrentCalls: trunk.maxConcurrentCalls,
      maxCallsPerSecond: trunk.maxCallsPerSecond,
    },
  }
}
