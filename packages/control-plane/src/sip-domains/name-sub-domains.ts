import { err, ok, type Result } from '@dialtone/foundation'
import { sql as raw } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { dropPhones } from './change-domains.ts'
import { normalizedDomain } from './sip-domain.ts'
import { isBelow } from './sub-domains.ts'

/** What a partition may name as its SUB_DOMAINS, in lower case: names below a domain that it, or a partition above it, has proven. */
export async function provenSubDomains(
  context: Pick<Context, 'settings'>,
  sql: Transaction,
  scope: PartitionScope,
  given: readonly string[],
): Promise<Result<readonly string[], ApiFailure>> {
  const { rows } = await raw<{ readonly name: string }>`
    WITH RECURSIVE line AS (
      SELECT id, parent_id FROM partition WHERE id = ${scope.partitionId}
      UNION ALL SELECT partition.id, partition.parent_id FROM partition JOIN line ON line.parent_id = partition.id
    )
    SELECT domain.name FROM sip_domain AS domain JOIN line ON line.id = domain.partition_id
    WHERE domain.account_id IS NULL AND domain.verified_at IS NOT NULL`.execute(sql)
  const { sipDomain, sipServer } = context.settings
  const names = new Set<string>()
  for (const [index, text] of given.entries()) {
    const name = normalizedDomain(text)
    const isOurs = name.ok && rows.some((domain) => isBelow(name.value, domain.name)) && ![sipDomain, sipServer().host.toLowerCase()].includes(name.value)
    if (!isOurs)
      return err(invalidField(`value.${index}`, `"${text.slice(0, 80)}" is not below a domain of the partition`, 'a name below a proven one of /domains', 'InvalidValue')) // prettier-ignore
    names.add(name.value)
  }
  return ok([...names])
}

/** Phones that are registered at names that serve no more have to register elsewhere. */
export async function leaveSubDomains(context: Context, names: readonly string[]): Promise<void> {
  for (const name of names) await dropPhones(context, name)
}
