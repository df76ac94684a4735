import { sql as fragment } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'

export interface AccountMatch {
  readonly partitionId: string
  readonly id: string
  readonly accountNumber: string
  readonly accountName: string
  readonly type: string
  readonly accountStatus: string
  readonly platformType: string
  readonly matches: Readonly<Record<string, string>>
}

const MAX_MATCHES = 50

/**
 * Finds accounts by part of their number, name, a telephone number, an e-mail or a MAC address.
 * Each result says which field matched and with what (public-spec section 7).
 */
export async function searchAccounts(context: Context, scope: PartitionScope, text: string): Promise<readonly AccountMatch[]> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`
  const digits = `%${text.replaceAll(/[^0-9a-fA-F]/g, '').toLowerCase()}%`
  const hasDigits = digits.length > 4
  const rows = await fragment<SearchRow>`
    SELECT a.id, a.account_number, a.account_name, a.account_type, a.status, a.platform_type,
      CASE WHEN a.account_name ILIKE ${pattern} THEN a.account_name END AS accountname,
      CASE WHEN a.account_number ILIKE ${pattern} THEN a.account_number END AS accountnumber,
      (SELECT min(n.phone_number) FROM telephone_number n WHERE n.account_id = a.id AND ${hasDigits} AND n.phone_number LIKE ${digits}) AS phonenumbers,
      (SELECT min(u.email_address) FROM end_user u WHERE u.account_id = a.id AND u.email_address ILIKE ${pattern}) AS emailaddresses,
      (SELECT min(d.mac_address) FROM device d WHERE d.account_id = a.id AND ${hasDigits} AND d.mac_address LIKE ${digits}) AS devices
    FROM account a WHERE a.partition_id = ${scope.partitionId} AND a.status <> 'DELETED'`.execute(context.database.sql)
  return rows.rows.flatMap((row) => matchOf(scope, row)).slice(0, MAX_MATCHES)
}

interface SearchRow {
  id: string
  account_number: string
  account_name: string
  account_type: string
  status: string
  platform_type: string
  accountname: string | null
  accountnumber: string | null
  phonenumbers: string | null
  emailaddresses: string | null
  devices: string | null
}

function matchOf(scope: PartitionScope, row: SearchRow): AccountMatch[] {
  const { accountname, accountnumber, phonenumbers, emailaddresses, devices } = row
  const found = Object.entries({ accountname, accountnumber, phonenumbers, emailaddresses, devices })
  const matches = Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null))
  if (Object.keys(matches).length === 0) return []
  return [
    {
      partitionId: scope.partitionId,
      id: row.id,
      accountNumber: row.account_number,
      accountName: row.account_name,
      type: row.account_type,
      accountStatus: row.status,
      platformType: row.platform_type,
      matches,
    },
  ]
}
