import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERMISSION_TYPES } from './access/index.ts'

/** Every operation the server registered, aliases too: a new one is covered without a line here. */
interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As published, with `{name}` parameters. */
  readonly path: string
  readonly isPublic: boolean
}

interface Tenant {
  readonly token: string
  readonly partitionId: string
  readonly accountId: string
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** Questions that are asked with POST, or answers that change nothing for others: READ is enough. */
const READS_BY_POST: ReadonlySet<string> = new Set([
  'PUT /v2/partition/{partitionId}/account/e911/prevalidate',
  'POST /v2/partition/{partitionId}/account/prevalidate',
  'POST /v2/partition/{partitionId}/account/{accountId}/product/prevalidate',
  'POST /v2/partition/{partitionId}/deviceinventory/export',
  'POST /v2/partition/{partitionId}/routing/explain',
  'POST /v2/partition/{partitionId}/carrier-trunk/normalize',
  'POST /v2/partition/{partitionId}/account/{accountId}/carrier-trunk/normalize',
  'POST /v2/partition/{partitionId}/account/{accountId}/business-line/voicemail-box/{voicemailBoxId}/rpc/check-pin-status',
])
const BODY_METHODS: readonly string[] = ['POST', 'PUT', 'PATCH']

let platform: TestControlPlane
let routes: readonly Route[]
let [mine, theirs]: readonly Tenant[] = []

beforeAll(async () => {
  platform = await startTestControlPlane()
  routes = registeredRoutes()
  mine = await newTenant('mine')
  theirs = await newTenant('theirs')
})
afterAll(() => platform.stop())

function registeredRoutes(): readonly Route[] {
  const { paths = {} } = platform.plane.http.swagger() as { paths?: Record<string, Record<string, { security?: readonly unknown[] }>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method.toLowerCase()]
      return operation === undefined ? [] : [{ method, path, isPublic: operation.security?.length === 0 }]
    }),
  )
}

async function newTenant(name: string): Promise<Tenant> {
  const manager = { username: `${name}@example.com`, password: 'Another-horse-2', firstName: name, lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name, manager })
  const partitionId = String(child.body['id'])
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: name, accountName: name }, token)
  expect(account.status, JSON.stringify(account.body)).toBe(200)
  return { token, partitionId, accountId: String(account.body['id']) }
}

/** Asks with ids of somebody in the path; every other parameter is a name nobody has. */
async function ask(route: Route, ids: Pick<Tenant, 'partitionId' | 'accountId'>, token: string): Promise<readonly [string, number, unknown]> {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_text, name: string) =>
    name === 'partitionId' ? ids.partitionId : name === 'accountId' ? ids.accountId : 'nothing',
  )
  const headers = { ...(token === '' ? {} : { 'x-auth-token': token }), 'content-type': 'application/json' }
  const answer = await platform.plane.http.inject({ method: route.method, url: path, headers, payload: BODY_METHODS.includes(route.method) ? '{}' : '' })
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  const told = isJson ? answer.json<{ errorCode?: string; error?: { code: string } }>() : {}
  return [`${route.method} ${route.path}`, answer.statusCode, told.errorCode ?? told.error?.code]
}

async function askAll(asked: readonly Route[], ids: Pick<Tenant, 'partitionId' | 'accountId'>, token: string) {
  const answers = []
  for (const route of asked) answers.push(await ask(route, ids, token))
  return answers
}

function tenants(): { mine: Tenant; theirs: Tenant } {
  if (mine === undefined || theirs === undefined) throw new Error('the tenants were not made')
  return { mine, theirs }
}

const inPartition = () => routes.filter((route) => route.path.includes('{partitionId}'))
const inAccount = () => inPartition().filter((route) => route.path.includes('{accountId}'))

describe('every operation, asked by a foreign tenant', () => {
  it('the list is the whole interface: most of it is inside a partition', () => {
    expect(inPartition().length).toBeGreaterThan(40)
    expect(inAccount().length).toBeGreaterThan(25)
  })

  it('S1-11: 403 NotPermitted with a token of another partition, whatever the rest of the path says', async () => {
    const { mine: caller, theirs: other } = tenants()
    const answers = await askAll(inPartition(), other, caller.token)
    expect(answers.filter(([, status, code]) => status !== 403 || code !== 'NotPermitted')).toEqual([])
  })

  it('the parent partition is as foreign as a sibling', async () => {
    const { mine: caller, theirs: other } = tenants()
    const answers = await askAll(inPartition(), { ...other, partitionId: platform.partitionId }, caller.token)
    expect(answers.filter(([, status]) => status !== 403)).toEqual([])
  })

  it('404 EntityNotFound for the account of another partition inside the caller’s own', async () => {
    const { mine: caller, theirs: other } = tenants()
    const answers = await askAll(inAccount(), { ...caller, accountId: other.accountId }, caller.token)
    expect(answers.filter(([, status, code]) => status !== 404 || code !== 'EntityNotFound')).toEqual([])
  })

  it('404 for it through the parent too: the path has to name the partition the account is in', async () => {
    const { theirs: other } = tenants()
    const answers = await askAll(inAccount(), { partitionId: platform.partitionId, accountId: other.accountId }, platform.token)
    expect(answers.filter(([, status]) => status !== 404)).toEqual([])
  })

  it('401 without a token for everything that is not public', async () => {
    const { theirs: other } = tenants()
    const asked = routes.filter((route) => !route.isPublic)
    expect((await askAll(asked, other, '')).filter(([, status]) => status !== 401)).toEqual([])
    expect(routes.filter((route) => route.isPublic).map((route) => `${route.method} ${route.path}`)).toEqual([
      'POST /v2/authorize',
      'PUT /v2/authorize',
      'POST /v2/authorize/resetpassword',
      'PUT /v2/authorize/resetpassword',
      'GET /v2/language',
      'POST /v2/oauth/token',
      'POST /v2/authorize/jwt',
      // Pre-signed: the URL itself is the permission.
      'GET /v2/job/download/{jobId}',
      'GET /v2/media/{id}/content',
      'PUT /v2/job/upload/{key}',
    ])
  })

  it('403 for every operation that changes something, with a role that reads everything', async () => {
    const { mine: caller } = tenants()
    const permissions = PERMISSION_TYPES.map((type) => ({ type, accessType: 'READ' }))
    const base = `/v2/partition/${caller.partitionId}`
    await platform.call('POST', `${base}/security`, { name: 'Reads everything', permissions }, caller.token)
    const reader = { username: 'reader@example.com', password: 'Another-horse-2', firstName: 'Rea', lastName: 'Der', roles: ['Reads everything'] }
    expect((await platform.call('POST', `${base}/managementuser`, reader, caller.token)).status).toBe(200)
    const token = String((await platform.logIn(reader.username, reader.password)).body['authToken'])
    const writes = inPartition().filter((route) => route.method !== 'GET')
    const answers = await askAll(writes, caller, token)
    const letIn = answers.filter(([, status]) => status !== 403).map(([route]) => route)
    expect(letIn.filter((route) => !READS_BY_POST.has(route))).toEqual([])
  })

  it('403 for every operation of the partition itself, with a token of one account, whatever it holds there', async () => {
    const { mine: caller } = tenants()
    const path = `/v2/partition/${caller.partitionId}/account/${caller.accountId}/accountuser`
    const admin = { username: 'account-admin@example.com', password: 'Another-horse-2', firstName: 'Ad', lastName: 'Min' }
    expect((await platform.call('POST', path, admin, caller.token)).status).toBe(200)
    const token = String((await platform.logIn(admin.username, admin.password)).body['authToken'])
    const asked = inPartition().filter((route) => !route.path.includes('{accountId}'))
    const answers = await askAll(asked, caller, token)
    expect(answers.filter(([, status]) => status !== 403)).toEqual([])
  })

  it('401 with an expired token for everything that is not public', async () => {
    const { mine: caller } = tenants()
    platform.time.advance(8 * 3_600_000 + 1_000)
    const asked = routes.filter((route) => !route.isPublic)
    const answers = await askAll(asked, caller, caller.token)
    expect(answers.filter(([, status, code]) => status !== 401 || code !== 'ExpiredAuthToken')).toEqual([])
    const again = await platform.logIn('theirs@example.com', 'Another-horse-2')
    if (theirs !== undefined) theirs = { ...theirs, token: String(again.body['authToken']) }
  })

  it('after all of this the foreign account is as it was, and its owner gets in', async () => {
    const { theirs: other } = tenants()
    const reads = inAccount().filter((route) => route.method === 'GET')
    const answers = await askAll(reads, other, other.token)
    expect(answers.filter(([, status]) => status === 401 || status === 403 || status >= 500)).toEqual([])
    expect((await platform.call('GET', `/v2/partition/${other.partitionId}/account/${other.accountId}`, undefined, other.token)).body).toMatchObject({
      accountName: 'theirs',
      status: 'ACTIVE',
    })
  })
})
