import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'

/** The line at a place of a device, which is named by its id or its MAC address. */
export async function lineOfDevice(
  sql: Sql,
  scope: AccountScope,
  place: { readonly deviceId: string; readonly lineNumber: number },
): Promise<{ readonly type: 'LINE_APPEARANCE'; readonly id: string } | undefined> {
  const mac = place.deviceId.toLowerCase().replaceAll(/[:.-]/g, '')
  const row = await sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .select('device_line.id')
    .where('device_line.account_id', '=', scope.accountId)
    .where('device_line.partition_id', '=', scope.partitionId)
    .where('device_line.line_number', '=', place.lineNumber)
    .where((device) => device.or([device('device.id', '=', place.deviceId), device('device.mac_address', '=', mac)]))
    .executeTakeFirst()
  return row === undefined ? undefined : { type: 'LINE_APPEARANCE', id: row.id }
}
