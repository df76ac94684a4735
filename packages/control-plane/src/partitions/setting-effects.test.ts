import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string
let partitionId: string
let base: string
let accountId: string
let sequence = 0
/** What DNS holds. */
const texts = new Map<string, readonly string[]>()

beforeAll(async () => {
  platform = await startTestControlPlane({ domainNames: { texts: (name) => Promise.resolve(texts.get(name) ?? []), addresses: () => Promise.resolve([]) } })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  ;({ partition, partitionId } = await newPartition(`/v2/partition/${platform.partitionId}`))
  ;({ base, accountId } = await newAccount(partition))
})

async function newPartition(above: string) {
  const created = await platform.call('POST', `${above}/partition`, { name: `Settings ${++sequence}` })
  const id = String(created.body['id'])
  return { partition: `/v2/partition/${id}`, partitionId: id }
}

async function newAccount(of: string) {
  const created = await platform.call('POST', `${of}/account`, { accountNumber: `PS-${++sequence}`, accountName: 'Settings' })
  const id = String(created.body['id'])
  return { accountId: id, base: `${of}/account/${id}` }
}

async function set(type: string, value: unknown, of = partition): Promise<void> {
  const answer = await platform.call('PUT', `${of}/setting/${type}`, { value })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200, body: { type, value } })
}

const takeBack = (type: string, of = partition) => platform.call('DELETE', `${of}/setting/${type}`)

describe('ENABLE_STAGED_CALL', () => {
  it('lets staged numbers take calls, in the partitions below too, and not those the carrier has not activated', async () => {
    const number = await addNumberTo(platform, accountId, ++sequence)
    const becomes = (changes: object) =>
      platform.plane.context.database.sql.updateTable('telephone_number').set(changes).where('phone_number', '=', number).execute()
    const status = () => platform.plane.view.snapshotOf(accountId)?.numbers.get(number)?.operationalStatus
    await becomes({ partition_id: partitionId, operational_status: 'STAGED' })
    await set('ENABLE_STAGED_CALL', false)
    expect(status()).toBe('STAGED')
    await set('ENABLE_STAGED_CALL', true, `/v2/partition/${platform.partitionId}`)
    expect(status()).toBe('STAGED')
    await takeBack('ENABLE_STAGED_CALL')
    expect(status()).toBe('ACTIVE')
    await becomes({ carrier_status: 'PENDING' })
    await takeBack('ENABLE_STAGED_CALL', `/v2/partition/${platform.partitionId}`)
    await set('ENABLE_STAGED_CALL', true)
    expect(status()).toBe('STAGED')
  })
})

describe('MAX_BURST_CALL_PERCENTAGE', () => {
  const trunkWith = (maxBurstCalls: number, more: object = {}) =>
    ({ trunkName: `PBX ${++sequence}`, concurrentCalls: 10, maxBurstCalls, sipUsername: `burst-user-${sequence}`, sipPassword: 'secret1', ...more }) // prettier-ignore
  const burstOf = (id: unknown) => platform.plane.view.snapshotOf(accountId)?.lines.get(String(id))?.trunk?.maxBurstCalls

  it('bounds what a trunk may ask for, and in calls what it asked for before', async () => {
    const early = await platform.call('POST', `${base}/siptrunk_2`, trunkWith(8))
    expect([early.status, burstOf(early.body['id'])]).toEqual([200, 8])
    await set('MAX_BURST_CALL_PERCENTAGE', 25)
    expect(burstOf(early.body['id'])).toBe(2)
    expect((await platform.call('POST', `${base}/siptrunk_2`, trunkWith(3))).body).toMatchObject({ status: 400, errorCode: 'InvalidMaxBurstCalls' })
    expect((await platform.call('POST', `${base}/siptrunk_2`, trunkWith(2))).status).toBe(200)
    const item = `${base}/siptrunk_2/${String(early.body['id'])}`
    // What was allowed then is no reason to refuse another change.
    expect((await platform.call('PATCH', item, { trunkName: 'Other name' })).status).toBe(200)
    expect((await platform.call('PATCH', item, { maxBurstCalls: 7 })).body).toMatchObject({ errorCode: 'InvalidMaxBurstCalls' })
    await takeBack('MAX_BURST_CALL_PERCENTAGE')
    expect(burstOf(early.body['id'])).toBe(8)
  })
})

describe('SipTrunkProxyServer', () => {
  it('is what PBXs are told to register at', async () => {
    const trunk = await platform.call('POST', `${base}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 1, sipUsername: `proxy-${sequence}`, sipPassword: 'secret1' }) // prettier-ignore
    const shown = async () => (await platform.call('GET', `${base}/siptrunk_2/${String(trunk.body['id'])}`)).body
    expect(await shown()).toMatchObject({ sipProxyServer: '192.0.2.1:5060' })
    await set('SipTrunkProxyServer', 'trunks.example.com:5080')
    expect(await shown()).toMatchObject({ sipProxyServer: 'trunks.example.com:5080', accessEndpoints: [{ address: 'trunks.example.com', port: 5080 }, {}] })
    await set('SipTrunkProxyServer', 'trunks.example.com')
    expect(await shown()).toMatchObject({ sipProxyServer: 'trunks.example.com:5060' })
    expect((await platform.call('PUT', `${partition}/setting/SipTrunkProxyServer`, { value: 'trunks.example.com:65536' })).status).toBe(400)
  })
})

describe('InboundRatePlanDefault', () => {
  it('is the plan of accounts that name none, in its own partition alone', async () => {
    const [plan] = (await platform.call('GET', `${partition}/inboundrateplanproduct`)).list
    await set('InboundRatePlanDefault', plan?.['id'])
    const planOf = async (of: string) => (await platform.call('GET', (await newAccount(of)).base)).body['inboundRatePlanProductId']
    expect(await planOf(partition)).toBe(plan?.['id'])
    expect(await planOf((await newPartition(partition)).partition)).toBeUndefined()
    expect((await platform.call('GET', base)).body).not.toHaveProperty('inboundRatePlanProductId')
  })
})

describe('CDRReportColumns', () => {
  it('are the columns of call records as CSV, in that order; a name that no record has is refused', async () => {
    const header = async () => {
      const url = `${base}/cdrsearch/csv?startDate=2026-11-21&endDate=2026-11-21`
      return (await platform.plane.http.inject({ url, headers: { 'x-auth-token': platform.token } })).body.trim()
    }
    expect((await header()).split(',').length).toBeGreaterThan(20)
    const path = `/v2/partition/${platform.partitionId}`
    const refused = await platform.call('PUT', `${path}/setting/CDRReportColumns`, { value: ['cost', 'nothing'] })
    expect(refused.body).toMatchObject({
      status: 400,
      details: [{ field: 'value', code: 'InvalidValue', reason: '"nothing" is no column', rule: expect.stringContaining('startTime') }],
    })
    await set('CDRReportColumns', ['cost', 'StartTime', 'origNumber'], path)
    expect(await header()).toBe('cost,startTime,origNumber')
    await set('CDRReportColumns', ['id'])
    expect(await header()).toBe('id')
    await takeBack('CDRReportColumns', `/v2/partition/${platform.partitionId}`)
  })
})

describe('ALLOW_VM_MESSAGE_ACCESS', () => {
  it('false closes messages to management users, and to nobody else', async () => {
    const box = String((await platform.call('POST', `${base}/voicemailbox`, { name: 'Desk' })).body['id'])
    const lineBox = String((await platform.call('POST', `${base}/business-line/voicemail-box`, { name: 'Front' })).body['id'])
    const admin = { username: `admin-${sequence}@example.com`, password: 'Another-horse-2', firstName: 'Ad', lastName: 'Min' }
    expect((await platform.call('POST', `${base}/accountuser`, admin)).status).toBe(200)
    const login = { username: `own${sequence}`, emailAddress: `own${sequence}@example.com`, allowPortalAccess: true }
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Own', lastName: 'Box', extension: '4000', ...login })
    const mails = await platform.plane.context.database.sql.selectFrom('outgoing_message').select('body').where('account_id', '=', accountId).execute()
    const password = /password: +(\S+)/.exec(mails[0]?.body ?? '')?.[1] ?? ''
    const own = `${base}/voicemailbox/${String(user.body['voicemailBoxId'])}/voicemailmessage`
    const adminToken = String((await platform.logIn(admin.username, admin.password)).body['authToken'])
    const ofUsers = `${base}/voicemailbox/${box}/voicemailmessage`
    const paths = [ofUsers, `${ofUsers}/x`, `${ofUsers}/x/content`, `${base}/business-line/voicemail-box/${lineBox}/message`, `${base}/business-line/voicemail-box/${lineBox}/message/x/media`] // prettier-ignore
    const statuses = async (token?: string) => {
      const found = []
      for (const path of paths) found.push((await platform.call('GET', path, undefined, token)).status)
      return found
    }
    expect(await statuses()).toEqual([200, 404, 404, 200, 404])
    await set('ALLOW_VM_MESSAGE_ACCESS', false)
    expect(await statuses()).toEqual([403, 403, 403, 403, 403])
    expect((await platform.call('GET', own)).status).toBe(403)
    expect((await platform.call('DELETE', ofUsers, ['x'])).status).toBe(403)
    expect((await statuses(adminToken)).includes(403)).toBe(false)
    const userToken = String((await platform.logIn(login.username, password)).body['authToken'])
    expect((await platform.call('GET', own, undefined, userToken)).status).toBe(200)
    // The box itself is looked after as before.
    expect((await platform.call('GET', `${base}/voicemailbox/${box}`)).status).toBe(200)
  })
})

describe('SUB_DOMAINS', () => {
  async function proveDomain(name: string, of: string): Promise<void> {
    const made = await platform.call('PUT', '/domains/new', { domain: name, organization_id: `org_${of}` })
    const { id, dns_verification_record: record } = made.body['data'] as Record<string, unknown>
    texts.set(name, [String(record)])
    await platform.call('POST', `/domains/${String(id)}/verify`)
    expect((await platform.call('POST', `/domains/${String(id)}`, { status: 'active' })).status).toBe(200)
  }
  const domain = (name: string) => platform.plane.view.domain?.(name)

  it('names below a proven domain serve its phones without a proof of their own, until they are taken away', async () => {
    const name = `brand${sequence}.example.com`
    const below = await newPartition(partition)
    const customer = await newAccount(below.partition)
    const refused = await platform.call('PUT', `${partition}/setting/SUB_DOMAINS`, { value: [`east.${name}`] })
    expect(refused.body).toMatchObject({ status: 400, errorCode: 'InvalidValue' })
    await proveDomain(name, partitionId)
    expect((await platform.call('PUT', `${partition}/setting/SUB_DOMAINS`, { value: [`EAST.${name}`] })).body).toMatchObject({ value: [`east.${name}`] })
    expect(domain(`east.${name}`)).toMatchObject({ isServing: true, isProven: true, partitionIds: expect.arrayContaining([partitionId, below.partitionId]) })
    const user = await platform.call('POST', `${customer.base}/user`, { firstName: 'Ann', lastName: 'East', extension: '4000' })
    const line = { userId: user.body['id'], deviceId: 'SPA112', lineNumber: 1, macAddress: `0200005d${String(sequence).padStart(4, '0')}` }
    const made = await platform.call('POST', `${customer.base}/deviceline`, line)
    const sipUsername = platform.plane.view.snapshotOf(customer.accountId)?.lines.get(String(made.body['id']))?.sipUsername ?? ''
    const realms = () => [...(platform.plane.view.credentialsOf(sipUsername)?.ha1AtDomains?.keys() ?? [])]
    expect(realms()).toEqual([name, `east.${name}`])
    await set('SUB_DOMAINS', [], below.partition)
    expect(domain(`east.${name}`)?.partitionIds).toEqual([partitionId])
    expect(realms()).toEqual([name])
    await takeBack('SUB_DOMAINS')
    expect(domain(`east.${name}`)).toBeUndefined()
  })

  it('a name that another tenant has proven stays his; a mere claim takes none away', async () => {
    const name = `brand${sequence}.example.com`
    const other = await newPartition(`/v2/partition/${platform.partitionId}`)
    await proveDomain(name, partitionId)
    await set('SUB_DOMAINS', [`claimed.${name}`, `theirs.${name}`])
    await platform.call('PUT', '/domains/new', { domain: `claimed.${name}`, organization_id: `org_${other.partitionId}` })
    await proveDomain(`theirs.${name}`, other.partitionId)
    expect(domain(`claimed.${name}`)).toMatchObject({ isServing: true, partitionIds: [partitionId] })
    expect(domain(`theirs.${name}`)).toMatchObject({ isServing: true, partitionIds: [other.partitionId] })
  })
})
