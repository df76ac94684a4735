import type { Logger } from '@dialtone/foundation'
import type { SwitchDomain } from '@dialtone/softswitch'
import { type Sealer, visiblePartitions } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { isCertificateFor } from './domain-certificate.ts'
import { isServing, settingsOf, type SipDomainRow } from './sip-domain.ts'
import { namingPartitions, servingSubDomains } from './sub-domains.ts'

/** What a TLS listener shows to who asks for the name. PEM texts; the key is in clear here and nowhere else. */
export interface DomainCertificateOfSwitch {
  readonly name: string
  readonly cert: string
  readonly key: string
}

export interface SwitchDomains {
  readonly domains: readonly SwitchDomain[]
  readonly certificates: readonly DomainCertificateOfSwitch[]
}

/** All domains as the call plane knows them. */
export async function readSwitchDomains(o: { readonly sql: Sql; readonly sealer: Sealer; readonly logger: Logger }): Promise<SwitchDomains> {
  const rows = await o.sql.selectFrom('sip_domain').selectAll().execute()
  const owners = new Set(rows.flatMap((row) => (row.account_id === null ? [row.partition_id] : [])))
  const below = new Map(await Promise.all([...owners].map(async (id) => [id, await visiblePartitions(o.sql, id)] as const)))
  const named = servingSubDomains(await namingPartitions(o.sql), rows)
  const claimed = rows.filter((row) => !named.some(({ name }) => name === row.name))
  return {
    domains: [
      ...claimed.map((row) => domainOf(row, below.get(row.partition_id) ?? [])),
      ...named.map(({ name, base, partitionIds }) => ({ ...domainOf(base, partitionIds), name })),
    ],
    certificates: [
      ...rows.flatMap((row) => certificateOf(row, o) ?? []),
      ...named.flatMap(({ name, base }) => (isCertificateFor(base.certificate, name) ? (certificateOf(base, o, name) ?? []) : [])),
    ],
  }
}

function domainOf(row: SipDomainRow, partitionIds: readonly string[]): SwitchDomain {
  const { defaultTransport, natKeepalive, keepaliveSeconds } = settingsOf(row)
  return {
    name: row.name,
    ...(row.account_id === null ? { partitionIds } : { partitionIds: [], accountId: row.account_id }),
    isProven: row.verified_at !== null,
    isServing: isServing(row),
    defaultTransport,
    ...(natKeepalive ? { keepAliveSeconds: keepaliveSeconds } : {}),
  }
}

function certificateOf(
  row: SipDomainRow,
  { sealer, logger }: { readonly sealer: Sealer; readonly logger: Logger },
  name = row.name,
): DomainCertificateOfSwitch | undefined {
  if (!row.ssl_enabled || !isServing(row) || row.certificate === null || row.private_key_sealed === null) return undefined
  try {
    return { name, cert: row.certificate, key: sealer.open(row.private_key_sealed, row.id) }
  } catch {
    logger.error('the private key of a domain does not open with the secret key of this server', { domain: row.name })
    return undefined
  }
}
