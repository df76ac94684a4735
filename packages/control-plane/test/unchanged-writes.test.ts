import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf } from './tenants/asking.ts'
import { type Filled, filledBodies } from './tenants/filled-bodies.ts'
import { type FurnishedTenant, furnishTenant } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'
import { secondThings } from './tenants/second-things.ts'
import { canonical, validBody } from './tenants/valid-bodies.ts'

/** Shown nowhere, so that only the event tells that they changed; and given again they are new ones. */
const SECRETS = new Set(['secret', 'wirelessPin', 'sipPassword', 'username'])
/** They cannot be sent what they show, for it is less than they need. By the end of the path: what is sent instead. */
const INSTEAD: Readonly<Record<string, object>> = {
  '/sip-credentials': { sipUsername: 'the-login-of-the-line', sipPassword: 'a-long-password-1' },
  '/siptrunkips/{entity}': { ips: [{ address: '192.0.2.77', type: 'signaling' }] },
}
/** Comes with a plan that the furnished user has not. */
const NOT_FURNISHED = /\/softphone$/

let platform: TestControlPlane
let tenant: FurnishedTenant
let published: Awaited<ReturnType<typeof publishedOperations>>
let filled: Readonly<Record<string, Filled>>

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Unchanged')
  published = await publishedOperations(platform)
  const first = await filledBodies(platform, tenant)
  filled = { ...first, ...(await secondThings(platform, tenant, first)) }
})
afterAll(() => platform.stop())

type Members = Readonly<Record<string, unknown>>

async function ask(method: PublishedOperation['method'], path: string, body?: object) {
  const headers = { 'x-auth-token': tenant.token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const answer = await platform.plane.http.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) })
  return { status: answer.statusCode, text: answer.body, etag: answer.headers['etag'] }
}

/** How many events, and how many entries of the histories, the tenant's operator has caused. */
async function told(): Promise<string> {
  const { sql } = platform.plane.context.database
  const count = (table: 'event_outbox' | 'account_history' | 'partition_history') => sql.selectFrom(table).select((is) => is.fn.countAll().as('count'))
  const counts = [
    count('event_outbox').where(sqlText<boolean>`actor ->> 'userName' = ${tenant.ids['manager']}`),
    count('account_history').where('user_name', '=', tenant.ids['manager'] ?? ''),
    count('partition_history').where('user_name', '=', tenant.ids['manager'] ?? ''),
  ]
  return (await Promise.all(counts.map((each) => each.executeTakeFirstOrThrow()))).map((row) => Number(row.count)).join(', ')
}

/** What one request left behind. */
async function left(operation: PublishedOperation, path: string, body: object) {
  const [before, shown] = [await told(), await ask('GET', path)]
  const answer = await ask(operation.method, path, body)
  const [after, shownAfter] = [await told(), await ask('GET', path)]
  platform.time.advance(1000)
  return { ...answer, isTold: before !== after, isShown: shown.text !== shownAfter.text, hasNewTag: shown.etag !== shownAfter.etag }
}

/** The updates of objects that can be read at the same path, with a body that passes if anybody has one. */
async function updates(method: 'PUT' | 'PATCH') {
  const operations = published.operations.filter((each) => isOfTenants(each) && each.method === method && !each.isAlias && !NOT_FURNISHED.test(each.path))
  const found = operations.map((operation) => {
    const ids = { ...tenant.ids, ...filled[canonical(operation.path)]?.ids }
    return { operation, path: pathOf(operation, ids), body: validBody(operation, ids, filled) ?? filled[canonical(operation.path)]?.body }
  })
  const shown = await Promise.all(found.map(async (each) => ({ ...each, read: await ask('GET', each.path) })))
  return shown.filter(({ read }) => read.status === 200 && read.text.startsWith('{'))
}

const shownAt = async (path: string): Promise<Members> => JSON.parse((await ask('GET', path)).text) as Members

// In this order: what the first one fills is what the others leave as it is.
describe('updates, all there are', () => {
  it('tell of each field that changes, shown or secret', { timeout: 120_000 }, async () => {
    const wrong: string[] = []
    let judged = 0
    for (const { operation, path, body = {} } of await updates('PATCH')) {
      for (const [field, value] of Object.entries(body)) {
        const { status, isTold, isShown } = await left(operation, path, { [field]: value })
        const isSecret = SECRETS.has(field) && field !== 'username'
        if (status >= 300 || (!isShown && !isSecret)) continue
        judged++
        if (!isTold) wrong.push(`${nameOf(operation)} ${field}: nobody is told`)
      }
    }
    expect(wrong).toEqual([])
    expect(judged).toBeGreaterThan(150)
  })

  it('make no event, no entry in a history and no other tag for a field that is as it was', { timeout: 120_000 }, async () => {
    const wrong: string[] = []
    let judged = 0
    for (const { operation, path, body = {} } of await updates('PATCH')) {
      await ask('PATCH', path, body)
      const shown = await shownAt(path)
      const fields = published.membersOf(operation.body ?? {})
      const seen = [...new Set([...fields, ...Object.keys(body)])].filter((field) => shown[field] !== undefined && shown[field] !== null)
      for (const again of [{}, ...seen.map((field) => ({ [field]: shown[field] })), withoutSecrets(body)]) {
        const { status, text, isTold, hasNewTag } = await left(operation, path, again)
        // What is only read may not be sent everywhere; what was filled may be.
        if (status < 300) judged++
        else if (Object.keys(again).every((field) => field in body)) wrong.push(`${nameOf(operation)} ${JSON.stringify(again)}: ${text}`)
        if (isTold || hasNewTag) wrong.push(`${nameOf(operation)} ${Object.keys(again).join()}: told ${isTold}, another tag ${hasNewTag}`)
      }
    }
    expect(wrong).toEqual([])
    expect(judged).toBeGreaterThan(200)
  })

  it('make none for a PUT of what is there', { timeout: 120_000 }, async () => {
    const wrong: string[] = []
    const all = await updates('PUT')
    for (const { operation, path, body } of all) {
      const instead = Object.entries(INSTEAD).find(([end]) => operation.path.endsWith(end))?.[1]
      if (body !== undefined) await ask('PUT', path, body)
      // The first time, what was inherited or a default becomes one's own.
      await ask('PUT', path, instead ?? (await shownAt(path)))
      const { status, text, isTold, hasNewTag } = await left(operation, path, instead ?? (await shownAt(path)))
      if (status >= 300 || isTold || hasNewTag) wrong.push(`${nameOf(operation)}: ${status >= 300 ? text : `told ${isTold}, another tag ${hasNewTag}`}`)
    }
    expect(wrong).toEqual([])
    expect(all.length).toBeGreaterThan(50)
  })
})

function withoutSecrets(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([field]) => !SECRETS.has(field)))
}
