import { type AddressLists, type ListedRange, parseAddressRange } from '@dialtone/foundation'
import { sql as raw } from 'kysely'
import type { Sql, Transaction } from '../database/index.ts'

export interface RuleRow {
  readonly id: string
  readonly partition_id: string
  readonly account_id: string | null
  readonly action: string
  readonly cidr: string
}

/** What is enabled for requests to a partition, and those above it: a level each. */
export async function readLevels(sql: Sql | Transaction, partitionId: string): Promise<readonly AddressLists[]> {
  const { rows } = await raw<RuleRow>`
    WITH RECURSIVE line AS (
      SELECT id, parent_id FROM partition WHERE id = ${partitionId}
      UNION ALL SELECT partition.id, partition.parent_id FROM partition JOIN line ON line.parent_id = partition.id
    )
    SELECT rule.id, rule.partition_id, rule.account_id, rule.action, rule.cidr FROM line JOIN access_rule AS rule ON rule.partition_id = line.id
    WHERE rule.scope = 'api' AND rule.enabled AND rule.account_id IS NULL`.execute(sql)
  return levelsOf(rows)
}

/** The rules for SIP of accounts, and of the partitions they are under, many accounts at once. */
export async function sipRulesOfAccounts(sql: Sql, accountIds: readonly string[]): Promise<readonly (RuleRow & { readonly of_account: string })[]> {
  if (accountIds.length === 0) return []
  const { rows } = await raw<RuleRow & { readonly of_account: string }>`
    WITH RECURSIVE line AS (
      SELECT account.id AS of_account, partition.id, partition.parent_id FROM account JOIN partition ON partition.id = account.partition_id
      WHERE account.id IN (${raw.join(accountIds)})
      UNION ALL SELECT line.of_account, partition.id, partition.parent_id FROM partition JOIN line ON line.parent_id = partition.id
    )
    SELECT line.of_account, rule.id, rule.partition_id, rule.account_id, rule.action, rule.cidr FROM line JOIN access_rule AS rule ON rule.partition_id = line.id
    WHERE rule.scope = 'sip' AND rule.enabled AND (rule.account_id IS NULL OR rule.account_id = line.of_account)`.execute(sql)
  return rows
}

export function levelsOf(rows: readonly RuleRow[]): readonly AddressLists[] {
  const rangesOf = (rules: readonly RuleRow[], action: string): readonly ListedRange[] =>
    rules.flatMap((rule) => {
      const range = rule.action === action ? parseAddressRange(rule.cidr) : undefined
      return range === undefined ? [] : [{ ...range, entryId: rule.id }]
    })
  return [...Map.groupBy(rows, (row) => row.account_id ?? row.partition_id).values()].map((rules) => ({
    allowed: rangesOf(rules, 'allow'),
    denied: rangesOf(rules, 'deny'),
  }))
}
