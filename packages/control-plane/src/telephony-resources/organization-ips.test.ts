import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

type Data = Readonly<Record<string, unknown>>
const dataOf = (answer: { body: Record<string, unknown> }): Data => answer.body['data'] as Data
const errorOf = (answer: { body: Record<string, unknown> }) => (answer.body['error'] as { code: string } | undefined)?.code

async function newPartition(parent = platform.partitionId): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${parent}/partition`, { name: `Org ${++made}` })
  return String(created.body['id'])
}

async function newAccount(partitionId: string): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: `O-${++made}`, accountName: 'Org' })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  return String(created.body['id'])
}

const rule = (of: string, ip: string, cidr: number, type = 'whitelist', more: object = {}) =>
  platform.call('PUT', '/orgips/new', { organization_id: `org_${of}`, ip_address: ip, cidr, type, ...more })
const admits = (accountId: string, address: string) => platform.plane.view.admits?.(accountId, address)

describe('/orgips', () => {
  it('S3-92 S3-93 S3-86: the example is created and listed, exactly for its organisation', async () => {
    const partitionId = await newPartition()
    const body = { organization_id: `org_${partitionId}`, ip_address: '198.51.100.0', cidr: 24, type: 'whitelist', description: 'Remote office subnet' }
    const created = await platform.call('PUT', '/orgips/new', body)
    expect([created.status, created.body['message'], dataOf(created)]).toMatchObject([201, 'Organization IP created successfully', { ...body, scope: 'sip' }])
    expect(dataOf(created)['id']).toMatch(/^orgip_/)
    const list = async (query: string) =>
      (dataOf(await platform.call('GET', `/orgips/index?organization_id=org_${partitionId}${query}`))['ips'] as Data[]).length
    expect([await list(''), await list('&type=whitelist'), await list('&type=blacklist')]).toEqual([1, 1, 0])
    expect(dataOf(await rule(partitionId, '203.0.113.100', 32))['cidr']).toBe(32)
    expect(dataOf(await platform.call('PUT', '/orgips/new', { organization_id: `org_${partitionId}`, ip_address: '2001:db8::1' }))).toMatchObject({
      cidr: 128,
      type: 'whitelist',
    })
  })

  it('S3-92: an IPv4 block in the form of IPv6 is that of IPv4, by either way to count its length', async () => {
    for (const cidr of [24, 120]) {
      const { body } = await rule(await newPartition(), '::ffff:192.0.2.9', cidr)
      expect(body).toMatchObject({ data: { ip_address: '192.0.2.0', cidr: 24 } })
    }
  })

  it('S3-95 S3-96 S3-98: the update of the example, and gone', async () => {
    const { id } = dataOf(await rule(await newPartition(), '198.51.100.0', 24))
    const updated = await platform.call('POST', `/orgips/${String(id)}`, { description: 'Remote office - Updated', cidr: 28 })
    expect([updated.status, updated.body['message'], dataOf(updated)]).toMatchObject([
      200,
      'Organization IP updated successfully',
      { id, ip_address: '198.51.100.0', cidr: 28, description: 'Remote office - Updated' },
    ])
    expect(dataOf(await platform.call('POST', `/orgips/${String(id)}`, { type: 'blacklist' }))['type']).toBe('blacklist')
    const deleted = await platform.call('DELETE', `/orgips/${String(id)}`)
    expect([deleted.status, deleted.body['message'], dataOf(deleted)]).toEqual([
      200,
      'Organization IP deleted successfully',
      { id, deleted_at: expect.stringMatching(/Z$/) as string },
    ])
    expect((await platform.call('GET', `/orgips/${String(id)}`)).status).toBe(404)
  })

  it.each([
    ['S3-94 what is no address', { ip_address: '300.1.1.1' }, 400, 'InvalidIpAddress'],
    ['S3-92 no address', {}, 400, 'IpAddressRequired'],
    ['S3-94 a length IPv4 does not have', { ip_address: '192.0.2.0', cidr: 64 }, 422, 'InvalidCidr'],
    ['S3-94 the same again', { ip_address: '192.0.2.77', cidr: 24 }, 409, 'DuplicateCidr'],
    ['S3-94 the same again, denied', { ip_address: '192.0.2.77', cidr: 24, type: 'blacklist' }, 409, 'DuplicateCidr'],
    ['S3-92 a type there is not', { ip_address: '192.0.2.1', type: 'greylist' }, 400, 'InvalidType'],
  ])('%s', async (_what, body, status, code) => {
    const partitionId = await newPartition()
    await rule(partitionId, '192.0.2.0', 24)
    const refused = await platform.call('PUT', '/orgips/new', { organization_id: `org_${partitionId}`, ...body })
    expect([refused.status, errorOf(refused)]).toEqual([status, code])
  })

  it('C-09 conflicts 8: SIP is let in by the rules of the account and everything above it: blacklists reach down, whitelists narrow, denying wins', async () => {
    const partitionId = await newPartition()
    const below = await newPartition(partitionId)
    const [account, sibling] = [await newAccount(below), await newAccount(below)]
    expect(admits(account, '203.0.113.9')).toBe(true)
    await rule(partitionId, '203.0.113.0', 24, 'blacklist')
    expect([admits(account, '203.0.113.9'), admits(sibling, '203.0.113.9'), admits(account, '192.0.2.9')]).toEqual([false, false, true])
    await rule(account, '192.0.2.0', 24)
    await rule(account, '203.0.113.0', 24)
    expect([admits(account, '192.0.2.9'), admits(account, '198.51.100.9'), admits(sibling, '198.51.100.9'), admits(account, '203.0.113.9')]).toEqual([
      true,
      false,
      true,
      false,
    ])
    const { id } = dataOf(await rule(account, '192.0.2.66', 32, 'blacklist'))
    expect(admits(account, '192.0.2.66')).toBe(false)
    await platform.call('DELETE', `/orgips/${String(id)}`)
    expect(admits(account, '192.0.2.66')).toBe(true)
  })

  it('S3-89: how often a rule was met in a day and when last, real ones', async () => {
    const account = await newAccount(await newPartition())
    const { id } = dataOf(await rule(account, '192.0.2.0', 24))
    const read = async () => dataOf(await platform.call('GET', `/orgips/${String(id)}`))
    expect(await read()).toMatchObject({ request_count_24h: 0, last_seen: null })
    platform.plane.context.ruleUses.note([String(id).slice(6)], platform.time.nowMs())
    platform.plane.context.ruleUses.note([String(id).slice(6)], platform.time.nowMs())
    expect(await read()).toMatchObject({ request_count_24h: 2, last_seen: new Date(platform.time.nowMs()).toISOString() })
    platform.time.advance(26 * 3_600_000)
    const again = await platform.logIn('operator@example.com', 'Correct-horse-1')
    expect(dataOf(await platform.call('GET', `/orgips/${String(id)}`, undefined, String(again.body['authToken'])))).toMatchObject({ request_count_24h: 0 })
  })

  it('C-09: with scope api the same entry shuts requests out before anything is asked, and its author by a slip only if he says so', async () => {
    const login = await platform.logIn('operator@example.com', 'Correct-horse-1')
    const token = String(login.body['authToken'])
    const put = (of: string, body: object, query = '') =>
      platform.call('PUT', `/orgips/new${query}`, { organization_id: `org_${of}`, scope: 'api', ...body }, token)
    const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: `Org ${++made}` }, token)
    const partitionId = String(created.body['id'])
    expect(errorOf(await put(partitionId, { ip_address: '192.0.2.0', cidr: 24 }))).toBe('WouldLockYouOut')
    expect((await put(partitionId, { ip_address: '192.0.2.0', cidr: 24 }, '?confirm_lockout=true')).status).toBe(201)
    const asked = await platform.call('GET', `/v2/partition/${partitionId}/account`, undefined, token)
    expect([asked.status, asked.body['errorCode']]).toEqual([403, 'AddressNotAllowed'])
  })
})
