import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { Platform } from './platform.ts'
import { type Account, Account as KnownAccount, done, Tenant } from './tenant.ts'

const BULK = '/v2/bulk-user-operation'

interface BulkJob {
  readonly id: string
  readonly jobId: string
  readonly status: string
  readonly executionStatus: string
  readonly total: number
  readonly processed: number
  readonly successful: number
  readonly failed: number
  readonly errors: readonly { readonly index: number; readonly extension?: string; readonly error: string }[]
}

interface User {
  readonly id: string
  readonly extension: string
  readonly userProductPlan: string
  readonly callHandlingSettings: Readonly<Record<string, unknown>>
}

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

const usersOf = async (account: Account): Promise<readonly User[]> => done(await account.http.get<readonly User[]>(`${account.path}/user`))

/** Steps 1 and 2 of the flow: a collection, then its users one by one. */
async function collectionOf(account: Account, extensions: readonly string[]): Promise<string> {
  const { collectionId } = done(await account.http.post<{ collectionId: string }>(`${BULK}/collection`, { accountId: account.id }))
  for (const extension of extensions) done(await account.http.post(`${BULK}/collection/${collectionId}/${extension}`))
  return collectionId
}

/** Steps 3 and 4: the job, asked for until it is over. */
async function run(http: HttpClient, body: Readonly<Record<string, unknown>>, withinMs = 15_000): Promise<BulkJob> {
  const { jobId } = done(await http.post<BulkJob>(`${BULK}/job`, body))
  return ended(http, jobId, withinMs)
}

function ended(http: HttpClient, jobId: string, withinMs: number): Promise<BulkJob> {
  let last = ''
  return eventually(
    () => `job ${jobId} to end: ${last}`,
    withinMs,
    async () => {
      const answer = await http.get<BulkJob>(`${BULK}/job/${jobId}`)
      last = answer.text.slice(0, 300)
      return ['COMPLETED', 'FAILED', 'PARTIAL'].includes(done(answer).status) ? answer.body : undefined
    },
  )
}

describe('the flow of the guide', () => {
  it('S0-81 S0-82 S0-83 S0-84 S0-85 S0-87: collection, users by extension, UPDATE_CALLING_PLAN, polled until COMPLETED', async () => {
    const account = await tenant.createAccount()
    for (const extension of ['4001', '4002', '4003']) await account.createUser(extension)
    const product = done(
      await tenant.http.post<{ id: string }>(`${tenant.path}/callingplanproduct`, { name: `Bulk ${account.id.slice(0, 8)}`, planMinutes: 750 }),
    )
    const collectionId = await collectionOf(account, ['4001', '4002', '4003'])
    const started = done(
      await account.http.post<BulkJob>(`${BULK}/job`, { collectionId, operation: 'UPDATE_CALLING_PLAN', parameters: { callingPlanId: product.id } }),
    )
    expect(started.jobId).toBe(started.id)
    expect(['PENDING', 'PROCESSING', 'COMPLETED']).toContain(started.status)
    expect(await ended(account.http, started.jobId, 15_000)).toMatchObject({
      status: 'COMPLETED',
      total: 3,
      processed: 3,
      successful: 3,
      failed: 0,
      errors: [],
    })
    interface Plan {
      readonly referenceId: string
      readonly callingPlanProductId: string
      readonly planMinutes: number
    }
    const plans = done(await account.http.get<readonly Plan[]>(`${account.path}/callingplan`))
    const users = await usersOf(account)
    for (const user of users)
      expect(plans.filter((plan) => plan.referenceId === user.id)).toMatchObject([{ callingPlanProductId: product.id, planMinutes: 750 }])
  })

  it('S0-85 S0-86: users that cannot be deleted are the failures, by user; the job is PARTIAL, a job of failures only FAILED', async () => {
    const account = await tenant.createAccount()
    const kept = await account.createUser('4001')
    await account.createUser('4002')
    await account.createLine(kept.userId)
    const collectionId = await collectionOf(account, ['4001', '4002'])
    const job = await run(account.http, { collectionId, operation: 'DELETE_USERS' })
    expect(job).toMatchObject({ status: 'PARTIAL', total: 2, successful: 1, failed: 1, errors: [{ extension: '4001', error: 'EndUserInUse' }] })
    expect((await usersOf(account)).map((user) => user.extension)).toEqual(['4001'])
    expect(await run(account.http, { collectionId, operation: 'DELETE_USERS' })).toMatchObject({ status: 'FAILED', successful: 0, failed: 2 })
  })

  it('S0-88 S0-89: call forwarding, features and deletion of many users; each item visible, each change in the history', async () => {
    const account = await tenant.createAccount()
    for (const extension of ['4001', '4002']) await account.createUser(extension)
    const collectionId = await collectionOf(account, ['4001', '4002'])
    const forwarding = { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015550123' }
    expect(await run(account.http, { collectionId, operation: 'UPDATE_CALL_FORWARDING', parameters: { callHandlingSettings: forwarding } })).toMatchObject({
      status: 'COMPLETED',
    })
    const features = await run(account.http, {
      collectionId,
      operation: 'PROVISION_FEATURES',
      parameters: { userProductPlan: 'ADVANCED', allowPortalAccess: false },
    })
    expect(features).toMatchObject({ status: 'COMPLETED', successful: 2 })
    for (const user of await usersOf(account)) expect(user).toMatchObject({ userProductPlan: 'ADVANCED', callHandlingSettings: forwarding })
    interface Item {
      readonly index: number
      readonly successful: boolean
      readonly extension: string
    }
    const items = done(await account.http.get<readonly Item[]>(`${BULK}/job/${features.id}/results`))
    expect(items).toMatchObject([
      { index: 0, successful: true, extension: '4001' },
      { index: 1, successful: true, extension: '4002' },
    ])
  })
})

describe('kill -9 during a bulk job', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await Platform.start()
  })
  afterAll(() => platform.discard())

  it('S0-89: 2,000 users with 1 % bad rows end exactly right over three kills: each row once, each failure named', { timeout: 240_000 }, async () => {
    const COUNT = 2000
    const first = await Tenant.logIn(platform.address)
    const { id: accountId } = await first.createAccount({ extensionLength: 5 })
    // Every hundredth row wants the extension of the row before it.
    const objects = Array.from({ length: COUNT }, (_, row) => ({
      'First Name': 'Row',
      'Last Name': String(row),
      'Extension Number': 20_000 + (row % 100 === 99 ? row - 1 : row),
      Username: `${accountId.replaceAll(/[^A-Za-z0-9]/g, '')}.${row}`,
    }))
    const collection = done(await first.http.post<{ id: string }>(`${BULK}/collection`, { transformObjectType: 'CreateUserInput', transformObjects: objects }))
    const { id } = done(
      await first.http.post<BulkJob>(`${BULK}/job`, { jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: collection.id }),
    )
    const token = first.http.token
    for (const afterMs of [400, 900, 1500]) {
      await pause(afterMs)
      await platform.kill9()
      await platform.start()
    }
    const http = new HttpClient(platform.address.httpUrl, token)
    const job = await ended(http, id, 200_000)
    expect(job).toMatchObject({
      status: 'PARTIAL',
      executionStatus: 'COMPLETED',
      total: COUNT,
      processed: COUNT,
      successful: COUNT - COUNT / 100,
      failed: COUNT / 100,
    })
    expect(job.errors.map((error) => [error.index % 100, error.error])).toEqual(Array.from({ length: COUNT / 100 }, () => [99, 'ExtensionAlreadyInUse']))
    const account = new KnownAccount(new Tenant(platform.address, http, first.partitionId), accountId)
    const pages = await Promise.all(
      [0, 1000].map((offset) => http.get<readonly (User & { accountId: string })[]>(`${account.tenant.path}/users?limit=1000&offset=${offset}`)),
    )
    const users = pages.flatMap((page) => done(page)).filter((user) => user.accountId === accountId)
    expect(users).toHaveLength(COUNT - COUNT / 100)
    expect(new Set(users.map((user) => user.extension)).size).toBe(users.length)
    interface Page {
      readonly events: readonly { readonly data: { readonly extension?: string } }[]
      readonly next: string
      readonly hasMore: boolean
    }
    // Each of them was told of, once.
    const told: string[] = []
    for (let after = '0'; ;) {
      const page = done(await http.get<Page>(`${account.tenant.path}/events?type=user.created&accountId=${accountId}&limit=1000&after=${after}`))
      told.push(...page.events.map((event) => event.data.extension ?? ''))
      after = page.next
      if (!page.hasMore) break
    }
    expect(told).toHaveLength(users.length)
    expect(new Set(told).size).toBe(told.length)
  })
})
