import { findCarrier, type NumberOwner } from '@dialtone/softswitch'
import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const peer = { id: 'platform', name: 'Platform', partitionId: undefined, address: '192.0.2.1', port: 5060, transport: 'udp', emergency: false } as const
  await platform.plane.view.setCarriers([{ peer, routing: { id: 'platform', name: 'Platform', priority: 1, healthy: true, emergencyCapable: false } }])
})
afterAll(() => platform.stop())

async function newAccount(): Promise<{ readonly id: string; readonly path: string }> {
  const created = await platform.call('POST', `${partition}/account`, { accountNumber: `C-${++made}`, accountName: 'Own carrier' })
  const id = String(created.body['id'])
  return { id, path: `${partition}/account/${id}` }
}

const carriersOf = (accountId: string) => platform.plane.view.snapshotOf(accountId)?.carriers.map((carrier) => carrier.name)
const carrierAt = (address: string, owner: NumberOwner) => findCarrier(platform.plane.view.carriers(), { transport: 'udp', address, port: 5060 }, owner)
const body = (name: string, more: object = {}) => ({ name, address: '192.0.2.10', ...more })

describe("a tenant's own carrier (S0-58, S0-62)", () => {
  it('takes the place of the platform for its account alone, at once and as long as it is there', async () => {
    const [mine, other] = [await newAccount(), await newAccount()]
    const created = await platform.call(
      'POST',
      `${mine.path}/carrier-trunk`,
      body('Mine', { costByPrefix: { '1607': 2 }, costWeight: 5, maxConcurrentCalls: 3 }),
    )
    expect(created).toMatchObject({ status: 200, body: { name: 'Mine', port: 5060, transport: 'udp', priority: 10, enabled: true, keepAliveSeconds: 30 } })
    expect([carriersOf(mine.id), carriersOf(other.id)]).toEqual([['Mine'], ['Platform']])
    const snapshot = platform.plane.view.snapshotOf(mine.id)
    expect(snapshot?.carriers[0]).toMatchObject({ maxConcurrentCalls: 3, cost: { weight: 5, byPrefix: new Map([['1607', 2]]) } })
    const id = String(created.body['id'])
    expect(carrierAt('192.0.2.10', { partitionId: platform.partitionId, accountId: other.id })).toBeUndefined()
    expect(carrierAt('192.0.2.10', { partitionId: platform.partitionId, accountId: mine.id })?.id).toBe(id)
    expect((await platform.call('GET', `${other.path}/carrier-trunk/${id}`)).status).toBe(404)
    expect((await platform.call('DELETE', `${other.path}/carrier-trunk/${id}`)).status).toBe(404)
    expect((await platform.call('PUT', `${mine.path}/carrier-trunk/${id}`, body('Mine', { enabled: false }))).status).toBe(200)
    expect(carriersOf(mine.id)).toEqual(['Platform'])
    expect((await platform.call('DELETE', `${mine.path}/carrier-trunk/${id}`)).status).toBe(204)
    expect(carriersOf(mine.id)).toEqual(['Platform'])
  })

  it('of a partition serves all its accounts but those that have one themselves', async () => {
    const [plain, own] = [await newAccount(), await newAccount()]
    await platform.call('POST', `${own.path}/carrier-trunk`, body('Own'))
    const created = await platform.call('POST', `${partition}/carrier-trunk`, body('Ours', { address: '192.0.2.20' }))
    expect([carriersOf(plain.id), carriersOf(own.id)]).toEqual([['Ours'], ['Own']])
    expect((await platform.call('DELETE', `${partition}/carrier-trunk/${String(created.body['id'])}`)).status).toBe(204)
    expect(carriersOf(plain.id)).toEqual(['Platform'])
  })

  it('S1-11: of a partition serves those below it that have none, both ways, and nobody beside', async () => {
    const inPartition = async (above: string) => {
      const id = String((await platform.call('POST', `${above}/partition`, { name: `Below ${++made}` })).body['id'])
      const path = `/v2/partition/${id}`
      const account = await platform.call('POST', `${path}/account`, { accountNumber: `H-${++made}`, accountName: 'Heir' })
      return { id, path, accountId: String(account.body['id']) }
    }
    const [brand, foreign] = [await inPartition(partition), await inPartition(partition)]
    const reseller = await inPartition(brand.path)
    const add = async (path: string, name: string, address: string) => String((await platform.call('POST', `${path}/carrier-trunk`, body(name, { address }))).body['id']) // prettier-ignore
    const carriers = () => [brand, reseller, foreign].map(({ accountId }) => carriersOf(accountId)?.join())
    const brings = (address: string, { id, accountId }: { id: string; accountId: string }) => carrierAt(address, { partitionId: id, accountId })?.name
    const ofBrand = await add(brand.path, 'Brand', '192.0.2.51')
    expect(carriers()).toEqual(['Brand', 'Brand', 'Platform'])
    expect([brand, reseller, foreign].map((who) => brings('192.0.2.51', who))).toEqual(['Brand', 'Brand', undefined])
    // A partition that is new has it from the first call on.
    const later = await inPartition(reseller.path)
    expect([carriersOf(later.accountId), brings('192.0.2.51', later)]).toEqual([['Brand'], 'Brand'])
    const ofReseller = await add(reseller.path, 'Reseller', '192.0.2.52')
    expect([...carriers(), ...(carriersOf(later.accountId) ?? [])]).toEqual(['Brand', 'Reseller', 'Platform', 'Reseller'])
    expect([brings('192.0.2.51', reseller), brings('192.0.2.52', brand)]).toEqual([undefined, undefined])
    await platform.call('DELETE', `${reseller.path}/carrier-trunk/${ofReseller}`)
    expect(carriers()).toEqual(['Brand', 'Brand', 'Platform'])
    await platform.call('PATCH', reseller.path, { useOwnCarrier: true })
    expect([carriers(), brings('192.0.2.51', reseller)]).toEqual([['Brand', '', 'Platform'], undefined])
    await platform.call('PATCH', reseller.path, { useOwnCarrier: null })
    // What an account below brings along is its own alone.
    const ofAccount = await add(`${reseller.path}/account/${reseller.accountId}`, 'Account', '192.0.2.53')
    expect([...carriers(), ...(carriersOf(later.accountId) ?? [])]).toEqual(['Brand', 'Account', 'Platform', 'Brand'])
    await platform.call('DELETE', `${reseller.path}/account/${reseller.accountId}/carrier-trunk/${ofAccount}`)
    await platform.call('DELETE', `${brand.path}/carrier-trunk/${ofBrand}`)
    expect(carriers()).toEqual(['Platform', 'Platform', 'Platform'])
  })

  it('has a password that is kept, used and never shown', async () => {
    const { path } = await newAccount()
    const created = await platform.call(
      'POST',
      `${path}/carrier-trunk`,
      body('Digest', { username: 'acme', password: 'hush-hush', registrarDomain: 'sip.example.com' }),
    )
    expect(JSON.stringify(created.body)).not.toContain('hush-hush')
    const id = String(created.body['id'])
    expect(platform.plane.view.carrier(id)).toMatchObject({ credentials: { username: 'acme', password: 'hush-hush' }, registrarDomain: 'sip.example.com' })
    await platform.call('PUT', `${path}/carrier-trunk/${id}`, body('Digest', { username: 'acme' }))
    expect(platform.plane.view.carrier(id)?.credentials).toEqual({ username: 'acme', password: 'hush-hush' })
    const stored = await platform.plane.context.database.sql.selectFrom('sip_trunk').select('settings').where('id', '=', id).executeTakeFirst()
    expect(JSON.stringify(stored)).not.toContain('hush-hush')
  })

  it('is refused with what cannot be called, and at the address of a PBX, as a PBX is at the address of a carrier', async () => {
    const { path } = await newAccount()
    const problem = async (more: object) => (await platform.call('POST', `${path}/carrier-trunk`, { ...body('Wrong'), ...more })).body['errorCode']
    expect(await problem({ address: 'sip.example.com' })).toBe('InvalidAddress')
    expect(await problem({ costByPrefix: { abc: 1 } })).toBe('InvalidCostByPrefix')
    expect(await problem({ username: 'acme' })).toBe('InvalidPassword')
    expect(await problem({ registrarDomain: 'sip.example.com' })).toBe('InvalidUsername')
    const pbx = (ipAddress: string) => platform.call('POST', `${path}/siptrunk_2`, { trunkName: `PBX ${ipAddress}`, concurrentCalls: 1, ipBasedAuthEnabled: true, ipAddress }) // prettier-ignore
    expect((await pbx('192.0.2.30')).status).toBe(200)
    expect(await problem({ address: '192.0.2.30' })).toBe('IpAddressInUse')
    expect((await platform.call('POST', `${path}/carrier-trunk`, body('Right', { address: '192.0.2.31' }))).status).toBe(200)
    expect((await pbx('192.0.2.31')).body['errorCode']).toBe('IpAddressInUse')
    expect((await platform.call('POST', `${path}/carrier-trunk`, body('Right', { address: '192.0.2.32' }))).body['errorCode']).toBe('DuplicateTrunkName')
  })

  it('has rules how numbers look there, kept by who does not know of them, and shows without a call what becomes of a number and why', async () => {
    const { path, id: accountId } = await newAccount()
    const numberRules = {
      outboundCalled: [
        { prefix: '+1', strip: 2 },
        { prefix: '+', strip: 1, prepend: '011' },
      ],
      outboundCaller: [{ prefix: '+1', strip: 2, prepend: '9' }],
      inboundCalled: [{ prefix: '', minLength: 10, maxLength: 10, prepend: '1' }],
    }
    const created = await platform.call('POST', `${path}/carrier-trunk`, body('Second', { numberRules, priority: 20 }))
    expect(created.body['numberRules']).toMatchObject({ outboundCalled: [{ prefix: '+1', strip: 2, prepend: '' }, {}] })
    const replaced = await platform.call('PUT', `${path}/carrier-trunk/${String(created.body['id'])}`, body('Second', { priority: 20 }))
    expect(replaced.body['numberRules']).toEqual(created.body['numberRules'])
    await platform.call('POST', `${path}/carrier-trunk`, body('First', { address: '192.0.2.11', priority: 1, enabled: false }))
    const tried = async (asked: object) => (await platform.call('POST', `${path}/carrier-trunk/normalize`, asked)).body
    expect(await tried({ to: '(607) 555-0123', from: '18015550101' })).toMatchObject({
      direction: 'outbound',
      carriers: [
        { name: 'First', status: 'inactive', called: { number: '+16075550123', why: 'no rules: as it is' }, caller: { number: '+18015550101' } },
        {
          name: 'Second',
          status: 'active',
          called: {
            number: '6075550123',
            rule: { index: 0, prefix: '+1', strip: 2 },
            why: 'rule 0, for what begins with +1: 2 off the front, "" before the rest',
          },
          caller: { number: '98015550101', rule: { index: 0 } },
        },
      ],
    })
    expect((await tried({ to: '+442079460000' }))['carriers']).toMatchObject([{}, { called: { number: '011442079460000', rule: { index: 1 } } }])
    expect((await tried({ to: '411' }))['carriers']).toMatchObject([{}, { called: { number: '411', why: 'none of 2 rules fits: as it is' } }])
    const number = await addNumberTo(platform, accountId, 101)
    const arrivals = async (to: string) =>
      ((await tried({ direction: 'inbound', to }))['carriers'] as { called: { number: string }; arrives: object }[]).map(({ arrives }) => arrives).slice(1)
    const becomes = (operationalStatus: string) => platform.call('PATCH', `${path}/telephonenumber/${number}`, { operationalStatus })
    await becomes('STAGED')
    await becomes('ACTIVE')
    expect(await arrivals(number.slice(1))).toMatchObject([{ code: 'UnassignedNumber' }])
    await becomes('STAGED')
    expect(await arrivals(number)).toMatchObject([{ code: 'StagedNumber' }])
    expect(await arrivals('12125550142')).toMatchObject([{ code: 'UnknownNumber' }])
  })
})
