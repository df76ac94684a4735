import { createHash } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import type { Sealer } from '../../access/index.ts'
import type { ListPage, PagePosition } from '../../database/index.ts'
import { type ApiFailure, invalidField } from '../../failures/index.ts'
import type { Operation, OperationInput, Reply } from '../operation.ts'
import { type ListForm, listFormOf, MAX_PAGE_SIZE } from './list-form.ts'

const DEFAULT_PAGE_SIZE = 100
const PURPOSE = 'list-cursor'
/** Of the end of a page that is cut from a whole list: any of them that is still there tells where to go on. */
const REMEMBERED_ITEMS = 8
const KEY_CHARACTERS = 12
const SIGNATURE_CHARACTERS = 22

type Input = OperationInput<unknown, unknown, unknown>
type Query = Readonly<Record<string, unknown>>

/** A list that was asked for in pages: `pageSize`, `cursor`, or both. */
export interface AskedPage {
  readonly form: ListForm
  readonly page: ListPage
  /** The request to run instead of the caller's. */
  readonly input: Input
  /** What a cursor is good for: this list with these filters. */
  readonly list: string
}

/** What the caller wants of a list. @returns nothing for who asks for no pages, or for what is no list. */
export function askedPage(sealer: Sealer, operation: Operation, input: Input, url: string): Result<AskedPage | undefined, ApiFailure> {
  const start = url.indexOf('?')
  if (start < 0 || !/[?&](pageSize|cursor)=/.test(url)) return ok(undefined)
  const form = listFormOf(operation)
  if (form === undefined) return ok(undefined)
  const asked = new URLSearchParams(url.slice(start))
  const size = asked.get('pageSize') ?? String(DEFAULT_PAGE_SIZE)
  const limit = Number(size)
  if (!/^\d{1,4}$/.test(size) || limit < 1 || limit > MAX_PAGE_SIZE)
    return err(invalidField('pageSize', 'has a value that is not allowed', `1 to ${MAX_PAGE_SIZE}`))
  const list = `${url.slice(0, start)}?${filtersOf(asked)}`
  const cursor = asked.get('cursor') ?? ''
  const after = cursor === '' ? undefined : openCursor(sealer, cursor, list)
  if (cursor !== '' && after === undefined)
    return err(invalidField('cursor', 'is none of this list', 'the one of the Link header with rel="next", with the same filters'))
  const page = { limit, after }
  return ok({ form, page, input: { ...input, page, query: queryFor(form, input.query as Query, page) }, list })
}

/** The page of an answer, and the way to the next one in its `Link` header (RFC 8288). */
export function showPage(sealer: Sealer, asked: AskedPage, origin: string, reply: Reply): Reply {
  if (reply.status !== 200 || reply.contentType !== undefined) return reply
  const { body, following } = pageOf(asked, reply)
  const [path = '', filters = ''] = asked.list.split('?')
  const linkTo = (cursor: string, relation: string): string => {
    const query = [...(filters === '' ? [] : [filters]), `pageSize=${asked.page.limit}`, `cursor=${cursor}`].join('&')
    return `<${origin}${path}?${query}>; rel="${relation}"`
  }
  const next = following === null ? [] : [linkTo(sealCursor(sealer, following, asked.list), 'next')]
  return { ...reply, body, headers: { ...reply.headers, link: [...next, linkTo('', 'first')].join(', ') } }
}

/** How the operation itself is told, where it has its own way to go on. */
function queryFor(form: ListForm, query: Query, { limit, after }: ListPage): Query {
  if (form.way === 'offset') return { ...query, [form.limit]: Math.min(limit, form.maxLimit), [form.offset]: after?.[0] ?? 0 }
  if (form.way === 'continued') return { ...query, [form.limit]: Math.min(limit, form.maxLimit), ...(after === undefined ? {} : { [form.from]: after[0] }) }
  // The whole list, or as much of it as there ever is: it is cut here.
  return form.limit === undefined ? query : { ...query, [form.limit]: form.maxLimit }
}

function pageOf({ form, page }: AskedPage, reply: Reply): { readonly body: unknown; readonly following: PagePosition | null } {
  const items = itemsOf(form, reply.body)
  if (reply.following !== undefined) return { body: reply.body, following: reply.following }
  if (form.way === 'offset') {
    const offset = Number(page.after?.[0] ?? 0) + items.length
    return { body: reply.body, following: items.length < Math.min(page.limit, form.maxLimit) ? null : [offset] }
  }
  if (form.way === 'continued') {
    const { next, hasMore } = reply.body as { next?: string; hasMore?: boolean }
    return { body: reply.body, following: next === undefined || hasMore === false ? null : [next] }
  }
  return cutFrom(form, page, reply.body, items)
}

function cutFrom(
  form: ListForm,
  { limit, after }: ListPage,
  body: unknown,
  items: readonly unknown[],
): { readonly body: unknown; readonly following: PagePosition | null } {
  const start = after === undefined ? 0 : placeAfter(items, after)
  const shown = items.slice(start, start + limit)
  const end = start + shown.length
  const following = end < items.length ? [end, ...shown.slice(-REMEMBERED_ITEMS).map(keyOf)] : null
  return { body: form.member === undefined ? shown : { ...(body as object), [form.member]: shown }, following }
}

/** After the last item of the page before that is still there; where it ended, when none of them is. */
function placeAfter(items: readonly unknown[], [end, ...keys]: PagePosition): number {
  const places = new Map(items.map((item, place) => [keyOf(item), place]))
  for (const key of keys.toReversed()) {
    const place = places.get(String(key))
    if (place !== undefined) return place + 1
  }
  return Math.max(0, Number(end) - keys.length)
}

/** Items are known by their id: one that was changed meanwhile is still the same. */
function keyOf(item: unknown): string {
  const { id } = (typeof item === 'object' && item !== null ? item : {}) as { id?: unknown }
  return createHash('sha256')
    .update(typeof id === 'string' ? id : JSON.stringify(item))
    .digest('base64url')
    .slice(0, KEY_CHARACTERS)
}

function itemsOf(form: ListForm, body: unknown): readonly unknown[] {
  const items = form.member === undefined ? body : (body as Record<string, unknown>)[form.member]
  return Array.isArray(items) ? items : []
}

function filtersOf(asked: URLSearchParams): string {
  const filters = new URLSearchParams(asked)
  filters.delete('cursor')
  filters.delete('pageSize')
  filters.sort()
  return filters.toString()
}

/** Signed: what comes back as a place in a list is one that we gave out, so no query meets values it cannot compare. */
function sealCursor(sealer: Sealer, position: PagePosition, list: string): string {
  const text = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${text}.${sealer.sign(`${list} ${text}`, PURPOSE).slice(0, SIGNATURE_CHARACTERS)}`
}

function openCursor(sealer: Sealer, cursor: string, list: string): PagePosition | undefined {
  const [text = '', signature = ''] = cursor.split('.')
  if (signature !== sealer.sign(`${list} ${text}`, PURPOSE).slice(0, SIGNATURE_CHARACTERS)) return undefined
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as PagePosition
}
