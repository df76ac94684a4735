import type { Sql } from '../database/index.ts'
import { type Coordinates, distanceMiles } from '../reference-data/index.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'

/** An exchange the inventory has, or had, numbers of. */
export interface FoundExchange {
  readonly partitionId: string
  /** 1NPANXX */
  readonly prefix: string
  readonly distanceMiles: number | undefined
}

/** A degree of latitude. */
const MILES_PER_DEGREE = 69
/** How far around a point is looked, in miles, until enough is found; the last one is the earth. */
const RADII_MILES = [40, 160, 640, 13_000] as const
/** A state has some thousands of exchanges. */
const MAX_EXCHANGES = 50_000

/**
 * The exchanges of a place, of a state, or around a point; nearest first, then ascending. In rounds: each is what lies farther out than the one before, so that a
 * search that finds enough nearby never reads the rest.
 */
export async function* exchangesFor(
  sql: Sql,
  partitions: readonly string[],
  criteria: NumberSearchCriteria,
  near: Coordinates | undefined,
): AsyncGenerator<readonly FoundExchange[]> {
  if (near === undefined) {
    yield (await readExchanges(sql, partitions, criteria, undefined, 0)).toSorted(byDistance)
    return
  }
  let inner = -1
  for (const radius of RADII_MILES) {
    const found = await readExchanges(sql, partitions, criteria, near, radius)
    const from = inner
    const isLast = radius === RADII_MILES.at(-1)
    yield found.filter(({ distanceMiles: miles }) => (miles === undefined ? isLast : miles > from && miles <= radius)).toSorted(byDistance)
    inner = radius
  }
}

async function readExchanges(
  sql: Sql,
  partitions: readonly string[],
  criteria: NumberSearchCriteria,
  near: Coordinates | undefined,
  radiusMiles: number,
): Promise<FoundExchange[]> {
  const { functionType, npa, nxx, rateCenter, state } = criteria
  let query = sql
    .selectFrom('inventory_exchange')
    .select(['partition_id', 'prefix', 'latitude', 'longitude'])
    .where('partition_id', 'in', partitions)
    .where('function_type', '=', functionType)
  if (npa !== undefined) query = query.where('prefix', 'like', `1${npa}${nxx ?? ''}%`)
  if (state !== undefined) query = query.where('state', '=', state)
  if (rateCenter !== undefined) query = query.where((row) => row.or([row('rate_center', '=', rateCenter), row('rate_center_reorder_name', '=', rateCenter)]))
  const isWholeEarth = radiusMiles === RADII_MILES.at(-1)
  if (near !== undefined && !isWholeEarth) {
    const latitudeSpan = radiusMiles / MILES_PER_DEGREE
    query = query.where('latitude', '>=', near.latitude - latitudeSpan).where('latitude', '<=', near.latitude + latitudeSpan)
    const longitudeSpan = latitudeSpan / Math.max(0.01, Math.cos(((Math.abs(near.latitude) + latitudeSpan) * Math.PI) / 180))
    // Across the date line there is no simple box: there the latitude has to do.
    if (Math.abs(near.longitude) + longitudeSpan < 180)
      query = query.where('longitude', '>=', near.longitude - longitudeSpan).where('longitude', '<=', near.longitude + longitudeSpan)
  }
  const rows = await query.limit(MAX_EXCHANGES).execute()
  return rows.map((row) => ({ partitionId: row.partition_id, prefix: row.prefix, distanceMiles: distanceTo(near, row.latitude, row.longitude) }))
}

function distanceTo(near: Coordinates | undefined, latitude: number | null, longitude: number | null): number | undefined {
  return near === undefined || latitude === null || longitude === null ? undefined : distanceMiles(near, { latitude, longitude })
}

function byDistance(left: FoundExchange, right: FoundExchange): number {
  const distance = (left.distanceMiles ?? Number.MAX_VALUE) - (right.distanceMiles ?? Number.MAX_VALUE)
  return distance !== 0 ? distance : left.prefix < right.prefix ? -1 : 1
}
