import { Readable } from 'node:stream'
import { err, ok, type Timers } from '@dialtone/foundation'
import Type from 'typebox'
import { enterPartition, holds, type Principal } from '../access/index.ts'
import { admittedPartitions } from '../access-rules/index.ts'
import type { Context } from '../context.ts'
import { type PublishedEvent, publishedEvent } from '../events/index.ts'
import { type ApiFailure, invalidField, tooManyRequests } from '../failures/index.ts'
import { type AdmitAddress, type Authenticate, named, type Operation, partitionOperation } from '../http/index.ts'
import { PublicEvent, publicEvent, wants } from './public-event.ts'
import { sharedReads, sharedWaiting } from './shared-waiting.ts'
import { type StreamPlaces, streamPlaces } from './stream-places.ts'

const MAX_PAGE = 1000
const DEFAULT_PAGE = 100
/** A comment this often keeps proxies from closing a stream, and finds out who is gone. */
const HEARTBEAT_MS = 15_000
/** Another node may have published: looked at even when nobody called. */
const POLL_MS = 2_000

export interface EventFeed {
  readonly operations: readonly Operation[]
  /** There is more than before: open streams look. */
  wake(): void
  /** Ends every stream. */
  stop(): void
}

const EventPage = named(
  'EventPage',
  Type.Object({ events: Type.Array(PublicEvent), next: Type.String({ description: 'The value of `after` for the next page' }), hasMore: Type.Boolean() }),
)
const query = {
  type: Type.Optional(Type.String({ maxLength: 500, description: 'Names to see, separated by commas: `user.created,number.*`' })),
  accountId: Type.Optional(Type.String({ maxLength: 64 })),
  includeSubPartitions: Type.Optional(Type.Boolean()),
}
const requires = { permission: 'AccountHistory', level: 'READ' } as const
const PATH = '/v2/partition/:partitionId/events'

/** Nothing on the way may keep it back; its connection is used for nothing else, so that it ends with the stream. */
const STREAM_HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' } as const

interface Reading {
  readonly partitionIds: readonly string[]
  readonly names: readonly string[]
  readonly accountId: string | undefined
}

interface Page {
  readonly events: readonly PublishedEvent[]
  /** Up to where was read, also of events that were not wanted. */
  readonly position: string
  readonly hasMore: boolean
}

export interface EventFeedOptions {
  readonly timers: Timers
  /** Asked again while a stream is open: a token that ended, or lost its permission, sees nothing more. */
  readonly callers: () => readonly [Authenticate, AdmitAddress]
}

interface Reader {
  readonly token: string
  readonly remoteAddress: string
  readonly partitionId: string
  readonly asked: Asked
}

/** What happened in a partition, for whoever was away, and for whoever stays. */
export function createEventFeed(o: EventFeedOptions): EventFeed {
  const state: StreamState = { isStopped: false, streams: streamPlaces() }
  const waiting = sharedWaiting(o.timers, POLL_MS)
  const sharePage = sharedReads<Page>()
  const shareAdmitted = sharedReads<readonly string[]>()
  const pageOf = (context: Context, reading: Reading, position: string, turn: number): Promise<Page> =>
    sharePage(JSON.stringify([turn, position, reading]), () => readPage(context, reading, position, DEFAULT_PAGE))

  /** What the reader may see now; undefined: nothing any more. */
  const admitted = async (context: Context, { token, remoteAddress, partitionId, asked }: Reader, turn: number): Promise<Reading | undefined> => {
    const [authenticate, admitAddress] = o.callers()
    const caller = await authenticate(token, remoteAddress)
    if (!caller.ok || !(await admitAddress(partitionId, remoteAddress))) return undefined
    const mayRead = enterPartition(caller.value, partitionId).ok && holds(caller.value, requires.permission, requires.level)
    if (!mayRead) return undefined
    const { visiblePartitionIds } = caller.value
    const shared = JSON.stringify([turn, partitionId, remoteAddress, visiblePartitionIds])
    return readingOf(caller.value, partitionId, asked, () => shareAdmitted(shared, () => admittedPartitions(context, caller.value, remoteAddress)))
  }

  async function* follow(context: Context, reader: Reader, after: string): AsyncGenerator<string> {
    let position = after
    let quietMs = 0
    yield `retry: 2000\n: events after ${after}\n\n`
    while (!state.isStopped) {
      const turn = waiting.turn()
      const reading = await admitted(context, reader, turn)
      if (reading === undefined) return
      const page = await pageOf(context, reading, position, turn)
      position = page.position
      for (const event of page.events) yield framed(event)
      if (page.hasMore) continue
      await waiting.untilWoken(turn)
      quietMs = page.events.length > 0 ? 0 : quietMs + POLL_MS
      if (quietMs < HEARTBEAT_MS) continue
      quietMs = 0
      yield `: ${position}\n\n`
    }
  }

  return {
    wake: waiting.wake,
    stop: () => {
      state.isStopped = true
      waiting.wake()
    },
    operations: [pageOperation, streamOperation(state, follow)],
  }
}

const pageOperation: Operation = partitionOperation({
  method: 'GET',
  path: PATH,
  tag: 'Events',
  summary: 'What happened after an event, oldest first',
  requires,
  query: Type.Object({
    ...query,
    after: Type.Optional(Type.String({ maxLength: 64, description: 'A position, or the id of an event; nothing: from the oldest that is kept' })),
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
  }),
  responses: { 200: EventPage },
  handle: async (context, { principal, scope, query: asked, remoteAddress }) => {
    const after = await positionOf(context, scope.partitionId, principal, asked.after ?? '0')
    if (typeof after !== 'string') return err(after)
    const reading = await readingOf(principal, scope.partitionId, asked, () => admittedPartitions(context, principal, remoteAddress))
    const page = await readPage(context, reading, after, asked.limit)
    return ok({ status: 200, body: { events: page.events.map(publicEvent), next: page.position, hasMore: page.hasMore } })
  },
})

interface StreamState {
  isStopped: boolean
  readonly streams: StreamPlaces
}

function streamOperation(state: StreamState, follow: (context: Context, reader: Reader, after: string) => AsyncGenerator<string>): Operation {
  return partitionOperation({
    method: 'GET',
    path: `${PATH}/stream`,
    tag: 'Events',
    summary: 'The same as server-sent events, as they happen; `Last-Event-ID` goes on where a connection broke, and it ends with the token',
    requires,
    query: Type.Object({ ...query, after: Type.Optional(Type.String({ maxLength: 64 })), lastEventId: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: Type.Unsafe<unknown>({ type: 'string', description: 'text/event-stream' }) },
    handle: async (context, { principal, scope, query: asked, headers, token, remoteAddress }) => {
      const giveBack = state.streams.take(scope.partitionId)
      if (giveBack === undefined) return err(tooManyRequests(60))
      let body: Readable | undefined
      try {
        const given = headers['last-event-id']
        const from = (typeof given === 'string' && given !== '' ? given : undefined) ?? asked.lastEventId ?? asked.after
        const after = from === undefined ? await newestPosition(context) : await positionOf(context, scope.partitionId, principal, from)
        if (typeof after !== 'string') return err(after)
        body = Readable.from(follow(context, { token, remoteAddress, partitionId: scope.partitionId, asked }, after), { objectMode: false })
        // Also of one that nobody ever read from.
        body.once('close', giveBack)
        return ok({ status: 200, body, contentType: 'text/event-stream; charset=utf-8', headers: { ...STREAM_HEADERS } })
      } finally {
        if (body === undefined) giveBack()
      }
    },
  })
}

function framed(event: PublishedEvent): string {
  return `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(publicEvent(event))}\n\n`
}

interface Asked {
  readonly type?: string
  readonly accountId?: string
  readonly includeSubPartitions?: boolean
}

/** @param withBelow the caller's partition and those below it that let his address in */
async function readingOf(principal: Principal, partitionId: string, asked: Asked, withBelow: () => Promise<readonly string[]>): Promise<Reading> {
  const own = partitionId === principal.partitionId && asked.includeSubPartitions === true
  return {
    partitionIds: own ? await withBelow() : [partitionId],
    names: asked.type === undefined ? [] : asked.type.split(',').map((name) => name.trim()),
    accountId: asked.accountId,
  }
}

async function readPage(context: Context, reading: Reading, after: string, limit: number): Promise<Page> {
  let rows = context.database.sql
    .selectFrom('event_outbox')
    .selectAll()
    .where('feed_position', '>', after)
    .where('partition_id', 'in', [...reading.partitionIds])
  if (reading.accountId !== undefined) rows = rows.where('account_id', '=', reading.accountId)
  const found = await rows.orderBy('feed_position').limit(limit).execute()
  const events = found.map(publishedEvent)
  return {
    events: events.filter((event) => wants(reading.names, event.type)),
    position: events.at(-1)?.position ?? after,
    hasMore: found.length === limit,
  }
}

/** A position as it is; the id of an event as the position of that event. */
async function positionOf(context: Context, partitionId: string, principal: Principal, after: string): Promise<string | ApiFailure> {
  if (/^\d{1,18}$/.test(after)) return after
  const row = await context.database.sql
    .selectFrom('event_outbox')
    .select('feed_position')
    .where('id', '=', after)
    .where('partition_id', 'in', [partitionId, ...principal.visiblePartitionIds])
    .executeTakeFirst()
  return row?.feed_position ?? invalidField('after', 'is no event that is still kept', 'a position or the id of an event')
}

async function newestPosition(context: Context): Promise<string> {
  const feed = await context.database.sql.selectFrom('event_feed').select('last_position').where('name', '=', 'feed').executeTakeFirstOrThrow()
  return feed.last_position
}
