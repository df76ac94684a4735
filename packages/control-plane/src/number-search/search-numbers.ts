import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql } from '../database/index.ts'
import { type Coordinates, type PlaceTables, zipOf, zipsNear } from '../reference-data/index.ts'
import { exchangesFor } from './find-exchanges.ts'
import { inventoryPartitions } from './inventory-partitions.ts'
import { rankNumbers } from './rank-numbers.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'
import { holdFound } from './search-hold.ts'
import { type SearchPath, searchPathOf } from './search-path.ts'
import { type PoolNumber, type PoolQuestion, searchExchanges, searchPool } from './search-pool.ts'

export interface FoundNumber {
  readonly phoneNumber: string
  /** Miles; undefined without a point to measure from. */
  readonly distance: number | undefined
  readonly matchesZip: boolean | undefined
}

/** Consecutive numbers are looked for among this many. */
const MAX_SEQUENTIAL_CANDIDATES = 5_000
/** A pattern with a point: this many are measured. */
const MAX_MEASURED_CANDIDATES = 2_000
/** A pattern without a point. */
const MAX_RANKED_CANDIDATES = 200
/** Exchanges asked in one query; more with every round, since those before were nearly empty. */
const EXCHANGE_ROUNDS = [8, 32, 128, 512] as const

/**
 * Finds numbers that can be ordered now (S1-69 … S1-71): in the partition's inventory or one above it, on no account,
 * not resting after a release, not reserved, and not just found by somebody else.
 */
export async function searchNumbers(
  context: Context,
  scope: PartitionScope,
  criteria: NumberSearchCriteria,
  o: { readonly tables: PlaceTables; readonly userId: string },
): Promise<readonly FoundNumber[]> {
  const { sql } = context.database
  const near = pointOf(criteria, o.tables)
  if (near === undefined && criteria.postalCode !== undefined) return []
  const partitions = await inventoryPartitions(sql, scope)
  const path = searchPathOf(criteria)
  const limit = candidateLimit(criteria, path, near)
  const question: PoolQuestion = { partitions, criteria, now: new Date(context.clock.nowMs()), userId: o.userId, limit }
  const candidates = path.kind === 'exchanges' ? await alongExchanges(sql, question, near) : await searchPool(sql, question, path)
  const found = rankNumbers(candidates, near, criteria)
  await holdFound(context, o.userId, found.map((number) => number.phoneNumber)) // prettier-ignore
  return found.map((number) => ({
    phoneNumber: number.phoneNumber,
    distance: number.distanceMiles === undefined ? undefined : Math.round(number.distanceMiles * 1_000_000) / 1_000_000,
    matchesZip: criteria.postalCode === undefined ? undefined : liesIn(criteria.postalCode, number, o.tables),
  }))
}

/** The first ones of an index that is not in the order of the answer are not the first ones of the answer: some more are read and ranked. */
function candidateLimit(criteria: NumberSearchCriteria, path: SearchPath, near: Coordinates | undefined): number {
  if (criteria.sequential) return MAX_SEQUENTIAL_CANDIDATES
  if (path.kind === 'exchanges') return criteria.limit
  if (near !== undefined) return MAX_MEASURED_CANDIDATES
  return path.kind === 'range' ? criteria.limit : MAX_RANKED_CANDIDATES
}

async function alongExchanges(sql: Sql, question: PoolQuestion, near: Coordinates | undefined): Promise<readonly PoolNumber[]> {
  const found: PoolNumber[] = []
  for await (const exchanges of exchangesFor(sql, question.partitions, question.criteria, near)) {
    for (let start = 0, round = 0; start < exchanges.length; round++) {
      const size = EXCHANGE_ROUNDS[round] ?? EXCHANGE_ROUNDS[3]
      found.push(...(await searchExchanges(sql, question, exchanges.slice(start, start + size))))
      if (found.length >= question.limit) return found
      start += size
    }
  }
  return found
}

/** Of the last places asked for: a search has many numbers of few places, and looking for the nearest postal code reads all of them. */
const nearestZips = new Map<string, string | undefined>()
const MAX_REMEMBERED_PLACES = 5_000

/** Rate centers have no postal code of their own: one lies in the postal code whose middle is the nearest to it. */
function liesIn(postalCode: string, { latitude, longitude }: PoolNumber, tables: PlaceTables): boolean {
  if (latitude === undefined || longitude === undefined) return false
  const key = `${latitude},${longitude}`
  if (!nearestZips.has(key)) {
    if (nearestZips.size >= MAX_REMEMBERED_PLACES) nearestZips.clear()
    nearestZips.set(key, zipsNear(tables, { latitude, longitude }, 1)[0]?.postalCode)
  }
  return nearestZips.get(key) === postalCode
}

/** The point asked for, or the middle of the postal code. */
function pointOf(criteria: NumberSearchCriteria, tables: PlaceTables): Coordinates | undefined {
  if (criteria.near !== undefined || criteria.postalCode === undefined) return criteria.near
  return zipOf(tables, criteria.postalCode)?.coordinates
}
