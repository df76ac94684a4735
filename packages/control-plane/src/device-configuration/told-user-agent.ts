import type { Sql } from '../database/index.ts'
import type { DeviceRow } from '../devices/index.ts'

/** What a device called itself when it came last and was let in: a type that stands for any device says nothing of its make. Empty: it has not come yet. */
export async function toldUserAgent(sql: Sql, { id }: Pick<DeviceRow, 'id'>): Promise<string> {
  const last = await sql
    .selectFrom('provisioning_request')
    .select('user_agent')
    .where('device_id', '=', id)
    .where('authentication', 'is not', null)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.user_agent ?? ''
}
