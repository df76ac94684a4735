import type { FieldProblem } from '../failures/index.ts'

import type { NumberSearchCriteria } from './search-criteria.ts'

/** The parameters of a search as they came. */
export type SearchQuery = Readonly<Record<string, unknown>>

/** What a parameter adds to the criteria. */
export type SearchPart = { readonly [Field in keyof NumberSearchCriteria]?: NumberSearchCriteria[Field] | undefined }

/** A query parameter as trimmed text; '' when absent or not a single value. */
export function textOf(query: SearchQuery, field: string): string {
  const value = query[field]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value.trim().slice(0, 128) : ''
}

export function given(value: string): string | undefined {
  return value === '' ? undefined : value
}

/** Names of rate centres are compared in upper case. */
export function rateCenterName(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toUpperCase()
}

export function problem(field: string, code: string, reason: string, rule: string): FieldProblem {
  return { field, code, reason, rule }
}
