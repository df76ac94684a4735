import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ok } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemPartition } from '../access/index.ts'
import { write } from '../events/index.ts'
import { createEventFeed } from './event-feed.ts'

let platform: TestControlPlane
let brand: { readonly partitionId: string; readonly token: string }
let baseUrl: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })
  brand = { partitionId: String(child.body['id']), token: String((await platform.logIn(manager.username, manager.password)).body['authToken']) }
  await platform.plane.http.listen({ host: '127.0.0.1', port: 0 })
  baseUrl = `http://127.0.0.1:${(platform.plane.http.server.address() as AddressInfo).port}`
})
afterAll(() => platform.stop())

const feed = (partitionId = platform.partitionId): string => `/v2/partition/${partitionId}/events`

async function newAccount(partitionId = platform.partitionId): Promise<string> {
  const number = `E-${++sequence}`
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: number, accountName: number })
  await platform.plane.settled()
  return String(account.body['id'])
}

interface Page {
  readonly events: readonly Record<string, unknown>[]
  readonly next: string
  readonly hasMore: boolean
}

const read = async (query: string, token?: string, partitionId = platform.partitionId): Promise<Page> => {
  const answer = await platform.call('GET', `${feed(partitionId)}${query}`, undefined, token)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as unknown as Page
}

/** From here on. */
async function now(): Promise<string> {
  await platform.plane.settled()
  let page = await read('?limit=1000')
  while (page.hasMore) page = await read(`?limit=1000&after=${page.next}`)
  return page.next
}

describe('GET …/events', () => {
  it('gives what happened after a position, oldest first, in pages without a gap or a repetition', async () => {
    const start = await now()
    const accounts = [await newAccount(), await newAccount(), await newAccount()]
    const first = await read(`?after=${start}&limit=2`)
    expect(first.hasMore).toBe(true)
    const second = await read(`?after=${first.next}&limit=2`)
    expect([...first.events, ...second.events].map((event) => event['accountId'])).toEqual(accounts)
    expect(second).toMatchObject({ hasMore: false, events: [{ event: 'account.created', type: 'account.created', partitionId: platform.partitionId }] })
    expect((await read(`?after=${second.next}`)).events).toEqual([])
  })

  it('goes on after the id of an event too', async () => {
    const start = await now()
    await newAccount()
    const accountId = await newAccount()
    const [one] = (await read(`?after=${start}`)).events
    expect((await read(`?after=${String(one?.['id'])}`)).events.map((event) => event['accountId'])).toEqual([accountId])
    expect((await platform.call('GET', `${feed()}?after=nothing`)).body).toMatchObject({ status: 400, errorCode: 'InvalidAfter' })
  })

  it('shows the names and the account that are asked for', async () => {
    const start = await now()
    const accountId = await newAccount()
    const other = await newAccount()
    await platform.call('PATCH', `/v2/partition/${platform.partitionId}/account/${accountId}`, { accountName: 'Renamed' })
    await platform.plane.settled()
    expect((await read(`?after=${start}&type=account.updated`)).events.map((event) => event['event'])).toEqual(['account.updated'])
    expect((await read(`?after=${start}&type=account.*&accountId=${other}`)).events.map((event) => event['accountId'])).toEqual([other])
    expect((await read(`?after=${start}&type=user.created,number.*`)).events).toEqual([])
  })

  it('a transaction that commits late is not passed by who has read what came after it', async () => {
    const start = await now()
    const { context } = platform.plane
    let commit = (): void => undefined
    const held = new Promise<void>((resolve) => (commit = resolve))
    let begun = (): void => undefined
    const hasBegun = new Promise<void>((resolve) => (begun = resolve))
    // Its row, and with it its sequence, is there before the others', its commit after theirs.
    const late = context.database.sql.transaction().execute(async (sql) => {
      await sql
        .insertInto('event_outbox')
        .values({
          id: 'late-event',
          partition_id: platform.partitionId,
          account_id: null,
          type: 'account.late',
          payload: '{}',
          actor: JSON.stringify(SYSTEM_ACTOR),
          occurred_at: new Date(platform.time.nowMs()),
          dispatched_at: null,
        })
        .execute()
      begun()
      await held
    })
    await hasBegun
    await newAccount()
    const seen = await read(`?after=${start}`)
    expect(seen.events.map((event) => event['event'])).toEqual(['account.created'])
    commit()
    await late
    await platform.plane.settled()
    expect((await read(`?after=${seen.next}`)).events.map((event) => event['id'])).toEqual(['late-event'])
  })

  it('S1-11: a partition sees its own; the operator above sees those below only when he asks', async () => {
    const start = await now()
    const ofBrand = await newAccount(brand.partitionId)
    const mine = await newAccount()
    const ids = (page: Page) => page.events.map((event) => event['accountId'])
    expect(ids(await read(`?after=${start}`, brand.token, brand.partitionId))).toEqual([ofBrand])
    expect(ids(await read(`?after=${start}`))).toEqual([mine])
    expect(ids(await read(`?after=${start}&includeSubPartitions=true`))).toEqual([ofBrand, mine])
    expect(ids(await read(`?after=${start}&includeSubPartitions=true`, brand.token, brand.partitionId))).toEqual([ofBrand])
  })

  it('C-09: what is of a partition below that shuts the address out is left out', async () => {
    const start = await now()
    const rule = await platform.call('POST', `/v2/partition/${brand.partitionId}/accessrule`, { action: 'allow', cidr: '127.0.0.1' })
    const ofBrand = await newAccount(brand.partitionId)
    const mine = await newAccount()
    const seenFrom = async (remoteAddress: string) => {
      const url = `${feed()}?after=${start}&includeSubPartitions=true&type=account.created`
      const answer = await platform.plane.http.inject({ method: 'GET', url, remoteAddress, headers: { 'x-auth-token': platform.token } })
      return answer.json<Page>().events.map((event) => event['accountId'])
    }
    expect([await seenFrom('127.0.0.1'), await seenFrom('198.51.100.7')]).toEqual([[ofBrand, mine], [mine]])
    await platform.call('DELETE', `/v2/partition/${brand.partitionId}/accessrule/${String(rule.body['id'])}`)
    expect(await seenFrom('198.51.100.7')).toEqual([ofBrand, mine])
  })

  it('what is inside only stays inside', async () => {
    const start = await now()
    await write(platform.plane.context, SYSTEM_ACTOR, (change) => {
      change.emit({ type: 'job.finished', partitionId: platform.partitionId, accountId: undefined, data: {} })
      return Promise.resolve(ok(undefined))
    })
    await platform.plane.settled()
    expect((await read(`?after=${start}`)).events).toEqual([])
  })
})

describe('GET …/events/stream', () => {
  async function open(query: string, headers: Record<string, string> = {}) {
    const token = String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
    const abort = new AbortController()
    const answer = await fetch(`${baseUrl}${feed()}/stream${query}`, { headers: { 'x-auth-token': token, ...headers }, signal: abort.signal })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const found = pattern.exec(text)
        if (found !== null) return found
        const piece = await reader?.read()
        if (piece === undefined || piece.done) throw new Error(`the stream ended without ${String(pattern)}: ${text}`)
        text += piece.value
      }
    }
    const toEnd = async (): Promise<string> => {
      for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) text += piece.value
      return text
    }
    return { until, toEnd, token, close: () => abort.abort() }
  }

  it('tells what happens as it happens; Last-Event-ID goes on where a connection broke', async () => {
    const stream = await open('')
    await stream.until(/events after/)
    const one = await newAccount()
    const [, position = ''] = await stream.until(new RegExp(`id: (\\d+)\nevent: account.created\ndata: {[^\n]*"accountId":"${one}"[^\n]*}\n\n`))
    stream.close()
    const missed = await newAccount()
    const again = await open('', { 'last-event-id': position })
    const [text] = await again.until(/event: account\.created\ndata: [^\n]*/)
    expect(text).toContain(missed)
    again.close()
  })

  it('C-09: tells nothing more of a partition below from when its rules shut the address out', async () => {
    const stream = await open('?includeSubPartitions=true')
    await stream.until(/events after/)
    const before = await newAccount(brand.partitionId)
    await stream.until(new RegExp(before))
    const rule = await platform.call('POST', `/v2/partition/${brand.partitionId}/accessrule?confirmLockout=true`, { action: 'deny', cidr: '127.0.0.1' })
    expect(rule.status, JSON.stringify(rule.body)).toBe(200)
    // Nobody comes in from there any more: as the platform itself.
    await write(platform.plane.context, SYSTEM_ACTOR, (change) => {
      change.emit({ type: 'account.updated', partitionId: brand.partitionId, accountId: 'shut-out', data: {} })
      return Promise.resolve(ok(undefined))
    })
    await platform.plane.settled()
    const mine = await newAccount()
    const [text] = await stream.until(new RegExp(`[^]*${mine}`))
    expect([text.includes(before), text.includes('shut-out')]).toEqual([true, false])
    stream.close()
    const url = `/v2/partition/${brand.partitionId}/accessrule/${String(rule.body['id'])}`
    await platform.plane.http.inject({ method: 'DELETE', url, remoteAddress: '192.0.2.1', headers: { 'x-auth-token': platform.token } })
  })

  it('ends with the token it was opened with: nothing that happens later is told', async () => {
    const stream = await open('')
    await stream.until(/events after/)
    await platform.call('PUT', '/v2/authorize/logout', undefined, stream.token)
    const later = await newAccount()
    expect(await stream.toEnd()).not.toContain(later)
  })

  it('has a place before it waits for anything: of those that are opened at once no more are let in than there are', async () => {
    const { context } = platform.plane
    const { operations } = createEventFeed({
      timers: platform.time,
      callers: () => [() => Promise.reject(new Error('nobody reads')), () => Promise.resolve(true)],
    })
    const stream = operations.find(({ path }) => path.endsWith('/stream'))
    const take = async (partitionId: string) => {
      const input = { principal: {}, query: {}, params: { partitionId }, headers: {}, token: 'x', remoteAddress: '192.0.2.1' }
      return stream?.run(context, input as unknown as Parameters<typeof stream.run>[1], systemPartition(partitionId))
    }
    const opened = await Promise.all(['a', 'b', 'c'].flatMap((name) => Array.from({ length: 260 }, () => take(name))))
    const bodies = opened.flatMap((answer) => (answer?.ok === true ? [answer.value.body as Readable] : []))
    expect(bodies.length).toBe(500)
    expect(opened.flatMap((answer) => (answer?.ok === false ? [answer.error.status] : []))).toEqual(Array.from({ length: 280 }, () => 429))
    // Also those that nobody read from are over.
    for (const body of bodies) body.destroy()
    await Promise.all(bodies.map((body) => finished(body).catch(() => undefined)))
    const again = await take('c')
    expect(again?.ok).toBe(true)
    if (again?.ok === true) (again.value.body as Readable).destroy()
  })

  it('ends when the server does', async () => {
    const other = await startTestControlPlane()
    await other.plane.http.listen({ host: '127.0.0.1', port: 0 })
    const url = `http://127.0.0.1:${(other.plane.http.server.address() as AddressInfo).port}/v2/partition/${other.partitionId}/events/stream`
    const answer = await fetch(url, { headers: { 'x-auth-token': other.token } })
    const text = answer.text()
    await other.stop()
    expect(await text).toContain('retry: 2000')
  })
})

// Last: its days are the end of all tokens.
describe('an event', () => {
  it('is kept for thirty days', async () => {
    const start = await now()
    const accountId = await newAccount()
    platform.time.advance(29 * 86_400_000)
    const again = String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
    await platform.plane.context.dueWork.runNow()
    expect((await read(`?after=${start}`, again)).events.map((event) => event['accountId'])).toEqual([accountId])
    platform.time.advance(2 * 86_400_000)
    const later = String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
    await expect
      .poll(async () => {
        await platform.plane.context.dueWork.runNow()
        return (await read(`?after=${start}`, later)).events.length
      })
      .toBe(0)
  })
})
