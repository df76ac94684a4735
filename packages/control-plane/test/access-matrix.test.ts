import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessLevel, PERMISSION_TYPES, type PermissionType } from '../src/access/index.ts'
import { nameOf, pathOf } from './tenants/asking.ts'
import { type FurnishedTenant, furnishTenant, type Ids } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'

/** Questions that are asked with POST or PUT, and one's own session: nothing of anybody changes, so READ is enough. */
const READS_BY_POST: ReadonlySet<string> = new Set([
  'PUT /v2/partition/{partitionId}/account/e911/prevalidate',
  'POST /v2/partition/{partitionId}/account/prevalidate',
  'POST /v2/partition/{partitionId}/account/{accountId}/product/prevalidate',
  'POST /v2/partition/{partitionId}/deviceinventory/export',
  'POST /v2/partition/{partitionId}/routing/explain',
  'POST /v2/partition/{partitionId}/carrier-trunk/normalize',
  'POST /v2/partition/{partitionId}/account/{accountId}/carrier-trunk/normalize',
  'POST /v2/partition/{partitionId}/account/{accountId}/business-line/voicemail-box/{voicemailBoxId}/rpc/check-pin-status',
  'POST /v2/rpc/specialty-line/validate-sip-username',
  'POST /siptrunk/{id}/normalize',
])
/** Whoever may do more than his maker is not made: without a role an administrator of an account has all there is in it. */
const GIVES_MORE: ReadonlySet<string> = new Set(['POST /v2/partition/{partitionId}/account/{accountId}/accountuser'])
const LEVELS = ['READ', 'EDIT', 'CREATE', 'DELETE'] as const

let platform: TestControlPlane
let tenant: FurnishedTenant
let operations: readonly PublishedOperation[]
let sampleOf: Awaited<ReturnType<typeof publishedOperations>>['sampleOf']

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Mine')
  const published = await publishedOperations(platform)
  ;({ sampleOf } = published)
  operations = published.operations.filter(isOfTenants)
}, 300_000)
afterAll(() => platform.stop())

type Granted = Readonly<Partial<Record<PermissionType, AccessLevel>>>

const every = (level: AccessLevel, but: readonly PermissionType[] = []): Granted =>
  Object.fromEntries(PERMISSION_TYPES.filter((type) => !but.includes(type)).map((type) => [type, level]))

const keys = new Map<string, Promise<string>>()

/** A key of the partition that may do exactly that. */
function keyThatMay(permissions: Granted): Promise<string> {
  const name = JSON.stringify(permissions)
  const known = keys.get(name) ?? newKey({ permissions }).then(({ key }) => String(key))
  keys.set(name, known)
  return known
}

async function newKey(body: object): Promise<Record<string, unknown>> {
  const made = await platform.call('POST', `/v2/partition/${tenant.ids['partitionId']}/apikey`, { name: 'Of the matrix', ...body }, tenant.token)
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return made.body
}

/** Asks for one's own things, changing nothing. */
async function ask(operation: PublishedOperation, token: string, o: { readonly ids?: Ids; readonly from?: string } = {}): Promise<readonly [number, string]> {
  const { method, query, body } = operation
  const named = query.flatMap(({ name, required }) => (required === true ? [`${name}=${encodeURIComponent(tenant.ids[name] ?? '1')}`] : []))
  const asked = [...named, ...(method === 'GET' ? [] : ['dryRun=true'])].join('&')
  const answer = await platform.plane.http.inject({
    method,
    url: `${pathOf(operation, o.ids ?? tenant.ids)}?${asked}`,
    headers: { ...(token === '' ? {} : { 'x-auth-token': token }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(o.from === undefined ? {} : { remoteAddress: o.from }),
    ...(body === undefined ? {} : { payload: JSON.stringify(sampleOf(body)) }),
  })
  return [answer.statusCode, answer.body]
}

/** Operations that answer a caller otherwise than they should. */
async function wrongOnes(
  asked: readonly PublishedOperation[],
  token: string | ((operation: PublishedOperation) => Promise<string>),
  isRight: (status: number, text: string) => boolean,
  o: { readonly ids?: Ids; readonly from?: string } = {},
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const operation of asked) {
    const [status, text] = await ask(operation, typeof token === 'string' ? token : await token(operation), o)
    if (!isRight(status, text)) wrong.push(`${nameOf(operation)}: ${status} ${text.slice(0, 200)}`)
  }
  return wrong
}

const isRefused = (status: number): boolean => status === 403
const isLetIn = (status: number): boolean => status !== 401 && status !== 403 && status < 500

/** What an operation needs; it is one of the checked ones. */
function neededBy({ requires }: PublishedOperation) {
  if (typeof requires === 'string') throw new Error('it needs no permission')
  const { permission, inAccount = permission, level } = requires
  return { types: [...new Set([permission, inAccount])], level: level as (typeof LEVELS)[number] }
}

const checked = () => operations.filter(({ requires }) => typeof requires === 'object')

describe('every operation, by what its caller holds', () => {
  it('says what it needs, and that is more than reading where it changes something', () => {
    expect(checked().length).toBeGreaterThan(400)
    const wrong = operations.filter(({ method, requires }) => {
      if (typeof requires === 'string') return method !== 'GET' && requires === 'signed-in'
      return (method === 'GET') !== (requires.level === 'READ')
    })
    expect(wrong.map(nameOf).filter((name) => !READS_BY_POST.has(name))).toEqual([
      // One's own session, and one's own jobs.
      'PUT /v2/authorize/logout',
      'POST /v2/job/{jobId}/cancel',
      'PUT /v2/bulk-user-operation/job/{jobId}',
    ])
  })

  it('403 without it, whatever else is held', { timeout: 240_000 }, async () => {
    expect(await wrongOnes(checked(), (operation) => keyThatMay(every('DELETE', neededBy(operation).types)), isRefused)).toEqual([])
  })

  it('403 with a level less, and with the form that reaches oneself only', { timeout: 240_000 }, async () => {
    const lower = checked().filter((operation) => neededBy(operation).level !== 'READ')
    const granting = (operation: PublishedOperation, level: AccessLevel | undefined) =>
      keyThatMay({ ...every('DELETE', neededBy(operation).types), ...Object.fromEntries(neededBy(operation).types.map((type) => [type, level])) })
    expect(await wrongOnes(lower, (operation) => granting(operation, LEVELS[LEVELS.indexOf(neededBy(operation).level) - 1]), isRefused)).toEqual([])
    // Where `own` names no parameter, the handler shows what is the caller's: a key has nothing.
    const ofOthers = checked().filter(({ requires }) => typeof requires === 'object' && (requires.own === undefined || requires.own.parameter !== undefined))
    expect(await wrongOnes(ofOthers, (operation) => granting(operation, `${neededBy(operation).level}_MYUSER`), isRefused)).toEqual([])
  })

  it('let in with it and nothing else', { timeout: 240_000 }, async () => {
    const only = (operation: PublishedOperation) => keyThatMay(Object.fromEntries(neededBy(operation).types.map((type) => [type, neededBy(operation).level])))
    const asked = checked().filter((operation) => !operation.isAlias && !GIVES_MORE.has(nameOf(operation)))
    expect(await wrongOnes(asked, only, isLetIn)).toEqual([])
  })

  it('a key that holds nothing does nothing: it learns what is the same for everybody, and sees its own', async () => {
    const open = operations.filter(({ requires }) => requires === 'signed-in')
    const nothing = await keyThatMay({})
    expect(await wrongOnes(operations.filter((operation) => !open.includes(operation)), nothing, isRefused)).toEqual([])
  }) // prettier-ignore

  it('a key that reads everything reads everything, and changes nothing', { timeout: 240_000 }, async () => {
    const reader = await keyThatMay(every('READ'))
    const writes = operations.filter((operation) => operation.method !== 'GET' && operation.requires !== 'signed-in' && !READS_BY_POST.has(nameOf(operation)))
    expect(await wrongOnes(writes, reader, isRefused)).toEqual([])
    expect(await wrongOnes(operations.filter(({ method }) => method === 'GET'), reader, isLetIn)).toEqual([])
  }) // prettier-ignore
})

describe('every operation, by credentials that are none any more', () => {
  const permissions = every('DELETE')
  const item = (id: unknown) => `/v2/partition/${tenant.ids['partitionId']}/apikey/${String(id)}`

  it('401: revoked, replaced, expired, unknown, or of a client that is gone', { timeout: 240_000 }, async () => {
    const revoked = await newKey({ permissions })
    const replaced = await newKey({ permissions })
    const overlapped = await newKey({ permissions })
    const expired = await newKey({ permissions, expiresDate: new Date(platform.time.nowMs() + 60_000).toISOString() })
    const client = await newKey({ permissions, kind: 'OAUTH_CLIENT' })
    const granted = await platform.call('POST', '/v2/oauth/token', { grant_type: 'client_credentials', client_id: client['clientId'], client_secret: client['clientSecret'] }, '') // prettier-ignore
    const dead = [...[revoked, replaced, overlapped, expired].map(({ key }) => String(key)), String(granted.body['access_token']), 'nobody']
    const [read] = operations.filter((operation) => nameOf(operation) === 'GET /v2/partition/{partitionId}/account')
    if (read === undefined) throw new Error('there is no list of accounts')
    for (const token of dead.slice(0, -1)) expect((await ask(read, token))[0]).toBe(200)
    await platform.call('DELETE', item(revoked['id']), undefined, tenant.token)
    await platform.call('POST', `${item(replaced['id'])}/rotate`, { overlapSeconds: 0 }, tenant.token)
    await platform.call('POST', `${item(overlapped['id'])}/rotate`, { overlapSeconds: 30 }, tenant.token)
    await platform.call('DELETE', item(client['id']), undefined, tenant.token)
    expect((await ask(read, String(overlapped['key'])))[0]).toBe(200)
    platform.time.advance(61_000)
    for (const token of dead) expect(await wrongOnes(operations, token, (status) => status === 401)).toEqual([])
  })

  it('403: from an address the key is not for, and from one the partition shuts out', { timeout: 240_000 }, async () => {
    const { key } = await newKey({ permissions, allowedAddresses: ['198.51.100.0/24'] })
    const isShutOut = (status: number, text: string): boolean => status === 403 && text.includes('AddressNotAllowed')
    expect(await wrongOnes(operations, String(key), isShutOut, { from: '192.0.2.9' })).toEqual([])
    // furnished-tenant.ts denies this block.
    expect(await wrongOnes(operations, await keyThatMay(permissions), isShutOut, { from: '203.0.113.7' })).toEqual([])
  })
})

describe('every operation, by somebody of one account', () => {
  /** Of the partition, and open to who belongs to one of its accounts: what he sees there is his. */
  const OF_BOTH: readonly string[] = []

  it('the partition and every other account are closed to a key of an account, one that is there like one that is not', { timeout: 240_000 }, async () => {
    const may = await platform.call('GET', '/v2/ref/permissions?usertype=AccountUser', undefined, tenant.token)
    const permissions = Object.fromEntries((may.list as readonly { type: string; accessType: string }[]).map(({ type, accessType }) => [type, accessType]))
    const { key } = await newKey({ permissions, accountId: tenant.ids['accountId'] })
    const token = String(key)
    const ofPartition = operations.filter(({ path }) => path.includes('{partitionId}') && !path.includes('{accountId}'))
    const letIn = (await wrongOnes(ofPartition, token, isRefused)).map((line) => line.replace(/: \d.*/s, ''))
    expect(letIn).toEqual(OF_BOTH)
    const base = `/v2/partition/${tenant.ids['partitionId']}/account`
    const other = await platform.call('POST', base, { accountNumber: 'OTHER-1', accountName: 'Other' }, tenant.token)
    const inAccount = operations.filter(({ path }) => path.includes('{accountId}'))
    for (const accountId of [String(other.body['id']), 'nobody'])
      expect(await wrongOnes(inAccount, token, isRefused, { ids: { ...tenant.ids, accountId } })).toEqual([])
    const named = async (accountNumber: string) => (await platform.call('GET', `${base}/${accountNumber}?accountIdType=AccountNumber`, undefined, token)).status
    expect([await named('OTHER-1'), await named('NOBODY-1')]).toEqual([403, 403])
  })

  it('a user of the plain kind does nothing with anybody else’s: ids of others in every path', { timeout: 240_000 }, async () => {
    const { partitionId, accountId } = tenant.ids
    const username = 'plain@example.com'
    const made = await platform.call('POST', `/v2/partition/${partitionId}/account/${accountId}/user`, { firstName: 'Plain', lastName: 'User', extension: '4300', username, emailAddress: username, allowPortalAccess: true }, tenant.token) // prettier-ignore
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    const { sql } = platform.plane.context.database
    const mail = await sql.selectFrom('outgoing_message').select('body').where('recipient', '=', username).executeTakeFirstOrThrow()
    const session = await platform.logIn(username, /password: +(\S+)/.exec(mail.body)?.[1] ?? '')
    const token = String(session.body['authToken'])
    const [own] = operations.filter((operation) => nameOf(operation) === 'GET /v2/partition/{partitionId}/account/{accountId}/user/{userId}')
    if (own === undefined) throw new Error('no user can be read')
    expect((await ask(own, token, { ids: { ...tenant.ids, userId: String(made.body['id']) } }))[0]).toBe(200)
    // A body that is no file at all is refused before it is looked whose box it would be for.
    const isClosed = (status: number, text: string): boolean => status === 403 || status === 404 || text.includes('FileRequired')
    expect(await wrongOnes(checked(), token, isClosed)).toEqual([])
  })
})
