import type { RoutingCarrier } from '@dialtone/call-routing'
import type { CarrierPeer } from '@dialtone/softswitch'
import type { Sealer } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { carrierTrunkOf, type CarrierTrunkRow, sealedPasswordOf } from './carrier-trunk-queries.ts'

export interface OwnCarrier {
  readonly peer: CarrierPeer & { readonly partitionId: string }
  readonly routing: RoutingCarrier
}

/** The carriers all tenants have brought along and that are in use, as the call plane sees them. */
export async function ownCarriers(sql: Sql, sealer: Sealer): Promise<readonly OwnCarrier[]> {
  const rows = await sql.selectFrom('sip_trunk').selectAll().where('kind', '=', 'CARRIER').orderBy('created_at').orderBy('id').execute()
  return rows.filter((row) => carrierTrunkOf(row).enabled).map((row) => ownCarrier(row, sealer))
}

function ownCarrier(row: CarrierTrunkRow, sealer: Sealer): OwnCarrier {
  const trunk = carrierTrunkOf(row)
  const { id } = row
  const { name, address, port, transport, priority, registrarDomain, username } = trunk
  const sealed = sealedPasswordOf(row)
  const credentials = username === undefined || sealed === undefined ? undefined : { username, password: sealer.open(sealed, id) }
  return {
    peer: {
      id,
      name,
      partitionId: row.partition_id,
      accountId: row.account_id ?? undefined,
      address,
      port,
      transport,
      emergency: false,
      keepAliveSeconds: trunk.keepAliveSeconds === 0 ? undefined : trunk.keepAliveSeconds,
      credentials,
      registrarDomain,
    },
    routing: {
      id,
      name,
      priority,
      healthy: true,
      emergencyCapable: false,
      cost: { weight: trunk.costWeight, byPrefix: new Map(Object.entries(trunk.costByPrefix)) },
      maxConcurrentCalls: trunk.maxConcurrentCalls,
      maxCallsPerSecond: trunk.maxCallsPerSecond,
    },
  }
}
