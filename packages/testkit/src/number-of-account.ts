import type { TestControlPlane } from './test-control-plane.ts'

/** Puts a number in service on an account without ordering one: rows of the inventory are not every test's subject. @returns the number. */
export async function addNumberTo(platform: TestControlPlane, accountId: string, sequence: number, callerName = 'LOBBY INC'): Promise<string> {
  const phoneNumber = `1604555${String(sequence).padStart(4, '0')}`
  const { sql } = platform.plane.context.database
  const now = new Date(platform.time.nowMs())
  const place = { carrier_id: 'sandbox', function_type: 'ELS', rate_center: 'X', rate_center_reorder_name: 'X', state: 'BC', country: 'CAN', prefix: '604' }
  const owner = { partition_id: platform.partitionId, account_id: accountId }
  await sql
    .insertInto('telephone_number')
    .values({
      ...place,
      ...owner,
      phone_number: phoneNumber,
      inventory_partition_id: platform.partitionId,
      lata: null,
      latitude: null,
      longitude: null,
      carrier_status: 'ACTIVE',
      operational_status: 'ACTIVE',
      reference_type: null,
      reference_id: null,
      ring_type: null,
      reserved_account_id: null,
      reserved_user_id: null,
      reserved_at: null,
      reserved_until: null,
      cooldown_until: null,
      customer_service_record: JSON.stringify({ customerName: callerName }),
      directory_listing: null,
      e911_address: null,
      activated_at: now,
      created_at: now,
      updated_at: now,
    })
    .execute()
  const object = { ...owner, type: 'TELEPHONE_NUMBER', id: phoneNumber, name: phoneNumber, attributes: null }
  await sql
    .insertInto('account_object')
    .values({ ...object, created_at: now, updated_at: now })
    .execute()
  return phoneNumber
}
