import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Route {
  readonly path: string
  readonly parameters: readonly string[]
  /** The member of the answer with the items; nothing: the answer is the list. */
  readonly member: string | undefined
}

interface SchemaPart {
  readonly $ref?: string
  readonly type?: string
  readonly anyOf?: readonly SchemaPart[]
  readonly properties?: Readonly<Record<string, SchemaPart>>
}

interface PublishedRead {
  readonly deprecated?: boolean
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: SchemaPart }>> }>>
}

/** What answers to one question with the best matches, or with what an object consists of, is no list to page through. */
const NO_LISTS: ReadonlySet<string> = new Set([
  '/v2/partition/{partitionId}/telephone-number/search',
  '/v2/partition/{partitionId}/telephone-number/search/tollfree',
])
/** How many of each thing the tenant has: more than a page of two. */
const EACH = 5

let platform: TestControlPlane
let routes: readonly Route[]
let partition: string
let base: string
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  routes = await publishedLists()
  await makeTenant()
})
afterAll(() => platform.stop())

/** Every list of the published interface: a new one is covered without a line here. */
async function publishedLists(): Promise<readonly Route[]> {
  const document = (await platform.call('GET', '/openapi.json')).body as {
    paths: Record<string, { get?: PublishedRead }>
    components: { schemas: Record<string, SchemaPart> }
  }
  const resolved = (schema: SchemaPart | undefined): SchemaPart => {
    const name = schema?.$ref?.split('/').at(-1)
    return name === undefined ? (schema ?? {}) : (document.components.schemas[name] ?? {})
  }
  return Object.entries(document.paths).flatMap(([path, { get }]) => {
    if (get === undefined) return []
    const parameters = (get.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name)
    const schema = resolved(get.responses?.['200']?.content?.['application/json']?.schema)
    if (schema.type === 'array' || schema.anyOf?.some((one) => resolved(one).type === 'array') === true) return [{ path, parameters, member: undefined }]
    const members = Object.entries(schema.properties ?? {}).filter(([, part]) => resolved(part).type === 'array')
    const isList = members.length === 1 && parameters.some((name) => ['limit', 'maxResult', 'pageSize'].includes(name))
    return isList ? [{ path, parameters, member: members[0]?.[0] }] : []
  })
}

async function made(path: string, body: object, status = [200, 201]): Promise<string> {
  const answer = await platform.call('POST', path, body)
  expect(status, `POST ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status)
  return String(answer.body['id'])
}

/** One account that holds five of everything, among five. */
async function makeTenant(): Promise<void> {
  const each = Array.from({ length: EACH }, (_, index) => index)
  const accounts = []
  for (const index of each) accounts.push(await made(`${partition}/account`, { accountNumber: `P-${index}`, accountName: `Pages ${index}` }))
  const accountId = accounts[0] ?? ''
  base = `${partition}/account/${accountId}`
  const users = []
  for (const index of each) users.push(await made(`${base}/user`, { firstName: 'Pat', lastName: `Page ${index}`, extension: `400${index}` }))
  for (const index of each) await addNumberTo(platform, accountId, index)
  const webhooks = []
  const plan = await made(`${partition}/callingplanproduct`, { name: 'Lifts', planMinutes: 100 })
  for (const index of each) {
    const [userId, phoneNumber] = [users[index] ?? '', `1604555000${index}`]
    await made(`${base}/deviceline`, { userId, macAddress: `aabbccddee0${index}`, lineNumber: 1, deviceTypeId: 'GENERIC_SIP', deviceName: `D${index}` })
    await made(`${base}/deviceline`, { userId: users[0], macAddress: 'aabbccddeeff', lineNumber: index + 1, deviceTypeId: 'GENERIC_SIP', deviceName: 'Many' })
    await made(`${base}/group`, { name: `Group ${index}`, type: 'USER', memberIds: [userId] })
    await made(`${base}/hunt-group`, { name: `Hunt ${index}`, members: [{ userId }] })
    await made(`${base}/call-queue`, { name: `Queue ${index}` })
    await made(`${base}/callpark`, { name: `Spot ${index}`, spotNumber: `7${index}` })
    await made(`${base}/ivr`, { name: `Menu ${index}`, ivrComponents: [{ id: 'in', type: 'INCOMING' }], ivrComponentMappings: [] })
    await made(`${base}/voicemailbox`, { name: `Box ${index}` })
    await made(`${base}/siptrunk_2`, {
      trunkName: `PBX ${index}`,
      concurrentCalls: 1,
      sipUsername: `pages-pbx-${index}`,
      sipPassword: 'secret1',
      localServicesEnabled: true,
    })
    await made(`${base}/specialty-line`, { name: `Lift ${index}`, callerId: phoneNumber, e911CallbackNumber: phoneNumber, callingPlanIds: [plan] })
    await made(`${base}/business-line`, { name: `Lobby ${index}` })
    await made(`${base}/carrier-trunk`, { name: `Carrier ${index}`, address: `192.0.2.${10 + index}` })
    await made(`${partition}/security`, { name: `Role ${index}`, permissions: [] })
    await made(`${partition}/apikey`, { name: `Key ${index}`, permissions: { Account: 'READ' } })
    await made(`${partition}/callingplanproduct`, { name: `Plan ${index}`, planMinutes: 100 })
    await made(`${partition}/accessrule`, { action: 'allow', cidr: `127.0.0.0/${8 + index}` })
    webhooks.push(await made(`${partition}/webhook`, { url: `https://receiver.example/${index}`, events: ['account.created'] }))
    const manager = { username: `pages-${index}@example.com`, password: 'Another-horse-2', firstName: 'Pat', lastName: `Manager ${index}` }
    await made(`${partition}/managementuser`, manager)
  }
  ids = { partitionId: platform.partitionId, accountId, userId: users[0] ?? '', webhookId: webhooks[0] ?? '', macAddress: 'aabbccddeeff' }
}

async function read(url: string): Promise<{ readonly status: number; readonly body: unknown; readonly link: string }> {
  const answer = await platform.plane.http.inject({ method: 'GET', url, headers: { 'x-auth-token': platform.token, host: 'api.example.com' } })
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  return { status: answer.statusCode, body: isJson ? answer.json() : undefined, link: String(answer.headers['link'] ?? '') }
}

/** The address in the Link header with a relation (RFC 8288), as the path of this server. */
function linked(link: string, relation: string): string | undefined {
  const found = new RegExp(`<http://api\\.example\\.com([^>]+)>; rel="${relation}"`).exec(link)
  return found?.[1]
}

function itemsOf(route: Route, body: unknown): readonly unknown[] {
  const items = route.member === undefined ? body : (body as Record<string, unknown>)[route.member]
  return Array.isArray(items) ? items : []
}

/** Follows the links from the first page to the last one. */
async function walk(route: Route, url: string): Promise<readonly (readonly unknown[])[]> {
  const pages: (readonly unknown[])[] = []
  for (let next: string | undefined = url; next !== undefined;) {
    const { status, body, link } = await read(next)
    expect(status, `${next}: ${JSON.stringify(body)}`).toBe(200)
    pages.push(itemsOf(route, body))
    if (pages.length > 500) throw new Error(`${url} does not end`)
    next = linked(link, 'next')
  }
  return pages
}

/** With the ids of the tenant in the path; nothing for paths that need others. */
function addressOf({ path }: Route): string | undefined {
  const address = path.replaceAll(/\{(\w+)\}/g, (text, name: string) => ids[name] ?? text)
  return address.includes('{') ? undefined : address
}

describe('every list, in pages', () => {
  it('publishes `pageSize` and `cursor`', () => {
    const silent = routes.filter((route) => !NO_LISTS.has(route.path) && !['pageSize', 'cursor'].every((name) => route.parameters.includes(name)))
    expect(silent.map((route) => route.path)).toEqual([])
    expect(routes.length).toBeGreaterThan(80)
  })

  it('shows the same items in the same order as without pages, each once, and the last page leads nowhere', async () => {
    const walked: string[] = []
    for (const route of routes.filter(({ path, parameters }) => !NO_LISTS.has(path) && parameters.includes('cursor'))) {
      const address = addressOf(route)
      const whole =
        address === undefined ? undefined : await read(`${address}${route.member === 'results' && route.path.endsWith('/audit') ? '?limit=1000' : ''}`)
      if (address === undefined || whole?.status !== 200) continue
      const expected = route.member === undefined ? itemsOf(route, whole.body) : (await walk(route, `${address}?pageSize=1000`)).flat()
      const pages = await walk(route, `${address}?pageSize=2`)
      expect(pages.flat(), route.path).toEqual(expected)
      expect(
        pages.slice(0, -1).every((page) => page.length === 2),
        route.path,
      ).toBe(true)
      expect(
        pages.every((page) => page.length <= 2),
        route.path,
      ).toBe(true)
      if (expected.length > 2) walked.push(route.path)
    }
    // Not a test of empty lists.
    expect(walked.length, walked.join('\n')).toBeGreaterThan(40)
  })

  it('asked for without either, it is as it always was: no Link header', async () => {
    expect((await read(`${base}/user`)).link).toBe('')
  })
})

describe('a list that changes while it is read', () => {
  it('neither repeats nor leaves out what was there all the time, whoever is added or removed', async () => {
    const kinds = [
      ['callpark', { name: 'Late', spotNumber: '99' }],
      ['call-queue', { name: 'Late' }],
      // A list without a way of its own to go on: cut from the whole.
      ['carrier-trunk', { name: 'Late', address: '192.0.2.99' }],
    ] as const
    for (const [kind, late] of kinds) {
      const route: Route = { path: `${base}/${kind}`, parameters: [], member: undefined }
      const idsOf = (body: unknown): readonly string[] => itemsOf(route, body).map((item) => String((item as { id: unknown }).id))
      const before = idsOf((await read(route.path)).body)
      const seen: string[] = []
      let next: string | undefined = `${route.path}?pageSize=2`
      for (let page = 0; next !== undefined; page++) {
        const { body, link } = await read(next)
        seen.push(...idsOf(body))
        // What was shown already goes, and something new comes: whoever counts places is now one off.
        if (page === 0) expect((await platform.call('DELETE', `${route.path}/${seen[0]}`)).status).toBeLessThan(300)
        if (page === 1) await made(route.path, late)
        next = linked(link, 'next')
      }
      expect(seen.slice(0, before.length), kind).toEqual(before)
      expect(new Set(seen).size, kind).toBe(seen.length)
      expect(seen.length, kind).toBe(before.length + 1)
    }
  })
})

describe('a cursor', () => {
  it('is good for the list it was given out for, with the same filters, and for no other', async () => {
    const next = linked((await read(`${base}/user?pageSize=2`)).link, 'next') ?? ''
    const cursor = new URLSearchParams(next.split('?')[1]).get('cursor') ?? ''
    expect((await read(next)).status).toBe(200)
    for (const foreign of [`${base}/voicemailbox?cursor=${cursor}`, `${base}/user?limitedData=true&cursor=${cursor}`, `${base}/user?cursor=${cursor.slice(1)}`])
      expect((await read(foreign)).body, foreign).toMatchObject({ status: 400, errorCode: 'InvalidCursor' })
    expect((await read(`${base}/user?cursor=WyInIE9SIDE9MSJd.AAAAAAAAAAAAAAAAAAAAAA`)).body).toMatchObject({ errorCode: 'InvalidCursor' })
  })

  it('keeps the filters of the list in the links, and pages from 1 to 1000', async () => {
    const { link } = await read(`${partition}/account/search?q=Pages&pageSize=2`)
    expect(linked(link, 'next')).toContain('q=Pages')
    expect(linked(link, 'first')).toBe(`${partition}/account/search?q=Pages&pageSize=2&cursor=`)
    for (const size of ['0', '1001', '-1', '1.5', 'many', ''])
      expect((await read(`${base}/user?pageSize=${size}`)).body, size).toMatchObject({ status: 400, errorCode: 'InvalidPageSize' })
  })
})
