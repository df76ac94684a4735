import Type, { type TObject, type TSchema } from 'typebox'
import type { Operation } from '../operation.ts'

export const MAX_PAGE_SIZE = 1000

/** How an operation shows a list, and how it lets callers go on in it. */
export type ListForm = {
  /** The member of the answer that holds the items; without it the answer is the list. */
  readonly member: string | undefined
} & (
  | { readonly way: 'offset'; readonly offset: string; readonly limit: string; readonly maxLimit: number }
  /** `next` of an answer is where the following one begins. */
  | { readonly way: 'continued'; readonly from: string; readonly limit: string; readonly maxLimit: number }
  /** By the operation itself (`page` of its input, `following` of its reply), or cut from the whole list. */
  | { readonly way: 'whole'; readonly limit: string | undefined; readonly maxLimit: number }
)

/** The older ways of the interface: names of the first place and of the size. */
const OFFSETS = [
  ['firstResultIndex', 'maxResult'],
  ['offset', 'limit'],
] as const

interface SchemaParts {
  readonly type?: string
  readonly anyOf?: readonly SchemaParts[]
  readonly properties?: Readonly<Record<string, SchemaParts>>
  readonly maximum?: number
}

const forms = new WeakMap<Operation, { readonly form: ListForm | undefined }>()

/** @returns nothing for an operation that shows no list. */
export function listFormOf(operation: Operation): ListForm | undefined {
  let known = forms.get(operation)
  if (known === undefined) {
    known = { form: readForm(operation) }
    forms.set(operation, known)
  }
  return known.form
}

function readForm(operation: Operation): ListForm | undefined {
  const answer: SchemaParts | undefined = operation.method === 'GET' ? operation.responses[200] : undefined
  if (answer === undefined) return undefined
  const query: SchemaParts | undefined = operation.query
  const asked = query?.properties ?? {}
  // A list by itself, or for who asks for no envelope.
  if (answer.type === 'array' || answer.anyOf?.some(({ type }) => type === 'array') === true)
    return { member: undefined, way: 'whole', limit: undefined, maxLimit: MAX_PAGE_SIZE }
  const limit = ['maxResult', 'limit'].find((name) => asked[name] !== undefined)
  const members = Object.entries(answer.properties ?? {}).filter(([, { type }]) => type === 'array')
  const [member] = members[0] ?? []
  if (limit === undefined || member === undefined || members.length > 1) return undefined
  const maxLimit = asked[limit]?.maximum ?? MAX_PAGE_SIZE
  const offset = OFFSETS.find((names) => names.every((name) => asked[name] !== undefined))
  if (offset !== undefined) return { member, way: 'offset', offset: offset[0], limit: offset[1], maxLimit }
  const from = ['before', 'after'].find((name) => asked[name] !== undefined)
  return from !== undefined && answer.properties?.['next'] !== undefined
    ? { member, way: 'continued', from, limit, maxLimit }
    : { member, way: 'whole', limit, maxLimit }
}

const PagingQuery = {
  pageSize: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE, description: 'Answers in pages of this size; the Link header leads to the next one' }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 2000, description: 'Where a page begins: as the Link header of the page before says; empty for the first one' }),
  ),
}

/** The query of an operation as it is published: lists take `pageSize` and `cursor` besides, and what has a default may be left out. */
export function publishedQuery(operation: Operation): TSchema | undefined {
  const isList = listFormOf(operation) !== undefined
  if (operation.query === undefined && !isList) return undefined
  const own = Object.entries((operation.query as TObject | undefined)?.properties ?? {})
  const asPublished = own.map(([name, schema]) => [name, 'default' in schema ? Type.Optional(schema) : schema] as const)
  return Type.Object({ ...Object.fromEntries(asPublished), ...(isList ? PagingQuery : {}) })
}
