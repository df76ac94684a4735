import { type RawBuilder, sql as raw, type SqlBool } from 'kysely'
import type { Sql, Transaction } from '../database/index.ts'
import type { SipDomainRow } from './sip-domain.ts'

export function findDomain(sql: Sql | Transaction, id: string): Promise<SipDomainRow | undefined> {
  return sql.selectFrom('sip_domain').selectAll().where('id', '=', id).executeTakeFirst()
}

export interface DomainOfAccount {
  readonly name: string
  readonly of_account: string
  readonly is_of_partition: boolean
}

/** The domains at which an account's lines may log in: its own and those of the partitions above it, of many accounts at once. */
export async function servingDomainsOfAccounts(sql: Sql, accountIds: readonly string[]): Promise<readonly DomainOfAccount[]> {
  if (accountIds.length === 0) return []
  const { rows } = await raw<DomainOfAccount>`
    WITH RECURSIVE line AS (
      SELECT account.id AS of_account, partition.id, partition.parent_id FROM account JOIN partition ON partition.id = account.partition_id
      WHERE account.id IN (${raw.join(accountIds)})
      UNION ALL SELECT line.of_account, partition.id, partition.parent_id FROM partition JOIN line ON line.parent_id = partition.id
    )
    SELECT line.of_account, domain.name, domain.account_id IS NULL AS is_of_partition FROM line JOIN sip_domain AS domain ON domain.partition_id = line.id
    WHERE domain.status = 'active' AND domain.verified_at IS NOT NULL AND (domain.account_id IS NULL OR domain.account_id = line.of_account)
    ORDER BY domain.name`.execute(sql)
  return rows
}

/** The domain an account's phones are configured with: the nearest primary one that serves, of two the older. */
export async function domainOfAccount(
  sql: Sql | Transaction,
  { accountId, partitionId }: { readonly accountId: string; readonly partitionId: string },
): Promise<SipDomainRow | undefined> {
  const { rows } = await raw<SipDomainRow>`
    WITH RECURSIVE line AS (
      SELECT id, parent_id, 1 AS distance FROM partition WHERE id = ${partitionId}
      UNION ALL SELECT partition.id, partition.parent_id, line.distance + 1 FROM partition JOIN line ON line.parent_id = partition.id
    )
    SELECT domain.* FROM sip_domain AS domain JOIN line ON line.id = domain.partition_id
    WHERE domain.status = 'active' AND domain.verified_at IS NOT NULL AND domain.type = 'primary'
      AND (domain.account_id IS NULL OR domain.account_id = ${accountId})
    ORDER BY domain.account_id IS NULL, line.distance, domain.created_at, domain.id LIMIT 1`.execute(sql)
  return rows[0]
}

/** What would be lost with it: phones that are registered at it, accounts with devices or PBXs that are configured with it, trunks that name it (S3-84). */
export async function usesOfDomain(sql: Sql | Transaction, row: SipDomainRow, now: Date): Promise<{ readonly devices: number; readonly trunks: number }> {
  const { rows } = await raw<{ readonly devices: string; readonly trunks: string }>`
    WITH RECURSIVE chosen AS (
      SELECT ${row.status === 'active' && row.verified_at !== null && row.type === 'primary'} AND NOT EXISTS (
        SELECT 1 FROM sip_domain AS other WHERE other.partition_id = ${row.partition_id} AND other.account_id IS NOT DISTINCT FROM ${row.account_id}
          AND other.type = 'primary' AND other.status = 'active' AND other.verified_at IS NOT NULL AND other.id <> ${row.id}
      ) AS is_chosen
    ), below AS (
      SELECT partition.id FROM partition WHERE partition.id = ${row.partition_id}
      UNION ALL SELECT partition.id FROM partition JOIN below ON partition.parent_id = below.id
      WHERE NOT EXISTS (SELECT 1 FROM sip_domain AS nearer WHERE nearer.partition_id = partition.id AND nearer.account_id IS NULL
        AND nearer.type = 'primary' AND nearer.status = 'active' AND nearer.verified_at IS NOT NULL)
    ), served AS (
      SELECT account.id FROM account JOIN below ON below.id = account.partition_id, chosen
      WHERE chosen.is_chosen AND account.status <> 'DELETED' AND (${row.account_id}::text IS NULL OR account.id = ${row.account_id})
        AND NOT EXISTS (SELECT 1 FROM sip_domain AS own WHERE own.account_id = account.id AND own.id <> ${row.id}
          AND own.type = 'primary' AND own.status = 'active' AND own.verified_at IS NOT NULL)
    )
    SELECT
      (SELECT count(*) FROM device WHERE device.account_id IN (SELECT id FROM served))
        + (SELECT count(*) FROM registration_binding AS bound WHERE ${isAt('bound', row.name)} AND bound.expires_at > ${now}) AS devices,
      (SELECT count(*) FROM sip_trunk AS trunk WHERE (trunk.kind = 'PBX' AND trunk.account_id IN (SELECT id FROM served))
        OR (trunk.partition_id = ${row.partition_id} AND ${row.name} IN (lower(trunk.settings->>'address'), lower(trunk.settings->>'realm'), lower(trunk.settings->>'registrarDomain')))) AS trunks`.execute(
    sql,
  )
  return { devices: Number(rows[0]?.devices ?? 0), trunks: Number(rows[0]?.trunks ?? 0) }
}

/** At the name, or at one below it that nobody has claimed: it serves by this one. */
function isAt(table: 'bound' | 'registration_binding', name: string): RawBuilder<SqlBool> {
  const domain = raw`${raw.ref(table)}.binding->>'domain'`
  return raw`(${domain} = ${name} OR (${domain} LIKE ${`%.${name}`} AND NOT EXISTS (SELECT 1 FROM sip_domain AS own WHERE own.name = ${domain})))`
}

/** The lines whose phones are registered at it. */
export async function linesAtDomain(sql: Sql | Transaction, name: string): Promise<readonly string[]> {
  const rows = await sql.selectFrom('registration_binding').select('line_id').distinct().where(isAt('registration_binding', name)).execute()
  return rows.map((row) => row.line_id)
}
