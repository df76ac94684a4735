import { type SelectQueryBuilder, sql } from 'kysely'

/** Where a page of a list ends: the values of the ordering columns in its last row. */
export type PagePosition = readonly (string | number)[]

/** What part of a list is wanted. */
export interface ListPage {
  readonly limit: number
  /** Rows after this place only; nothing: from the first one. */
  readonly after?: PagePosition | undefined
}

export interface PageOrder {
  /** Together they must be unique, or rows are skipped between pages. With the table's name where a join needs it. */
  readonly columns: readonly [string, ...string[]]
  readonly descending?: boolean
}

export interface PageOfRows<Row> {
  readonly rows: Row[]
  /** Where the next page begins; `null` when this was the last one. */
  readonly following: PagePosition | null
}

/** By age, then id: the order of most lists. A row keeps its place whatever is added or removed around it. */
export const OLDEST_FIRST: PageOrder = { columns: ['created_at', 'id'] }
export const NEWEST_FIRST: PageOrder = { columns: ['created_at', 'id'], descending: true }

/**
 * A page of a list, in an order that does not change between pages: found by the values of its columns, not by
 * counting, so the millionth row costs what the first one does, and what is added or removed meanwhile moves nothing.
 */
export async function readPage<Tables, Names extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Names, Row>,
  { columns, descending = false }: PageOrder,
  { limit, after }: ListPage,
): Promise<PageOfRows<Row>> {
  const named = columns.map((column) => sql.ref(column))
  const from = after === undefined ? query : query.where(sql<boolean>`(${sql.join(named)}) ${sql.raw(descending ? '<' : '>')} (${sql.join(after)})`)
  const ordered = named.reduce((builder, column) => builder.orderBy(column, descending ? 'desc' : 'asc'), from)
  const rows = await ordered.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { rows: shown, following: last === undefined ? null : positionOf(last as Record<string, unknown>, columns) }
}

function positionOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): PagePosition {
  return columns.map((column) => {
    const value = row[column.slice(column.lastIndexOf('.') + 1)]
    if (value instanceof Date) return value.toISOString()
    if (typeof value === 'string' || typeof value === 'number') return value
    throw new Error(`a page cannot be ordered by ${column}: the row does not show it`)
  })
}
