import type { Sql } from '../database/index.ts'
import { hasOpenPort } from './port-queries.ts'

/** Whether any account has the number, or is porting it; whose it is, is not told. */
export async function isOnPlatform(sql: Sql, phoneNumber: string): Promise<boolean> {
  const row = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('account_id', 'is not', null)
    .executeTakeFirst()
  return row !== undefined || (await hasOpenPort(sql, phoneNumber))
}
