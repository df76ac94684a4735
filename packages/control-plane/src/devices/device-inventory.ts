import type { PartitionScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { partitionLine } from '../partitions/index.ts'

/**
 * A partition that keeps an inventory (`requiresDeviceInventory`) lets its accounts use the MAC addresses in it, or in that of a
 * partition above, and no others (S0-98).
 */
export async function inventoryFailure(sql: Transaction, scope: PartitionScope, macAddress: string | undefined): Promise<ApiFailure | undefined> {
  if (macAddress === undefined) return undefined
  const held = await sql
    .selectFrom('device_inventory')
    .select('mac_address')
    .where('mac_address', '=', macAddress)
    .where(
      'partition_id',
      'in',
      (await partitionLine(sql, scope.partitionId)).map((partition) => partition.id),
    )
    // It cannot leave the inventory meanwhile.
    .forKeyShare()
    .executeTakeFirst()
  if (held !== undefined) return undefined
  return invalidField(
    'macAddress',
    `"${macAddress}" is not in the device inventory`,
    'a MAC address of the inventory of the partition',
    'MacAddressNotInInventory',
  )
}
