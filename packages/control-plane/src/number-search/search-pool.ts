import { type RawBuilder, sql } from 'kysely'
import type { Sql } from '../database/index.ts'
import { likePattern } from './number-pattern.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'
import { type NumberRange, rangeOf, type SearchPath } from './search-path.ts'
import type { FoundExchange } from './find-exchanges.ts'

/** A number of the pool that answers a search. */
export interface PoolNumber {
  readonly phoneNumber: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

export interface PoolQuestion {
  readonly partitions: readonly string[]
  readonly criteria: NumberSearchCriteria
  readonly now: Date
  /** Whose search it is: what others found a moment ago is left to them (C-26). */
  readonly userId: string
  readonly limit: number
}

interface Row {
  phone_number: string
  latitude: number | null
  longitude: number | null
}

/** Numbers along one of the indexes, at most `limit`. */
export async function searchPool(database: Sql, question: PoolQuestion, path: Exclude<SearchPath, { kind: 'exchanges' }>): Promise<PoolNumber[]> {
  const conditions = free(question)
  const found = await Promise.all(
    question.partitions.map((partitionId) => {
      const { where, order } = along(path)
      const query = sql<Row>`SELECT n.phone_number, n.latitude, n.longitude FROM telephone_number n
        WHERE n.partition_id = ${partitionId} AND ${where} AND ${conditions} ${order} LIMIT ${question.limit}`
      return query.execute(database)
    }),
  )
  return found.flatMap(({ rows }) => rows.map(poolNumber))
}

/** Numbers of these exchanges, in their order. */
export async function searchExchanges(database: Sql, question: PoolQuestion, exchanges: readonly FoundExchange[]): Promise<PoolNumber[]> {
  const ranges = exchanges.map((exchange) => rangeOf(exchange.prefix))
  const [partitionIds, lows, highs] = [exchanges.map((exchange) => exchange.partitionId), ranges.map(({ low }) => low), ranges.map(({ high }) => high)]
  const { rows } = await sql<Row>`SELECT n.phone_number, n.latitude, n.longitude
    FROM unnest(${partitionIds}::text[], ${lows}::text[], ${highs}::text[]) WITH ORDINALITY AS span (partition_id, low, high, place)
    CROSS JOIN LATERAL (
      SELECT n.phone_number, n.latitude, n.longitude FROM telephone_number n
      WHERE n.partition_id = span.partition_id AND n.phone_number >= span.low AND n.phone_number <= span.high AND ${free(question)}
      ORDER BY n.phone_number LIMIT ${question.limit}
    ) n
    ORDER BY span.place, n.phone_number LIMIT ${question.limit}`.execute(database)
  return rows.map(poolNumber)
}

/** Can be ordered now, and is what is looked for. */
function free({ criteria, now, userId }: PoolQuestion): RawBuilder<unknown> {
  const { npa, nxx, pattern, rateCenter, state, carrierId, functionType } = criteria
  const isOneNumber = pattern !== undefined && !pattern.includes('*')
  return sql.join(
    [
      sql`n.function_type = ${functionType} AND n.account_id IS NULL`,
      sql`(n.reserved_until IS NULL OR n.reserved_until <= ${now}) AND (n.cooldown_until IS NULL OR n.cooldown_until <= ${now})`,
      // A scalar subquery, so that it is looked up number by number, however many are held.
      ...(isOneNumber
        ? []
        : [
            sql`(SELECT h.user_id FROM number_search_hold h WHERE h.phone_number = n.phone_number AND h.held_until > ${now} AND h.user_id <> ${userId}) IS NULL`,
          ]),
      ...(npa === undefined ? [] : [sql`n.prefix LIKE ${`1${npa}${nxx ?? ''}%`}`]),
      ...(npa === undefined && nxx !== undefined ? [sql`substr(n.phone_number, 5, 3) = ${nxx}`] : []),
      ...(pattern === undefined ? [] : [sql`n.phone_number LIKE ${likePattern(pattern)}`]),
      ...(rateCenter === undefined ? [] : [sql`(n.rate_center = ${rateCenter} OR n.rate_center_reorder_name = ${rateCenter})`]),
      ...(state === undefined ? [] : [sql`n.state = ${state}`]),
      ...(carrierId === undefined ? [] : [sql`n.carrier_id = ${carrierId}`]),
    ],
    sql` AND `,
  )
}

function along(path: Exclude<SearchPath, { kind: 'exchanges' }>): { where: RawBuilder<unknown>; order: RawBuilder<unknown> } {
  switch (path.kind) {
    case 'range':
      return { where: within(sql`n.phone_number`, path.range), order: sql`ORDER BY n.phone_number` }
    case 'ending':
      return { where: within(sql`reverse(n.phone_number)`, path.range), order: sql`ORDER BY reverse(n.phone_number)` }
    // Without an order: a bitmap of the index ends at the limit, sorting would read all of it.
    case 'digits':
      return { where: sql`digit_groups(n.phone_number) @> ${[...path.groups]}::text[]`, order: sql`` }
  }
}

function within(digits: RawBuilder<unknown>, range: NumberRange): RawBuilder<unknown> {
  return sql`${digits} >= ${range.low} AND ${digits} <= ${range.high}`
}

function poolNumber(row: Row): PoolNumber {
  return { phoneNumber: row.phone_number, latitude: row.latitude ?? undefined, longitude: row.longitude ?? undefined }
}
