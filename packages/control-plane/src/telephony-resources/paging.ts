import Type from 'typebox'
import { MAX_OFFSET } from '../http/index.ts'

const DEFAULT_PER_PAGE = 50
const MAX_PER_PAGE = 500

/** S3-69. */
export const Page = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_OFFSET / MAX_PER_PAGE })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PER_PAGE })),
}

export const Pagination = Type.Object({ page: Type.Integer(), per_page: Type.Integer(), total: Type.Integer(), total_pages: Type.Integer() })

export function pageOf({ page = 1, per_page: perPage = DEFAULT_PER_PAGE }: { readonly page?: number; readonly per_page?: number }) {
  return {
    limit: perPage,
    offset: (page - 1) * perPage,
    shown: (total: number) => ({ page, per_page: perPage, total, total_pages: Math.ceil(total / perPage) }),
  }
}
