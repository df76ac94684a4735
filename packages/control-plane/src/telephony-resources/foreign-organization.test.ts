import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERMISSION_TYPES } from '../access/index.ts'

/** Every operation of this surface, as its document lists it: a new one is covered by a line in FIXTURES, and missed without one. */
interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
}

interface Tenant {
  readonly token: string
  readonly readerToken: string
  readonly partitionId: string
  readonly accountId: string
  /** The id of something of each resource, by the first part of the path. */
  readonly ids: Readonly<Record<string, string>>
}

/** How a tenant comes by something of each resource: what the object is called in a path. */
const FIXTURES: Readonly<Record<string, (tenant: Omit<Tenant, 'ids' | 'readerToken'>) => Promise<string>>> = {
  organizations: (tenant) => Promise.resolve(`org_${tenant.accountId}`),
  orgips: async ({ token, partitionId }) => {
    const made = await platform.call('PUT', '/orgips/new', { organization_id: `org_${partitionId}`, ip_address: '0.0.0.0', cidr: 0 }, token)
    return (made.body['data'] as { id: string }).id
  },
  siptrunk: (tenant) => makeTrunk(tenant, 'One'),
  siptrunkips: (tenant) => makeTrunk(tenant, 'Two'),
  sipgwping: async (tenant) => (await makeTrunk(tenant, 'Three')).replace('trunk_', 'gw_'),
  domains: async ({ token, partitionId, accountId }) => {
    const body = { domain: `${accountId.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}.example.com`, organization_id: `org_${partitionId}` }
    return String(((await platform.call('PUT', '/domains/new', body, token)).body['data'] as { id?: unknown }).id)
  },
  devices: async (tenant) => {
    const macAddress = `00${(++lastMac).toString(16).padStart(10, '0')}`
    const device = await platform.call('PUT', '/devices/phone', { mac_address: macAddress, organization_id: `org_${tenant.accountId}` }, tenant.token)
    return String((device.body['data'] as { id?: unknown }).id)
  },
}
/** Operations that name their organisation in the query or body, or none. */
const BODIES: Readonly<Record<string, (tenant: Tenant) => Record<string, unknown>>> = {
  'PUT /siptrunkips/{entity}': () => ({ ips: [] }),
  'POST /siptrunkips/{entity}': () => ({ ip_id: 'ip_1' }),
  'POST /siptrunk/{id}/normalize': () => ({ number: '1', direction: 'outbound' }),
  'POST /sipgwping/{entity}/{param1}/{param2}': () => ({ status: 'down' }),
}
/** What a query has to have. */
const QUERIES: Readonly<Record<string, string>> = { 'DELETE /siptrunkips/{entity}': '?ip_id=ip_1' }
/** Words that stand where an id may stand, and mean everything the caller may see. */
/** Found by something that is no id of this surface: these answer 404 for what is of others, and are tested where they are. */
const BY_OTHER_NAMES: readonly string[] = ['/devices/mac/{macAddress}']
/** An id that nobody has is something new here (C-43). */
const CREATED_BY_PUT: Readonly<Record<string, (tenant: Tenant) => Record<string, unknown>>> = {
  '/siptrunk/{entity}': ({ partitionId }) => ({ name: 'Put', organization_id: `org_${partitionId}`, type: 'carrier', host: '192.0.2.2' }),
  '/orgips/{entity}': ({ partitionId }) => ({ organization_id: `org_${partitionId}`, ip_address: '192.0.2.3' }),
  '/domains/{entity}': ({ accountId }) => ({ organization_id: `org_${accountId}`, domain: 'put.example.com' }),
  '/devices/{entity}': ({ accountId }) => ({ organization_id: `org_${accountId}`, mac_address: '02AABBCCDDEE' }),
}
const LISTS: readonly string[] = ['/organizations', '/orgips/index', '/domains']
const ALL: readonly string[] = ['/siptrunkips/{entity}', '/sipgwping/{entity}']

let platform: TestControlPlane
let lastMac = 0
let routes: readonly Route[]
let mine: Tenant
let theirs: Tenant

beforeAll(async () => {
  platform = await startTestControlPlane()
  const document = (await platform.call('GET', '/openapi/telephony-resources.json')).body as { paths: Record<string, Record<string, unknown>> }
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method: method.toUpperCase() as Route['method'], path })),
  )
  mine = await newTenant('mine')
  theirs = await newTenant('theirs')
})
afterAll(() => platform.stop())

async function makeTrunk({ token, partitionId }: Omit<Tenant, 'ids' | 'readerToken'>, name: string): Promise<string> {
  const body = { name: `${name} of ${partitionId}`, organization_id: `org_${partitionId}`, type: 'carrier', host: '192.0.2.1' }
  const made = await platform.call('PUT', '/siptrunk/new', body, token)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return (made.body['data'] as { id: string }).id
}

async function newTenant(name: string): Promise<Tenant> {
  const manager = { username: `${name}@example.com`, password: 'Another-horse-2', firstName: name, lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name, manager })
  const partitionId = String(child.body['id'])
  const base = `/v2/partition/${partitionId}`
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  const account = await platform.call('POST', `${base}/account`, { accountNumber: name, accountName: name }, token)
  const tenant = { token, partitionId, accountId: String(account.body['id']) }
  const ids: Record<string, string> = {}
  for (const [resource, make] of Object.entries(FIXTURES)) ids[resource] = await make(tenant)
  const permissions = PERMISSION_TYPES.map((type) => ({ type, accessType: 'READ' }))
  await platform.call('POST', `${base}/security`, { name: 'Reads everything', permissions }, token)
  const reader = { ...manager, username: `${name}-reader@example.com`, roles: ['Reads everything'] }
  expect((await platform.call('POST', `${base}/managementuser`, reader, token)).status).toBe(200)
  return { ...tenant, ids, readerToken: String((await platform.logIn(reader.username, reader.password)).body['authToken']) }
}

const resourceOf = ({ path }: Route): string => path.split('/')[1] ?? ''
const onObjects = () => routes.filter((route) => route.path.includes('{') && !LISTS.includes(route.path) && !BY_OTHER_NAMES.includes(route.path))

/** Asks for something of `owner`; every other parameter is a word. */
async function ask(route: Route, id: string, token: string, body: Record<string, unknown> = {}): Promise<readonly [string, number, string | undefined]> {
  let isFirst = true
  const path = route.path.replaceAll(/\{\w+\}/g, () => {
    const value = isFirst ? id : 'status'
    isFirst = false
    return value
  })
  const query = QUERIES[`${route.method} ${route.path}`] ?? ''
  const answer = await platform.call(route.method, path + query, route.method === 'GET' || route.method === 'DELETE' ? undefined : body, token)
  return [`${route.method} ${route.path}`, answer.status, (answer.body['error'] as { code?: string } | undefined)?.code]
}

async function askAll(asked: readonly Route[], idOfRoute: (route: Route) => string, token: string) {
  const answers = []
  for (const route of asked) answers.push(await ask(route, idOfRoute(route), token, BODIES[`${route.method} ${route.path}`]?.(theirs)))
  return answers
}

describe('every operation of the Telephony Resources API, asked by a foreign organisation', () => {
  it('has something to be asked about', () => {
    expect(routes.map(resourceOf).filter((resource) => FIXTURES[resource] === undefined)).toEqual([])
    expect(onObjects().length).toBeGreaterThan(0)
  })

  it('S3-08 403 for what is of another partition, in the envelope of the surface', async () => {
    const answers = await askAll(onObjects(), (route) => theirs.ids[resourceOf(route)] ?? '', mine.token)
    expect(answers.filter(([, status, code]) => status !== 403 || code !== 'NotPermitted')).toEqual([])
  })

  it('S3-08 404 for an id that nobody has', async () => {
    const asked = onObjects().filter(({ method, path }) => method !== 'PUT' || CREATED_BY_PUT[path] === undefined)
    const answers = await askAll(asked, () => 'unknown_0000000000000000000000', mine.token)
    expect(answers.filter(([, status]) => status !== 404)).toEqual([])
  })

  it('S3-09 S3-44 S3-91 201 for a PUT to an id that nobody has, with an id of its own (C-43)', async () => {
    for (const [path, bodyOf] of Object.entries(CREATED_BY_PUT)) {
      const made = await platform.call('PUT', path.replace('{entity}', 'unknown_0000000000000000000000'), bodyOf(mine), mine.token)
      const { id } = made.body['data'] as { id: string }
      expect([path, made.status]).toEqual([path, 201])
      expect((await platform.call('GET', path.replace('{entity}', id), undefined, mine.token)).status).toBe(200)
    }
  })

  it('S3-08 400 for what is no id', async () => {
    const answers = await askAll(onObjects(), () => 'no%24id', mine.token)
    expect(answers.filter(([, status]) => status !== 400)).toEqual([])
  })

  it('S3-03 401 without a token', async () => {
    const answers = await askAll(routes, (route) => theirs.ids[resourceOf(route)] ?? '', '')
    expect(answers.filter(([, status, code]) => status !== 401 || code !== 'Unauthorized')).toEqual([])
  })

  it('403 for whatever changes something, with a role that only reads', async () => {
    // A question that is asked with POST.
    const writes = routes.filter((route) => route.method !== 'GET' && route.path !== '/siptrunk/{id}/normalize')
    const answers = await askAll(writes, (route) => mine.ids[resourceOf(route)] ?? '', mine.readerToken)
    expect(answers.filter(([, status, code]) => status !== 403 || code !== 'NotPermitted')).toEqual([])
  })

  it('lists show nothing of others', async () => {
    for (const route of routes.filter(({ method, path }) => method === 'GET' && [...LISTS, ...ALL].includes(path))) {
      const path = route.path.replaceAll(/\{\w+\}/g, 'all')
      const shown = JSON.stringify((await platform.call('GET', path, undefined, mine.token)).body)
      if (LISTS.includes(route.path)) expect(shown, path).toContain(mine.partitionId)
      for (const id of [theirs.partitionId, theirs.accountId, ...Object.values(theirs.ids)]) expect(shown, path).not.toContain(id)
    }
  })
})
