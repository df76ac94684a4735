import { addNumberTo, type TestControlPlane } from '@dialtone/testkit'

/** Ids of what a tenant has, by what they are ids of. */
export type Ids = Readonly<Record<string, string>>

export interface FurnishedTenant {
  readonly token: string
  readonly ids: Ids
  /** Bodies that passed, by method and path. */
  readonly bodies: ReadonlyMap<string, object>
}

/** How what a tenant has is made, as its operator would. */
interface Workshop {
  readonly platform: TestControlPlane
  readonly token: string
  readonly mark: string
  /** Different for each tenant. */
  readonly turn: number
  readonly partitionId: string
  readonly make: (path: string, body: object, method?: 'POST' | 'PUT') => Promise<Record<string, unknown>>
  readonly idOf: (path: string, body: object, method?: 'POST' | 'PUT') => Promise<string>
}

let made = 0

/** A partition with an operator, and one of everything that others can point at. @param mark occurs in every name. */
export async function furnishTenant(platform: TestControlPlane, mark: string): Promise<FurnishedTenant> {
  const manager = { username: `${mark.toLowerCase()}@example.com`, password: 'Another-horse-2', firstName: mark, lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: mark, manager })
  const partitionId = String(child.body['id'])
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  const bodies = new Map<string, object>()
  const make: Workshop['make'] = async (path, body, method = 'POST') => {
    const answer = await platform.call(method, path, body, token)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    bodies.set(`${method} ${path}`, body)
    return (answer.body['data'] ?? answer.body) as Record<string, unknown>
  }
  const idOf: Workshop['idOf'] = async (path, body, method) => String((await make(path, body, method))['id'])
  const workshop: Workshop = { platform, token, mark, turn: ++made, partitionId, make, idOf }
  const people = await furnishPeople(workshop)
  const objects = await furnishObjects(workshop, people)
  return { token, bodies, ids: { mark, manager: manager.username, partitionId, ...people, ...objects, ...(await furnishPartition(workshop, people)) } }
}

/** An account with a user, his number and his phone. */
async function furnishPeople({ platform, mark, turn, partitionId, make, idOf }: Workshop) {
  const accountNumber = `ACC-${turn}`
  const accountId = await idOf(`/v2/partition/${partitionId}/account`, { accountNumber, accountName: mark, customField: mark })
  const base = `/v2/partition/${partitionId}/account/${accountId}`
  const username = `user-${mark.toLowerCase()}@example.com`
  const user = await make(`${base}/user`, { firstName: mark, lastName: mark, extension: '4000', username, emailAddress: username })
  const userId = String(user['id'])
  const number = await addNumberTo(platform, accountId, turn, mark)
  const { sql } = platform.plane.context.database
  await sql.updateTable('telephone_number').set({ partition_id: partitionId }).where('phone_number', '=', number).execute()
  await sql.updateTable('account_object').set({ partition_id: partitionId }).where('id', '=', number).execute()
  const macAddress = `0200f0000${String(turn).padStart(3, '0')}`
  const lineId = await idOf(`${base}/deviceline`, { userId, deviceName: mark, deviceId: 'SPA112', lineNumber: 1, macAddress })
  const [plan] = (await platform.call('GET', `${base}/callingplan?referenceId=${userId}`)).list
  return {
    accountId,
    accountNumber,
    userId,
    username,
    number,
    macAddress,
    lineId,
    voicemailBoxId: String(user['voicemailBoxId']),
    planId: String(plan?.['id']),
  }
}

/** Where calls of the account may go. */
async function furnishObjects({ mark, turn, partitionId, idOf }: Workshop, { accountId, userId }: Ids) {
  const base = `/v2/partition/${partitionId}/account/${accountId}`
  const sipUsername = `pbx-${mark.toLowerCase()}`
  const callGroupId = await idOf(`${base}/group`, { name: mark, type: 'USER', memberIds: [userId] })
  const businessLineId = await idOf(`${base}/business-line`, { name: mark })
  const huntingConfiguration = { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: [businessLineId] }
  return {
    ...{ sipUsername, callGroupId, businessLineId },
    sipTrunkId: await idOf(`${base}/siptrunk_2`, { trunkName: mark, concurrentCalls: 1, sipUsername, sipPassword: 'secret-1' }),
    sipTrunkGroupId: await idOf(`${base}/siptrunkgroup`, { name: mark }),
    carrierTrunkId: await idOf(`${base}/carrier-trunk`, { name: `${mark} carrier`, address: `192.0.2.${100 + turn}`, enabled: false }),
    pagingGroupId: await idOf(`${base}/grouppaging`, { name: mark, type: 'STANDARD', extension: '4901', groupIds: [callGroupId] }),
    pickupGroupId: await idOf(`${base}/grouppickup`, { name: mark, groupIds: [callGroupId] }),
    spotId: await idOf(`${base}/callpark`, { name: mark, spotNumber: '71' }),
    ivrId: await idOf(`${base}/ivr`, { name: mark, greeting: mark, options: [{ digit: '1', action: 'TRANSFER', destination: '4000' }] }),
    primaryBoxId: await idOf(`${base}/voicemailbox`, { name: mark, type: 'Primary' }),
    huntGroupId: await idOf(`${base}/business-line-hunt-group`, { name: mark, huntingConfiguration }),
    queueId: await idOf(`${base}/call-queue`, { name: mark, agents: [{ userId }] }),
    conferenceRoomId: await idOf(`${base}/conference-room`, { name: mark, extension: '4902' }),
  }
}

/** What is the partition's, on every surface. */
async function furnishPartition({ platform, token, mark, turn, partitionId, idOf }: Workshop, { accountId, accountNumber, userId }: Ids) {
  const partition = `/v2/partition/${partitionId}`
  const organization = `org_${partitionId}`
  const secret = `a-secret-${mark}-123456`
  const collection = { transformObjectType: 'DeleteUserInput', transformObjects: [{ userId }], targetAccountId: accountId }
  return {
    organization,
    planProductId: await idOf(`${partition}/callingplanproduct`, { name: mark, planMinutes: 100 }),
    ratePlanId: String((await platform.call('GET', `${partition}/inboundrateplanproduct`, undefined, token)).list[0]?.['id']),
    inboundCarrierId: await idOf(`${partition}/inboundcarriers`, { name: mark, carrierType: 'SERVICE_PROVIDER_CARRIER', enableByotn: true }),
    templateId: await idOf(`${partition}/devicetemplate`, { name: mark, settings: {} }),
    securityId: await idOf(`${partition}/security`, { name: mark, userType: 'ManagementUser', permissions: [] }),
    accessRuleId: await idOf(`${partition}/accessrule`, { cidr: '203.0.113.0/24', action: 'deny', scope: 'api' }),
    apiKeyId: await idOf(`${partition}/apikey`, { name: mark, permissions: {} }),
    webhookId: await idOf(`${partition}/webhook`, { url: 'https://example.com/hook', events: ['call.completed'], secret }),
    trunk: await idOf('/siptrunk/new', { name: `${mark} trunk`, organization_id: organization, type: 'carrier', host: `192.0.2.${150 + turn}` }, 'PUT'),
    domain: await idOf('/domains/new', { organization_id: organization, domain: `${mark.toLowerCase()}.example.com` }, 'PUT'),
    device: await idOf('/devices/phone', { organization_id: `org_${accountId}`, mac_address: `0200f1000${String(turn).padStart(3, '0')}` }, 'PUT'),
    orgips: await idOf('/orgips/new', { organization_id: organization, ip_address: '0.0.0.0', cidr: 0 }, 'PUT'),
    uploadKey: await uploaded(platform, token, `AccountNumber,Status\n${accountNumber},SUSPENDED\n`),
    collectionId: await idOf('/v2/bulk-user-operation/collection', collection),
  }
}

/** Puts a file where jobs find it. @returns its key. */
export async function uploaded(platform: TestControlPlane, token: string, content: string): Promise<string> {
  const place = await platform.call('POST', '/v2/job/input', undefined, token)
  const { pathname, search } = new URL(String(place.body['url']))
  await platform.plane.http.inject({ method: 'PUT', url: pathname + search, payload: content, headers: { 'content-type': 'text/csv' } })
  return String(place.body['key'])
}

/** What the jobs of a user wrote, when all are over. */
export async function filesOf(platform: TestControlPlane, token: string): Promise<readonly string[]> {
  await platform.plane.settled()
  await platform.plane.jobsDone()
  const jobs = (await platform.call('GET', '/v2/job', undefined, token)).list
  const files = jobs.map(({ id }) => platform.plane.http.inject({ url: `/v2/job/${String(id)}/output`, headers: { 'x-auth-token': token } }))
  return [JSON.stringify(jobs), ...(await Promise.all(files)).map((file) => file.body)]
}

/** Of the same form, and nobody's. @param turn numbers and devices that were brought once are somebody's the next time */
export function strangerOf(ids: Ids, turn = 0): Ids {
  const taken = new Set(Object.values(ids))
  const unlike = (name: string, id: string): string => {
    if (name === 'number') return `1604555${9000 + turn}`
    if (name === 'macAddress') return `0200f0ff${1000 + turn}`
    if (id.includes('@')) return 'nobody-here@example.com'
    const other = `${id.slice(0, -6)}zzzzzz`
    return taken.has(other) ? `${id.slice(0, -6)}yyyyyy` : other
  }
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, unlike(name, id)]))
}
