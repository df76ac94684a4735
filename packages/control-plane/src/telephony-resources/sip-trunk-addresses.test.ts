import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Where `sip.named.example.com` leads. */
const NAMED = '203.0.113.99'

let platform: TestControlPlane
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane({
    resolveHost: (host, port) => Promise.resolve(host === 'sip.named.example.com' ? [{ address: NAMED, port }] : []),
  })
})
afterAll(() => platform.stop())

type Data = Readonly<Record<string, unknown>>
type Answer = Awaited<ReturnType<TestControlPlane['call']>>
const dataOf = (answer: Answer): Data => answer.body['data'] as Data
const codeOf = (answer: Answer) => (answer.body['error'] as { code: string } | undefined)?.code
const ipsOf = async (id: string) => (dataOf(await platform.call('GET', `/siptrunkips/${id}`))['ips'] as Data[]).map(({ address }) => address)
const setIps = (id: string, ...addresses: readonly string[]) =>
  platform.call('PUT', `/siptrunkips/${id}`, { ips: addresses.map((address) => ({ address, type: 'signaling' })) })

async function create(more: object): Promise<string> {
  const created = await platform.call('PUT', '/siptrunk/new', { name: `Trunk ${++made}`, ...more })
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  return String(dataOf(created)['id'])
}

const newCarrier = (host = `192.0.2.${made + 1}`) => create({ type: 'carrier', organization_id: `org_${platform.partitionId}`, host })

async function newAccount(): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `A-${++made}`, accountName: 'PBX' })
  return String(created.body['id'])
}

async function newPbx(): Promise<{ readonly id: string; readonly path: string }> {
  const accountId = await newAccount()
  const id = await create({ type: 'pbx', organization_id: `org_${accountId}`, host: `198.51.100.${made + 1}` })
  return { id, path: `/v2/partition/${platform.partitionId}/account/${accountId}/siptrunk_2/${id.slice(6)}` }
}

const knownBy = async ({ path }: { readonly path: string }) => {
  const { ipBasedAuthEnabled, ipAddress } = (await platform.call('GET', path)).body
  return { ipBasedAuthEnabled, ipAddress }
}

describe('the addresses of a PBX', () => {
  it('S3-31: one that the PBX of somebody else is known by is refused, and nothing is left of the change', async () => {
    const [pbx, other] = [await newPbx(), await newPbx()]
    await setIps(other.id, '203.0.113.40')
    await setIps(pbx.id, '203.0.113.41')
    expect(await knownBy(pbx)).toEqual({ ipBasedAuthEnabled: true, ipAddress: '203.0.113.41' })
    const [ip] = dataOf(await platform.call('GET', `/siptrunkips/${pbx.id}`))['ips'] as Data[]
    const put = await setIps(pbx.id, '203.0.113.40')
    expect([put.status, codeOf(put)]).toEqual([409, 'IpAddressInUse'])
    const post = await platform.call('POST', `/siptrunkips/${pbx.id}`, { ip_id: ip?.['id'], address: '203.0.113.40' })
    expect([post.status, codeOf(post)]).toEqual([409, 'IpAddressInUse'])
    expect([await ipsOf(pbx.id), await knownBy(pbx)]).toEqual([['203.0.113.41'], { ipBasedAuthEnabled: true, ipAddress: '203.0.113.41' }])
  })

  it('is not the one where this server takes calls: who claimed it would have those that come back to it', async () => {
    const pbx = await newPbx()
    for (const address of ['192.0.2.1', '127.0.0.1', '::1']) {
      const here = await setIps(pbx.id, address)
      expect([address, here.status, codeOf(here)]).toEqual([address, 409, 'IpAddressInUse'])
      const there = await platform.call('PATCH', pbx.path, { ipBasedAuthEnabled: true, ipAddress: address, portNumber: 5060 })
      expect([address, there.status, there.body['errorCode']]).toEqual([address, 400, 'IpAddressInUse'])
    }
    // A PBX may run on the same machine.
    expect((await platform.call('PATCH', pbx.path, { ipBasedAuthEnabled: true, ipAddress: '192.0.2.1', portNumber: 5080 })).status).toBe(200)
  })

  it("is no carrier's, whoever's it is: not its host, not another one it signals from, not where its name leads", async () => {
    const carrier = await newCarrier('203.0.113.50')
    await setIps(carrier, '203.0.113.50', '203.0.113.51')
    await newCarrier('sip.named.example.com')
    const pbx = await newPbx()
    const before = await knownBy(pbx)
    for (const address of ['203.0.113.50', '203.0.113.51', NAMED]) {
      const here = await setIps(pbx.id, address)
      expect([address, here.status, codeOf(here)]).toEqual([address, 409, 'IpAddressInUse'])
      const there = await platform.call('PATCH', pbx.path, { ipBasedAuthEnabled: true, ipAddress: address, portNumber: 5060 })
      expect([address, there.status, there.body['errorCode']]).toEqual([address, 400, 'IpAddressInUse'])
      const collection = pbx.path.slice(0, pbx.path.lastIndexOf('/'))
      expect((await platform.call('GET', `${collection}/validate?ip=${address}&port=5060`)).body).toBe(false)
    }
    expect([await ipsOf(pbx.id), await knownBy(pbx)]).toEqual([[], before])
    // At another port of that host it is somebody else.
    expect((await platform.call('PATCH', pbx.path, { ipBasedAuthEnabled: true, ipAddress: '203.0.113.51', portNumber: 5070 })).status).toBe(200)
    // And what it was before is no reason to refuse other changes of it.
    await setIps(carrier, '203.0.113.50')
    expect((await platform.call('PATCH', pbx.path, { concurrentCalls: 7 })).status).toBe(200)
  })
})

describe('lists of which the source document knows no pages', () => {
  it('come whole up to a thousand, say then that there are more, and are filtered before they are cut', async () => {
    const before = (dataOf(await platform.call('GET', '/siptrunkips/all'))['ips'] as unknown[]).length
    for (let carrier = 1; carrier <= 16; carrier++) {
      const signaling = Array.from({ length: 63 }, (_, index) => ({ address: `10.0.${carrier}.${index + 1}`, type: 'signaling' }))
      const ips = [...signaling, { address: '203.0.113.90', type: 'media', priority: 9 }]
      expect((await platform.call('PUT', `/siptrunkips/${await newCarrier()}`, { ips })).status).toBe(200)
    }
    const total = before + 16 * 64
    const whole = dataOf(await platform.call('GET', '/siptrunkips/all'))
    expect([(whole['ips'] as unknown[]).length, whole['pagination']]).toEqual([1000, { page: 1, per_page: 1000, total, total_pages: 2 }])
    const rest = dataOf(await platform.call('GET', '/siptrunkips/all?page=2&per_page=1000'))
    expect((rest['ips'] as unknown[]).length).toBe(total - 1000)
    const media = dataOf(await platform.call('GET', '/siptrunkips/all?type=media'))
    expect([(media['ips'] as unknown[]).length, media['pagination']]).toEqual([16, undefined])
    const own = dataOf(await platform.call('GET', `/siptrunkips/${await newCarrier()}?page=2&per_page=5`))
    expect([own['ips'], own['pagination']]).toEqual([[], { page: 2, per_page: 5, total: 0, total_pages: 0 }])
    const gateways = dataOf(await platform.call('GET', '/sipgwping/all?page=2&per_page=1000'))
    expect(gateways['pagination']).toMatchObject({ page: 2, per_page: 1000, total_pages: 2 })
  })
})

describe('GET /siptrunk', () => {
  it('S3-06: words of `include` it does not know are named, blanks around them do not matter', async () => {
    const id = await newCarrier()
    const refused = await platform.call('GET', `/siptrunk/${id}?include=ips,rotues`)
    expect([refused.status, codeOf(refused), refused.body['message']]).toEqual([400, 'InvalidInclude', 'include "rotues" is unknown (some of ips, routes).'])
    expect(dataOf(await platform.call('GET', `/siptrunk/${id}?include=ips,%20routes`))).toMatchObject({ ips: [], routes: expect.anything() as unknown })
  })

  it('S3-23 S3-83: what is deleted is named as it is shown, however it was asked for', async () => {
    const id = await newCarrier()
    expect(dataOf(await platform.call('DELETE', `/siptrunk/${id.slice(6)}`))['id']).toBe(id)
  })
})
