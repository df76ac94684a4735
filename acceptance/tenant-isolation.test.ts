import { beforeAll, describe, expect, inject, it } from 'vitest'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import { Account, done, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

interface Operation {
  /** Open to everybody, or signed in its URL. */
  readonly isPublic: boolean
  readonly method: string
  readonly path: string
  readonly parameters: readonly string[]
}

type Ids = Readonly<Record<string, string>>

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
/** Reference data and places are the same for everybody. */
const FOR_EVERYBODY = /^\/v2\/(ref|address)\//
/** It does not end by itself. */
const STREAM = /\/events\/stream$/
/** Occurs in everything the victim owns. */
const MARKER = 'OnlyForTheVictim'

const platform = inject('platform')
const document = done(await new HttpClient(platform.httpUrl).get<OpenApi>('/openapi.json'))
const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => ({
    method: method.toUpperCase(),
    path,
    isPublic: (item[method] as { security?: readonly unknown[] }).security?.length === 0,
    parameters: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ''),
  })),
)
const tenantOperations = operations.filter(
  (operation) => operation.parameters.length > 0 && !operation.isPublic && !FOR_EVERYBODY.test(operation.path) && !STREAM.test(operation.path),
)

let attacker: Tenant
let victim: Tenant
let attackerIds: Ids
let victimIds: Ids

beforeAll(async () => {
  const owner = await Tenant.logIn()
  attacker = await partitionOf(owner, 'attacker')
  victim = await partitionOf(owner, 'victim')
  attackerIds = await furnish(attacker, 'Attacker')
  victimIds = await furnish(victim, MARKER)
})

/** A sub-partition with an operator of its own. */
async function partitionOf(owner: Tenant, name: string): Promise<Tenant> {
  const manager = { username: `${unique(name)}@example.com`, password: 'Correct-Horse-7-Battery', firstName: name, lastName: 'Operator' }
  const created = done(await owner.http.post<Identified>(`${owner.path}/partition`, { name: unique(name), manager }))
  const tenant = await Tenant.logIn({ ...platform, username: manager.username, password: manager.password })
  expect(tenant.partitionId).toBe(created.id)
  return tenant
}

/** One of everything, and the id of each under every name a path parameter may have. */
async function furnish(tenant: Tenant, name: string): Promise<Ids> {
  const account = await tenant.createAccount({ accountName: name, customField: name })
  const user = await account.createUser('4000', { firstName: name }, 'kept')
  const number = await account.addNumber()
  await account.assignNumber(number, user.userId)
  const macAddress = uniqueMac()
  const line = await account.createLine(user.userId, { deviceName: name, macAddress })
  const plan = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name, planMinutes: 100 }))
  const read = done(await account.http.get<{ voicemailBoxId: string }>(`${account.path}/user/${user.userId}`))
  return {
    partitionId: tenant.partitionId,
    accountId: account.id,
    userId: user.userId,
    telephoneNumber: number,
    phoneNumber: number,
    deviceLineId: line.lineId,
    deviceId: line.lineId,
    lineId: line.lineId,
    macAddress,
    callingPlanProductId: plan.id,
    cppId: plan.id,
    voicemailBoxId: read.voicemailBoxId,
    ...(await furnishMore(account, user.userId, number, name)),
    ...(await furnishResources(tenant, account.id, name)),
    ...WORDS,
  }
}

/** What the Telephony Resources have of a tenant, by the name of the resource. */
async function furnishResources(tenant: Tenant, accountId: string, name: string): Promise<Ids> {
  const organization_id = `org_${tenant.partitionId}`
  const put = async (path: string, body: object): Promise<string> => done(await tenant.http.put<{ data: Identified }>(path, body)).data.id
  const siptrunk = await put('/siptrunk/new', { name, organization_id, type: 'carrier', host: '192.0.2.77' })
  const orgips = await put('/orgips/new', { organization_id, ip_address: '0.0.0.0', cidr: 0 })
  const domains = await put('/domains/new', { organization_id, domain: `${unique(name)}.example.com` })
  const devices = await put('/devices/phone', { organization_id: `org_${accountId}`, mac_address: uniqueMac() })
  return { organizations: `org_${accountId}`, siptrunk, siptrunkips: siptrunk, sipgwping: siptrunk.replace('trunk_', 'gw_'), orgips, devices, domains }
}

/** Values of parameters that are no ids, and ids of things that pass: nobody has those, so they must not be found by anybody. */
const WORDS: Ids = {
  objectType: 'END_USER', greetingType: 'Personal', type: 'ACCOUNT', serviceType: 'ACTIVATION', reason: 'BUSY', lineNumber: '1', extension: 'csv', username: 'nobody-at-all', email: 'nobody@example.com',
  messageId: 'nobody', jobId: 'nobody', portId: 'nobody', portRequestId: 'port_nobody', orderId: 'order_nobody', deliveryId: 'nobody', collectionId: 'nobody', ratePlanId: 'nobody', inboundCarrierId: 'nobody', callId: 'nobody', recordingId: 'nobody', faxId: 'nobody', id: 'nobody', version: '1', param1: 'status', param2: 'now',
} // prettier-ignore

/** The further kinds of objects an account and a partition have. */
async function furnishMore(account: Account, userId: string, number: string, name: string): Promise<Ids> {
  const make = async (path: string, body: object): Promise<string> => done(await account.http.post<Identified>(path, body)).id
  const inAccount = (path: string, body: object): Promise<string> => make(`${account.path}/${path}`, body)
  const callGroupId = await inAccount('group', { name, type: 'USER', memberIds: [userId] })
  const businessLineId = await inAccount('business-line', { name })
  const sipTrunkId = await inAccount('siptrunk_2', { trunkName: name, concurrentCalls: 1, sipUsername: unique('trunk-'), sipPassword: 'secret-1' })
  const partition = account.tenant.path
  const mediaId = 'nobody'
  return {
    callGroupId,
    businessLineId,
    sipTrunkId,
    carrierTrunkId: await inAccount('carrier-trunk', { name: `${name} carrier`, address: '192.0.2.99', enabled: false }),
    mediaId,
    objectId: userId,
    tn: number,
    referenceId: userId,
    macaddress: 'd00000000000',
    pagingGroupId: await inAccount('grouppaging', { name, type: 'STANDARD', extension: '4901', groupIds: [callGroupId] }),
    pickupGroupId: await inAccount('grouppickup', { name, groupIds: [callGroupId] }),
    spotId: await inAccount('callpark', { name, spotNumber: '71' }),
    ivrId: await inAccount('ivr', { name, greeting: name, options: [{ digit: '1', action: 'TRANSFER', destination: '4000' }] }),
    huntGroupId: await inAccount('business-line-hunt-group', { name, huntingConfiguration: { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: [businessLineId] } }), // prettier-ignore
    queueId: await inAccount('call-queue', { name, agents: [{ userId }] }),
    agentId: userId,
    conferenceRoomId: await inAccount('conference-room', { name, extension: '4902' }),
    groupId: await inAccount('siptrunkgroup', { name }),
    templateId: await make(`${partition}/devicetemplate`, { name, settings: {} }),
    securityId: await make(`${partition}/security`, { name, userType: 'ManagementUser', permissions: [] }),
    accessRuleId: await make(`${partition}/accessrule`, { cidr: '203.0.113.0/24', action: 'deny', scope: 'api' }),
    apiKeyId: await make(`${partition}/apikey`, { name, permissions: {} }),
    webhookId: await make(`${partition}/webhook`, { url: 'https://example.com/hook', events: ['account.created'], secret: 'a-secret-of-some-length-1234' }),
    callingPlanId: 'nobody',
  }
}

/** Of the Telephony Resources, whose paths call every id `entity`: the name of the resource. */
const resourceOf = (path: string): string => path.split('/')[1] ?? ''

const fill = (operation: Operation, ids: Ids): string =>
  operation.parameters.reduce((path, name) => path.replace(`{${name}}`, encodeURIComponent(valueOf(operation, ids, name))), operation.path) +
  (operation.method === 'DELETE' && operation.path === '/siptrunkips/{entity}' ? '?ip_id=ip_1' : '')

/** One place of a path is the kind of a file when it is read, and an extension of a user when something is added (C-60). */
function valueOf({ method, path }: Operation, ids: Ids, name: string): string {
  if (name === 'entity' || (name === 'id' && ids[resourceOf(path)] !== undefined)) return ids[resourceOf(path)] ?? ''
  return name === 'extension' && method === 'POST' ? '4000' : (ids[name] ?? '')
}

/** A body that would pass, so that nothing is refused for the wrong reason. */
function bodyFor(operation: Operation): unknown {
  if (operation.method === 'GET' || operation.method === 'DELETE') return undefined
  if (operation.path.startsWith('/siptrunkips/')) return operation.method === 'PUT' ? { ips: [] } : { ip_id: 'ip_1' }
  if (operation.path.endsWith('/normalize')) return { number: '1', direction: 'outbound' }
  if (operation.path.endsWith('/account')) return { accountName: 'Intruder', accountNumber: unique('I-'), timeZone: 'US/Mountain' }
  if (operation.path.endsWith('/user')) return { firstName: 'In', lastName: 'Truder', extension: '4666' }
  if (operation.path.endsWith('/deviceline'))
    return { userId: attackerIds['userId'], deviceName: 'Intruder', deviceTypeId: 'SPA112', lineNumber: 2, macAddress: uniqueMac() }
  if (operation.path.includes('/callingplanproduct')) return { name: unique('Intruder'), planMinutes: 1 }
  if (operation.path.endsWith('/partition')) return { name: unique('Intruder') }
  if (operation.path.endsWith('/telephonenumber'))
    return {
      telephoneNumbers: [{ phoneNumber: attackerIds['telephoneNumber'] }],
      customerServiceRecord: {},
      directoryListing: { listed: false, type: 'NOT_LIST_NOT_PUBLISH' },
    }
  return {}
}

const attempt = (operation: Operation, ids: Ids): Promise<HttpAnswer> => attacker.http.send(operation.method, fill(operation, ids), bodyFor(operation))

/** They tell of every number and address whether it is known here, and of nobody's objects: an empty list, a place, true or false. */
const TELLS_NOTHING = /\/(used-by|macaddress|ratecenter|deviceconfiguration)\/|\/fmfmcheck$/

/** 403 or 404; a body that is refused before the object is looked for is as good, unless the whole path is another's. */
function isRefusal(status: number, { path }: Operation, swapped: string): boolean {
  if (status === 403 || status === 404) return true
  return swapped !== 'all' && (status === 400 || swapped in WORDS || TELLS_NOTHING.test(path))
}

/** Everything the victim can read of its own. */
async function pictureOfVictim(): Promise<ReadonlyMap<string, string>> {
  const picture = new Map<string, string>()
  for (const operation of tenantOperations.filter((candidate) => candidate.method === 'GET')) {
    const answer = await victim.http.get(fill(operation, victimIds))
    // What starts a job is no picture of anything, what is looked at leaves traces of its own, signed addresses differ each time, and the
    // proof of a domain is looked for every minute.
    if (answer.status === 202 || /\/(events|audit)$|^\/sipgwping\//.test(operation.path)) continue
    picture.set(
      operation.path,
      `${answer.status} ${answer.text.replace(/"(timestamp|requestId|request_id|traceId|url)":"[^"]*"|"verification":\{[^}]*\}/g, '')}`,
    )
  }
  return picture
}

describe('the OpenAPI', () => {
  it('names only path parameters this test has an id for', () => {
    const unknown = tenantOperations.flatMap((operation) =>
      operation.parameters.filter((name) => valueOf(operation, victimIds, name) === '').map((name) => `${operation.method} ${operation.path}: ${name}`),
    )
    expect(unknown).toEqual([])
    expect(tenantOperations.length).toBeGreaterThan(25)
  })

  it('describes operations the victim itself may read', async () => {
    const account = new Account(victim, victimIds['accountId'] ?? '')
    expect((await account.http.get(account.path)).text).toContain(MARKER)
  })
})

describe('S0-02 S1-10: a foreign tenant gets 403 or 404 and changes nothing', () => {
  it('with every id of the victim, and with one id of the victim among its own, on every operation', async () => {
    const before = await pictureOfVictim()
    const wrong: string[] = []
    for (const operation of tenantOperations) {
      const sets: (readonly [string, Ids])[] = [['all', victimIds]]
      if (operation.parameters.length > 1) for (const name of operation.parameters) sets.push([name, { ...attackerIds, [name]: victimIds[name] ?? '' }])
      for (const [swapped, ids] of sets) {
        const answer = await attempt(operation, ids)
        const leaked = answer.text.includes(MARKER)
        if (leaked || !isRefusal(answer.status, operation, swapped))
          wrong.push(
            `${operation.method} ${operation.path} with the victim's ${swapped}: ${answer.status}${leaked ? ' LEAKED' : ''} ${answer.text.slice(0, 120)}`,
          )
      }
    }
    expect(wrong).toEqual([])
    expect(await pictureOfVictim()).toEqual(before)
  })

  it("with ids of the victim in a body that is otherwise the attacker's own: nothing of the victim gets in, nothing fails", { timeout: 120_000 }, async () => {
    const before = await pictureOfVictim()
    const foreign = Object.keys(victimIds).filter((name) => !(name in WORDS) && victimIds[name] !== attackerIds[name] && (victimIds[name] ?? '').length > 5)
    const isForeign = (text: string): boolean => foreign.some((name) => text.includes(`"${victimIds[name]}"`))
    const columns = { partition_id: victimIds['partitionId'], account_id: victimIds['accountId'] }
    const wrong: string[] = []
    for (const operation of tenantOperations.filter(({ method }) => method === 'PUT' || method === 'PATCH')) {
      const path = fill(operation, attackerIds)
      const own = await attacker.http.get<object>(path)
      const held = foreign.filter((name) => own.status === 200 && own.text.includes(`"${attackerIds[name]}"`))
      const bodies = held.map((name): [string, object] => [name, JSON.parse(own.text.replaceAll(`"${attackerIds[name]}"`, `"${victimIds[name]}"`)) as object])
      for (const [swapped, body] of [...bodies, ['columns', { ...(own.status === 200 ? own.body : {}), ...columns }] as const]) {
        const answer = await attacker.http.send(operation.method, path, body)
        const after = answer.status < 300 ? await attacker.http.get(path) : answer
        if (answer.status >= 500 || answer.text.includes(MARKER) || (answer.status < 300 && isForeign(after.text)))
          wrong.push(`${operation.method} ${operation.path} with the victim's ${swapped}: ${answer.status} ${answer.text.slice(0, 160)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(await pictureOfVictim()).toEqual(before)
  })

  it('without a token and with a made-up one: 401 on every operation', async () => {
    const wrong: string[] = []
    for (const client of [new HttpClient(platform.httpUrl), new HttpClient(platform.httpUrl, 'made-up')])
      for (const operation of tenantOperations) {
        const answer = await client.send(operation.method, fill(operation, victimIds), bodyFor(operation))
        if (answer.status !== 401) wrong.push(`${operation.method} ${operation.path}: ${answer.status}`)
      }
    expect(wrong).toEqual([])
  })

  it('the parent partition and its accounts are as closed to an operator of a sub-partition', async () => {
    const owner = await Tenant.logIn()
    for (const path of [owner.path, `${owner.path}/account`, `${owner.path}/users`]) expect([403, 404]).toContain((await attacker.http.get(path)).status)
  })

  it('and the sandbox, which belongs to the platform, does not show one tenant the calls of another', async () => {
    expect((await attacker.http.get('/v2/sandbox/messages')).text).not.toContain(MARKER)
  })
})

describe('S1-11 S1-12: sub-partitions', () => {
  it('have an id of their own and are visible to the operator of the partition above', async () => {
    const owner = await Tenant.logIn()
    const partition = done(await owner.http.get<{ subPartitionIds: readonly string[] }>(owner.path))
    expect(partition.subPartitionIds).toEqual(expect.arrayContaining([attacker.partitionId, victim.partitionId]))
    expect((await owner.http.get(`${victim.path}/account`)).status).toBe(200)
  })
})
