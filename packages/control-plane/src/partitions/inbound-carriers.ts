import type { Selectable } from 'kysely'
import type { InboundCarrierTable, Sql, Transaction } from '../database/index.ts'
import { partitionLine } from './partition-defaults.ts'

export type InboundCarrierRow = Selectable<InboundCarrierTable>

export const CARRIER_TYPES = [
  'LEVEL_3', 'NO_API', 'E911', 'TELUS', 'TELUS_API', 'TELUS_ONEVOICE', 'PROVTEL', 'VERIZON_CARIANZA', 'ONVOY_CARIANZA', 'LEVEL3_CARIANZA', 'BANDWIDTH',
  'LUMEN_IMS', 'LUMEN_VOICE_LI_ELS', 'SINCH', 'SERVICE_PROVIDER_CARRIER',
] as const // prettier-ignore
export type CarrierType = (typeof CARRIER_TYPES)[number]

/** Where the numbers of a partition come from. */
export interface InboundCarrier {
  readonly id: string
  /** Whose it is; the carriers of the platform are nobody's. */
  readonly ownerId: string | undefined
  readonly name: string
  readonly carrierType: CarrierType
  readonly attributes: CarrierAttributes
}

export interface CarrierAttributes {
  readonly description?: string
  readonly supportsCSRUpdate?: boolean
  readonly supportCNAMChange?: boolean
  readonly supportDirectoryListing?: boolean
  readonly supportPorting?: boolean
  readonly supportHotCutPorting?: boolean
  readonly portPushDays?: number
  readonly enableDynamicInventory?: boolean
  readonly enableByotn?: boolean
  readonly smsCallbackUrl?: string
}

const EVERYTHING: CarrierAttributes = { supportsCSRUpdate: true, supportCNAMChange: true, supportDirectoryListing: true, supportPorting: true }

/** What every partition has until it, or one above it, has carriers of its own: the sandbox, and numbers a provider brings. */
const PLATFORM_CARRIERS: readonly InboundCarrier[] = [
  { id: 'sandbox-pstn', ownerId: undefined, name: 'Sandbox', carrierType: 'NO_API', attributes: { ...EVERYTHING, description: 'Activates at once' } },
  { id: 'sandbox-delayed', ownerId: undefined, name: 'Sandbox, delayed', carrierType: 'NO_API', attributes: { ...EVERYTHING, description: 'Activates later' } },
  {
    id: 'bring-your-own',
    ownerId: undefined,
    name: 'Bring your own carrier',
    carrierType: 'SERVICE_PROVIDER_CARRIER',
    attributes: { ...EVERYTHING, enableByotn: true },
  },
]

/** The partition's own carriers if it has or wants its own, else those of the nearest partition above that has (S1-11, conflicts section 8). */
export async function carriersInForce(sql: Sql | Transaction, partitionId: string): Promise<readonly InboundCarrier[]> {
  const line = await partitionLine(sql, partitionId)
  const rows = await sql
    .selectFrom('inbound_carrier')
    .selectAll()
    .where('partition_id', 'in', [...line.map((partition) => partition.id), ''])
    .orderBy('name')
    .execute()
  for (const partition of line.toReversed()) {
    const own = rows.filter((row) => row.partition_id === partition.id)
    if (own.length > 0 || partition.settings['useOwnCarrier'] === true) return own.map(carrierOf)
  }
  return PLATFORM_CARRIERS
}

export async function countOwnCarriers(sql: Sql | Transaction, partitionId: string): Promise<number> {
  const { total } = await sql
    .selectFrom('inbound_carrier')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('partition_id', '=', partitionId)
    .executeTakeFirstOrThrow()
  return Number(total)
}

export function carrierOf(row: InboundCarrierRow): InboundCarrier {
  return {
    id: row.id,
    ownerId: row.partition_id,
    name: row.name,
    carrierType: row.carrier_type as CarrierType,
    attributes: row.attributes,
  }
}
