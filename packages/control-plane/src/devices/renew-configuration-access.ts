import { sql as raw } from 'kysely'
import type { Transaction } from '../database/index.ts'

/**
 * Whoever had the device cannot fetch its files any more: its token, its login and a window that was open are worth nothing, and what it had
 * fetched says nothing of the one in its place.
 */
export async function renewConfigurationAccess(sql: Transaction, deviceId: string): Promise<void> {
  const nothing = { password_sealed: null, window_until: null, window_cidr: null, window_address: null, fetched_digest: null, fetched_at: null, firmware_version: null, last_address: null } // prettier-ignore
  const device = await sql.selectFrom('device').select(['partition_id', 'account_id']).where('id', '=', deviceId).executeTakeFirst()
  if (device === undefined) return
  // Also where nothing was ever set: the token of a device exists without a row.
  await sql
    .insertInto('device_configuration')
    .values({ device_id: deviceId, ...device, settings: '{}', token_version: 2 })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet({ ...nothing, token_version: raw<number>`device_configuration.token_version + 1` }))
    .execute()
}
