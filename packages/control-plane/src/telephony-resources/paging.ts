import Type, { type Static } from 'typebox'
import { MAX_OFFSET } from '../http/index.ts'

const DEFAULT_PER_PAGE = 50
const MAX_PER_PAGE = 1000

/** S3-69. */
export const Page = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_OFFSET / MAX_PER_PAGE })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PER_PAGE })),
}

export const Pagination = Type.Object({ page: Type.Integer(), per_page: Type.Integer(), total: Type.Integer(), total_pages: Type.Integer() })

/** What a query answers that counts rows. */
export async function totalOf(count: { readonly executeTakeFirstOrThrow: () => Promise<{ readonly total: string }> }): Promise<number> {
  return Number((await count.executeTakeFirstOrThrow()).total)
}

interface AskedPage {
  readonly page?: number | undefined
  readonly per_page?: number | undefined
}

export function pageOf({ page = 1, per_page: perPage = DEFAULT_PER_PAGE }: AskedPage) {
  return {
    limit: perPage,
    offset: (page - 1) * perPage,
    shown: (total: number) => ({ page, per_page: perPage, total, total_pages: Math.ceil(total / perPage) }),
  }
}

/**
 * A list of which the source document knows no pages: it comes as a whole, unless a page is asked for. Of one that is longer
 * than a page can be the first comes, and says that there are more.
 */
export async function wholeOrPage<Row>(
  asked: AskedPage,
  find: (o: { readonly limit: number; readonly offset: number }) => Promise<readonly Row[]>,
  count: () => Promise<number>,
): Promise<{ readonly rows: readonly Row[]; readonly pagination?: Static<typeof Pagination> }> {
  const isWhole = asked.page === undefined && asked.per_page === undefined
  const { limit, offset, shown } = pageOf(isWhole ? { per_page: MAX_PER_PAGE } : asked)
  const rows = await find({ limit, offset })
  return isWhole && rows.length < limit ? { rows } : { rows, pagination: shown(await count()) }
}

/** The same of what is at hand already. */
export function wholeOrPageOf<Row>(asked: AskedPage, rows: readonly Row[]): ReturnType<typeof wholeOrPage<Row>> {
  return wholeOrPage(
    asked,
    ({ limit, offset }) => Promise.resolve(rows.slice(offset, offset + limit)),
    () => Promise.resolve(rows.length),
  )
}
