import { sql } from 'kysely'
import type { Database } from '../database/index.ts'

const BATCH_SIZE = 500

/** A number that comes into the inventory. */
export interface InventoryNumber {
  readonly phoneNumber: string
  readonly functionType: string
  readonly rateCenter: string
  readonly rateCenterReorderName: string
  readonly state: string
  readonly country: string
  readonly prefix: string
  readonly lata: string | undefined
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

/**
 * Puts numbers into a partition's inventory. Numbers that are there already stay as they are, and those that have gone for good stay
 * away, so it can be repeated.
 */
export async function fillInventory(
  database: Database,
  o: { partitionId: string; carrierId: string; now: Date; numbers: readonly InventoryNumber[] },
): Promise<void> {
  // A start finds nearly always all of them: asking is a tenth of the work of putting them in in vain.
  const found = await database.sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', sql<string>`any(${o.numbers.map(({ phoneNumber }) => phoneNumber)})`)
    .execute()
  const known = new Set(found.map((row) => row.phone_number))
  const absent = o.numbers.filter(({ phoneNumber }) => !known.has(phoneNumber))
  const gone = await goneForGood(database, absent.map(({ phoneNumber }) => phoneNumber)) // prettier-ignore
  const missing = absent.filter(({ phoneNumber }) => !gone.has(phoneNumber))
  for (let start = 0; start < missing.length; start += BATCH_SIZE) {
    const rows = missing.slice(start, start + BATCH_SIZE).map((number) => inventoryRow(number, o))
    await database.sql
      .insertInto('telephone_number')
      .values(rows)
      .onConflict((conflict) => conflict.column('phone_number').doNothing())
      .execute()
  }
}

/** Taken out of the inventory, or with another carrier now: only history knows of numbers that have no row. @param absent numbers without one */
async function goneForGood({ sql: db }: Database, absent: readonly string[]): Promise<ReadonlySet<string>> {
  if (absent.length === 0) return new Set()
  const { rows } = await sql<{ readonly gone: string }>`
    SELECT h.reference_id AS gone FROM partition CROSS JOIN unnest(${[...absent]}::text[]) AS absent (phone_number)
      JOIN account_history h ON h.partition_id = partition.id AND h.reference_id = absent.phone_number
      WHERE h.reference_type = 'PHONE_NUMBER' AND h.type = 'PHONE_NUMBER' AND h.action = 'DELETE'
    UNION SELECT h.reference_id FROM partition_history h
      WHERE h.type = 'TN_INVENTORY' AND h.action = 'DELETE' AND h.reference_id = ANY(${[...absent]})`.execute(db)
  return new Set(rows.map(({ gone }) => gone))
}

/** A number of the inventory that is on no account. */
export function inventoryRow(number: InventoryNumber, o: { readonly partitionId: string; readonly carrierId: string; readonly now: Date }) {
  return {
    phone_number: number.phoneNumber,
    partition_id: o.partitionId,
    inventory_partition_id: o.partitionId,
    account_id: null,
    carrier_id: o.carrierId,
    function_type: number.functionType,
    rate_center: number.rateCenter,
    rate_center_reorder_name: number.rateCenterReorderName,
    state: number.state,
    country: number.country,
    prefix: number.prefix,
    lata: number.lata ?? null,
    latitude: number.latitude ?? null,
    longitude: number.longitude ?? null,
    carrier_status: 'INVENTORY',
    operational_status: 'ACTIVE',
    reference_type: null,
    reference_id: null,
    ring_type: null,
    reserved_account_id: null,
    reserved_user_id: null,
    reserved_at: null,
    reserved_until: null,
    cooldown_until: null,
    customer_service_record: null,
    directory_listing: null,
    e911_address: null,
    activated_at: null,
    created_at: o.now,
    updated_at: o.now,
  }
}
