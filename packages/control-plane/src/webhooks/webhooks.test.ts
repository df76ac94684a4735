import { createHmac } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rememberSlow } from './webhook-sender.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const MINUTE_MS = 60_000

let platform: TestControlPlane
let brand: { readonly partitionId: string; readonly token: string }
let server: Server
let receiver: string
let received: Received[] = []
/** The answers to give, in order; then 204. */
let answers: { readonly status: number; readonly headers?: Record<string, string> }[] = []
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })
  brand = { partitionId: String(child.body['id']), token: String((await platform.logIn(manager.username, manager.password)).body['authToken']) }
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString('utf8')))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      const answer = answers.shift() ?? { status: 204 }
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterAll(async () => {
  server.close()
  await platform.stop()
})
beforeEach(async () => {
  await settled()
  received = []
  answers = []
})
afterEach(async () => {
  const { items } = (await platform.call('GET', webhooks())).body as { items: { id: string }[] }
  for (const item of items) await platform.call('DELETE', `${webhooks()}/${item.id}`)
})

const webhooks = (partitionId = platform.partitionId): string => `/v2/partition/${partitionId}/webhook`

async function settled(): Promise<void> {
  await platform.plane.settled()
  await platform.plane.webhooksSent()
}

async function subscribe(changes: Record<string, unknown> = {}): Promise<{ id: string; path: string; secret: string }> {
  const made = await platform.call('POST', webhooks(), { url: receiver, events: ['account.created'], ...changes })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return { id: String(made.body['id']), path: `${webhooks()}/${String(made.body['id'])}`, secret: String(made.body['secret']) }
}

async function newAccount(partitionId = platform.partitionId, token?: string): Promise<string> {
  const number = `W-${++sequence}`
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: number, accountName: number }, token)
  expect(account.status, JSON.stringify(account.body)).toBe(200)
  await settled()
  return String(account.body['id'])
}

const bodies = (): Record<string, unknown>[] => received.map((one) => JSON.parse(one.body) as Record<string, unknown>)
const deliveries = async (path: string, query = '') =>
  ((await platform.call('GET', `${path}/delivery${query}`)).body as { items: Record<string, unknown>[] }).items

describe('a webhook', () => {
  it('C-62 S0-94: posts what happened, signed as the public guides say', async () => {
    await subscribe({ secret: 'a-secret-of-their-own' })
    const accountId = await newAccount()
    const [one] = received
    expect(bodies()).toMatchObject([{ event: 'account.created', type: 'account.created', partitionId: platform.partitionId, accountId, data: { accountId } }])
    const signature = `sha256=${createHmac('sha256', 'a-secret-of-their-own')
      .update(one?.body ?? '')
      .digest('hex')}`
    expect(one?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-alianza-signature': signature,
      'x-alianza-event': 'account.created',
      'x-alianza-timestamp': String(Math.floor(platform.time.nowMs() / 1000)),
      'x-dialtone-signature': signature,
    })
    expect(one?.headers['x-alianza-delivery-id']).toBe(one?.headers['x-dialtone-delivery-id'])
  })

  it('is signed as Standard Webhooks says: another implementation agrees, with the old and the new secret while both count', async () => {
    const { path, secret } = await subscribe()
    const rotated = await platform.call('POST', `${path}/rotate-secret`, { overlapSeconds: 3600 })
    const next = String(rotated.body['secret'])
    expect(next).toMatch(/^whsec_/)
    await newAccount()
    const [one] = received
    // The oracle looks at the real clock; its arithmetic is what is asked.
    const verify = (key: string) => () => {
      const stamped = { 'webhook-id': '', 'webhook-timestamp': '', 'webhook-signature': '' }
      for (const name of Object.keys(stamped)) Object.assign(stamped, { [name]: String(one?.headers[name]) })
      const signed = new Webhook(key).sign(stamped['webhook-id'], new Date(Number(stamped['webhook-timestamp']) * 1000), one?.body ?? '')
      expect(stamped['webhook-signature'].split(' ')).toContain(signed)
    }
    expect(verify(secret)).not.toThrow()
    expect(verify(next)).not.toThrow()
    platform.time.advance(3_600_001)
    received = []
    await newAccount()
    expect(String(received[0]?.headers['webhook-signature']).split(' ')).toHaveLength(1)
  })

  it('hears only what it asked for', async () => {
    await subscribe({ events: ['user.*'] })
    const accountId = await newAccount()
    expect(received).toEqual([])
    await platform.call('POST', `/v2/partition/${platform.partitionId}/account/${accountId}/user`, { firstName: 'A', lastName: 'B', extension: '4001' })
    await settled()
    expect(bodies()).toMatchObject([
      {
        event: 'user.created',
        data: { accountId, firstName: 'A', lastName: 'B', extension: '4001', userType: 'END_USER', createdBy: expect.any(String), userId: expect.any(String) },
      },
    ])
  })

  it('of a reseller hears of the partitions below when it asks so, and never the other way round', async () => {
    const made = await platform.call('POST', webhooks(brand.partitionId), { url: receiver, events: ['account.*'], includeSubPartitions: true }, brand.token)
    await subscribe({ description: 'only mine' })
    await newAccount(brand.partitionId, brand.token)
    expect(bodies().map((body) => body['partitionId'])).toEqual([brand.partitionId])
    received = []
    await newAccount()
    expect(received).toHaveLength(1)
    await subscribe({ includeSubPartitions: true })
    received = []
    await newAccount(brand.partitionId, brand.token)
    expect(received).toHaveLength(2)
    await platform.call('DELETE', `${webhooks(brand.partitionId)}/${String(made.body['id'])}`, undefined, brand.token)
  })

  it('does not show its secret again, not even in the database', async () => {
    const { id, path } = await subscribe({ secret: 'a-secret-of-their-own' })
    for (const answer of [await platform.call('GET', path), await platform.call('GET', webhooks()), await platform.call('PUT', path, { url: receiver })])
      expect(JSON.stringify(answer.body)).not.toContain('secret-of')
    const row = await platform.plane.context.database.sql.selectFrom('webhook_subscription').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain('secret-of')
  })

  it.each([
    ['http outside', { url: 'http://example.com/hook' }, 'InvalidUrl'],
    ['no URL', { url: 'example.com' }, 'InvalidUrl'],
    ['another scheme', { url: 'file:///etc/passwd' }, 'InvalidUrl'],
    ['credentials in the URL', { url: 'https://user:password@example.com/' }, 'InvalidUrl'],
    ['a name that is none', { events: ['user created'] }, 'InvalidEvents'],
    ['a short secret', { secret: 'short' }, 'InvalidSecret'],
  ])('with %s is refused', async (_case, changes, code) => {
    expect((await platform.call('POST', webhooks(), { url: receiver, ...changes })).body).toMatchObject({ status: 400, errorCode: code })
  })

  it('of another partition is not found: not read, not changed, not tried', async () => {
    const { id } = await subscribe()
    const foreign = `${webhooks(brand.partitionId)}/${id}`
    for (const [method, path, body] of [
      ['GET', foreign],
      ['PUT', foreign, { url: receiver }],
      ['PATCH', foreign, {}],
      ['DELETE', foreign],
      ['POST', `${foreign}/test`],
      ['POST', `${foreign}/rotate-secret`, {}],
      ['GET', `${foreign}/delivery`],
      ['POST', `${foreign}/replay`, { since: '0' }],
    ] as const)
      expect((await platform.call(method, path, body, brand.token)).status, `${method} ${path}`).toBe(404)
  })
})

describe('a delivery', () => {
  it('that fails is tried again after 1, 5, 15 minutes and an hour; each attempt is in the log, the success too', async () => {
    const { path } = await subscribe()
    answers = [{ status: 500 }, { status: 302, headers: { location: '/elsewhere' } }, { status: 404 }]
    await newAccount()
    expect(received).toHaveLength(1)
    for (const [minutes, expected] of [
      [0.9, 1],
      [0.3, 2],
      [4.5, 2],
      [1.2, 3],
      [14, 3],
      [3, 4],
    ] as const) {
      platform.time.advance(minutes * MINUTE_MS)
      await settled()
      expect(received.length, `after ${minutes} more minutes`).toBe(expected)
    }
    const [delivery] = await deliveries(path)
    expect(delivery).toMatchObject({ status: 'DELIVERED', attempts: 4, event: 'account.created' })
    const details = await platform.call('GET', `${path}/delivery/${String(delivery?.['id'])}`)
    expect((details.body['log'] as Record<string, unknown>[]).map((attempt) => attempt['statusCode'])).toEqual([500, 302, 404, 204])
    expect(new Set(received.map((one) => one.headers['webhook-id'])).size).toBe(1)
  })

  it('waits as long as the receiver asks for', async () => {
    await subscribe()
    answers = [{ status: 429, headers: { 'retry-after': '600' } }]
    await newAccount()
    platform.time.advance(9 * MINUTE_MS)
    await settled()
    expect(received).toHaveLength(1)
    platform.time.advance(2 * MINUTE_MS)
    await settled()
    expect(received).toHaveLength(2)
  })

  it('is given up after six hours', async () => {
    const { path } = await subscribe()
    answers = Array.from({ length: 50 }, () => ({ status: 503 }))
    await newAccount()
    for (let hour = 0; hour < 16; hour++) {
      platform.time.advance(30 * MINUTE_MS)
      await settled()
    }
    expect(await deliveries(path)).toMatchObject([{ status: 'FAILED' }])
    expect(received.length).toBeGreaterThan(6)
    expect(received.length).toBeLessThan(12)
  })

  it('ten thousand for a receiver that is dead keep nobody waiting, are over when their time is, and gone after thirty days', async () => {
    const { sql } = platform.plane.context.database
    const dead = await subscribe({ url: 'http://127.0.0.1:1/' })
    const quick = await subscribe()
    const made = new Date(platform.time.nowMs())
    const rows = Array.from({ length: 10_000 }, (_none, index) => ({
      ...{ id: `dead-${index}`, subscription_id: dead.id, event_id: `dead-${index}`, event_type: 'account.created', body: '{}', is_replay: false },
      ...{ status: 'PENDING', attempts: 0, next_attempt_at: made, created_at: made, finished_at: null },
    }))
    for (let from = 0; from < rows.length; from += 1000)
      await sql
        .insertInto('webhook_delivery')
        .values(rows.slice(from, from + 1000))
        .execute()
    const left = async () => {
      const row = await sql.selectFrom('webhook_delivery').select((count) => count.fn.countAll<string>().as('rows')).where('subscription_id', '=', dead.id).where('status', '=', 'PENDING').executeTakeFirstOrThrow() // prettier-ignore
      return Number(row.rows)
    }
    const sending = platform.plane.webhooksSent()
    await platform.call('POST', `${quick.path}/test`)
    await expect.poll(() => received.length, { timeout: 5000 }).toBe(1)
    expect(await left()).toBeGreaterThan(5000)
    platform.time.advance(6 * 60 * MINUTE_MS + 1)
    await sending
    await settled()
    expect(await left()).toBe(0)
    const tries = await sql.selectFrom('webhook_attempt').select('delivery_id').where('delivery_id', 'like', 'dead-%').execute()
    expect(tries.length).toBeLessThan(9_000)
    platform.time.advance(31 * 24 * 60 * MINUTE_MS)
    await expect
      .poll(
        async () => (
          await platform.plane.context.dueWork.runNow(),
          (await sql.selectFrom('webhook_delivery').select('id').where('id', 'like', 'dead-%').limit(1).execute()).length
        ),
        { timeout: 20_000 },
      ) // prettier-ignore
      .toBe(0)
    platform.time.advance(-(31 * 24 * 60 + 6 * 60) * MINUTE_MS - 1)
  })

  it('410 ends the subscription; enabled again it hears of what comes then', async () => {
    const { path } = await subscribe()
    answers = [{ status: 410 }]
    await newAccount()
    expect((await platform.call('GET', path)).body).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('410') })
    expect((await platform.call('POST', `${path}/test`)).body).toMatchObject({ errorCode: 'WebhookDisabled' })
    await newAccount()
    expect(received).toHaveLength(1)
    await platform.call('PATCH', path, { enabled: true })
    await newAccount()
    expect(received).toHaveLength(2)
    expect((await platform.call('GET', path)).body['disabledReason']).toBeUndefined()
  })

  it('at least once: a node that ended between the post and the note of it is followed by one that posts again', async () => {
    const { path } = await subscribe()
    await newAccount()
    expect(received).toHaveLength(1)
    // As the rows are when the process is killed right after the receiver answered.
    const until = new Date(platform.time.nowMs() + 30_000)
    await platform.plane.context.database.sql
      .updateTable('webhook_delivery')
      .set({ status: 'PENDING', next_attempt_at: until, finished_at: null })
      .where('event_type', '=', 'account.created')
      .where('created_at', '=', new Date(platform.time.nowMs()))
      .execute()
    await settled()
    expect(received).toHaveLength(1)
    platform.time.advance(30_000)
    await settled()
    expect(received).toHaveLength(2)
    expect(received[0]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id'])
    expect(await deliveries(path)).toMatchObject([{ status: 'DELIVERED' }])
  })

  it('that never answers keeps no other one waiting, not for the events that come meanwhile either', async () => {
    const asked: ServerResponse[] = []
    const news = new EventEmitter()
    const silent = createServer((_request, response) => void asked.push(response))
    const quick = createServer((_request, response) => {
      response.writeHead(204).end()
      news.emit('posted')
    })
    for (const each of [silent, quick]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
    const urlOf = (each: Server): string => `http://127.0.0.1:${(each.address() as AddressInfo).port}/`
    await subscribe({ url: urlOf(silent) })
    await subscribe({ url: urlOf(quick) })
    const isAsked = once(silent, 'request')
    for (let round = 1; round <= 2; round++) {
      const posted = once(news, 'posted')
      await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `W-${++sequence}`, accountName: 'Quick' })
      await platform.plane.settled()
      await Promise.all([posted, isAsked])
      expect(asked.map((response) => response.writableEnded)).toEqual([false])
    }
    await new Promise((resolve) => quick.close(resolve))
    silent.on('request', (_request, response) => response.writeHead(204).end())
    for (const response of asked) response.writeHead(204).end()
    await settled()
    expect(asked).toHaveLength(2)
    silent.close()
  })

  it('many that are slow keep nobody waiting either, once they are known for it', async () => {
    const asked: ServerResponse[] = []
    const news = new EventEmitter()
    const slow = createServer((_request, response) => void asked.push(response))
    const quick = createServer((_request, response) => {
      response.writeHead(204).end()
      news.emit('posted')
    })
    for (const each of [slow, quick]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
    const urlOf = (each: Server): string => `http://127.0.0.1:${(each.address() as AddressInfo).port}/`
    const { sql } = platform.plane.context.database
    const { id } = await subscribe({ url: urlOf(slow) })
    const one = await sql.selectFrom('webhook_subscription').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const others = Array.from({ length: 69 }, (_, index) => ({
      ...one,
      id: `slow-${index}`,
      events: JSON.stringify(one.events),
      secret_sealed: platform.plane.context.sealer.seal('a secret of theirs', `slow-${index}`),
    }))
    await sql.insertInto('webhook_subscription').values(others).execute()
    // Each is refused after a while: it is tried again in a minute, and a bit more.
    slow.on('request', (_request, response) => setTimeout(() => response.writeHead(500).end(), 1_100))
    await newAccount()
    expect(asked.length).toBe(70)
    slow.removeAllListeners('request')
    asked.length = 0
    let waiting = 0
    let givenUp = 0
    slow.on('request', (_request, response) => {
      response.on('close', () => givenUp++)
      if (++waiting === 32) news.emit('32')
    })
    const quickOne = await subscribe({ url: urlOf(quick) })
    platform.time.advance(70_000)
    const [all, posted] = [once(news, '32'), once(news, 'posted')]
    const sending = settled()
    await all
    await platform.call('POST', `${quickOne.path}/test`)
    await posted
    expect(givenUp).toBe(0)
    await sql.deleteFrom('webhook_subscription').where('id', 'like', 'slow-%').execute()
    slow.closeAllConnections()
    await Promise.all([slow, quick].map((each) => new Promise((resolve) => each.close(resolve))))
    await sending
  })

  it('of receivers that were slow the latest are remembered, of too many the oldest is forgotten', () => {
    const slow = new Set(['first', 'second'])
    rememberSlow(slow, 'third', 2)
    expect([...slow]).toEqual(['second', 'third'])
  })

  it('an event that is handed out twice makes one delivery', async () => {
    const { path } = await subscribe()
    const accountId = await newAccount()
    await platform.plane.context.database.sql.updateTable('event_outbox').set({ dispatched_at: null }).where('account_id', '=', accountId).execute()
    await settled()
    expect(await deliveries(path)).toHaveLength(1)
  })
})

describe('IntegrationNotificationEmail', () => {
  const setting = () => `/v2/partition/${platform.partitionId}/setting/IntegrationNotificationEmail`
  const subjects = async (id: string) => {
    const rows = await platform.plane.context.database.sql
      .selectFrom('outgoing_message')
      .select(['recipient', 'subject', 'body'])
      .orderBy('created_at')
      .execute()
    return rows.filter(({ subject }) => subject.includes(id))
  }

  it('is told, once a day, of a webhook that does not get through, and of one that its receiver turned off', async () => {
    const { id, path } = await subscribe({ url: `${receiver}?key=secret` })
    answers = Array.from({ length: 20 }, () => ({ status: 503 }))
    await platform.call('PUT', setting(), { value: 'ops@example.com' })
    await newAccount()
    await newAccount()
    for (const minutes of [2, 7, 20]) {
      // An outage of some minutes is nothing anybody has to know.
      expect(await subjects(id)).toEqual([])
      platform.time.advance(minutes * MINUTE_MS)
      await settled()
    }
    expect(await subjects(id)).toMatchObject([
      { recipient: 'ops@example.com', subject: `Webhook ${id} is failing`, body: expect.stringContaining('answered 503') },
    ])
    answers = [{ status: 410 }]
    await newAccount()
    expect((await platform.call('GET', path)).body).toMatchObject({ enabled: false })
    const told = await subjects(id)
    expect(told.map(({ subject }) => subject)).toEqual([`Webhook ${id} is failing`, `Webhook ${id} was disabled`])
    expect(JSON.stringify(told)).not.toContain('key=secret')
    await platform.call('DELETE', setting())
  })
})

describe('sending again', () => {
  it('a test event can be had at any time', async () => {
    const { path } = await subscribe()
    expect((await platform.call('POST', `${path}/test`)).status).toBe(202)
    await settled()
    expect(bodies()).toMatchObject([{ event: 'webhook.test' }])
  })

  it('one delivery, or all since an event or a time', async () => {
    const { path } = await subscribe()
    await newAccount()
    const [first] = await deliveries(path)
    await newAccount()
    await newAccount()
    received = []
    expect((await platform.call('POST', `${path}/delivery/${String(first?.['id'])}/replay`)).status).toBe(202)
    await settled()
    expect(bodies().map((body) => body['id'])).toEqual([first?.['eventId']])
    received = []
    expect((await platform.call('POST', `${path}/replay`, { since: first?.['eventId'] })).body).toEqual({ deliveries: 2 })
    await settled()
    expect(received).toHaveLength(2)
    for (const since of ['nothing', '2026-02-30', '2026-11-21T12:00:00'])
      expect((await platform.call('POST', `${path}/replay`, { since })).body, since).toMatchObject({ errorCode: 'InvalidSince' })
    expect((await platform.call('POST', `${path}/replay`, { since: new Date(platform.time.nowMs() + 1000).toISOString() })).body).toEqual({ deliveries: 0 })
  })

  it('the log is read in pages, newest first, by status', async () => {
    const { path } = await subscribe()
    for (let index = 0; index < 3; index++) {
      await newAccount()
      platform.time.advance(1000)
    }
    const all = await deliveries(path)
    expect(all).toHaveLength(3)
    expect(await deliveries(path, `?limit=2`)).toEqual(all.slice(0, 2))
    expect(await deliveries(path, `?before=${String(all[1]?.['id'])}`)).toEqual(all.slice(2))
    expect(await deliveries(path, '?status=FAILED')).toEqual([])
  })
})
