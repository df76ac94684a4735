import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type Coordinates, type PlaceTables, zipOf, zipsNear } from '../reference-data/index.ts'
import { matchesCriteria, rankNumbers } from './rank-numbers.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'
import { inventoryPartitions, type TelephoneNumberRow } from './telephone-number-queries.ts'

/** More rows than this are not looked at: a search that broad is answered with the first ones of the index. */
const MAX_CANDIDATES = 20_000

export interface FoundNumber {
  readonly row: TelephoneNumberRow
  readonly distance: number | undefined
  readonly matchesZip: boolean | undefined
}

/**
 * Finds numbers that can be ordered now (S1-69 … S1-71): in the partition's inventory or one above it, on no account,
 * not resting after a release, and not reserved.
 */
export async function searchNumbers(
  context: Context,
  scope: PartitionScope,
  criteria: NumberSearchCriteria,
  tables: PlaceTables,
): Promise<readonly FoundNumber[]> {
  const { sql } = context.database
  const now = new Date(context.clock.nowMs())
  let query = sql
    .selectFrom('telephone_number')
    .selectAll()
    .where('partition_id', 'in', await inventoryPartitions(sql, scope))
    .where('account_id', 'is', null)
    .where('function_type', '=', criteria.functionType)
    .where((row) => row.or([row('reserved_until', 'is', null), row('reserved_until', '<=', now)]))
    .where((row) => row.or([row('cooldown_until', 'is', null), row('cooldown_until', '<=', now)]))
  if (criteria.npa !== undefined) query = query.where('prefix', 'like', `1${criteria.npa}${criteria.nxx ?? ''}%`)
  if (criteria.state !== undefined) query = query.where('state', '=', criteria.state)
  if (criteria.carrierId !== undefined) query = query.where('carrier_id', '=', criteria.carrierId)
  const rows = await query.orderBy('phone_number').limit(MAX_CANDIDATES).execute()
  const candidates = rows.map(placed).filter((number) => matchesCriteria(criteria, number))
  const near = pointOf(criteria, tables)
  return rankNumbers(candidates, near, criteria).map((number) => ({
    row: number.row,
    distance: number.distanceMiles === undefined ? undefined : Math.round(number.distanceMiles * 1_000_000) / 1_000_000,
    matchesZip: criteria.postalCode === undefined ? undefined : liesIn(criteria.postalCode, number, tables),
  }))
}

function placed(row: TelephoneNumberRow) {
  return {
    row,
    phoneNumber: row.phone_number,
    latitude: row.latitude ?? undefined,
    longitude: row.longitude ?? undefined,
    functionType: row.function_type,
    rateCenter: row.rate_center,
    rateCenterReorderName: row.rate_center_reorder_name,
    state: row.state,
  }
}

/** Rate centers have no postal code of their own: one lies in the postal code whose middle is the nearest to it. */
function liesIn(postalCode: string, number: { readonly latitude: number | undefined; readonly longitude: number | undefined }, tables: PlaceTables): boolean {
  const { latitude, longitude } = number
  if (latitude === undefined || longitude === undefined) return false
  return zipsNear(tables, { latitude, longitude }, 1)[0]?.postalCode === postalCode
}

/** The point asked for, or the middle of the postal code. */
function pointOf(criteria: NumberSearchCriteria, tables: PlaceTables): Coordinates | undefined {
  if (criteria.near !== undefined || criteria.postalCode === undefined) return criteria.near
  return zipOf(tables, criteria.postalCode)?.coordinates
}
