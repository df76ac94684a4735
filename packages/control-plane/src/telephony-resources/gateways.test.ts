import { ManualTime } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createCallPlaneView } from '../call-plane-view/index.ts'

const PBX = '198.51.100.40'
const NAME = 'sip.moving.example.com'

const timers = new ManualTime()
/** Where the name of the carrier leads now. */
let place = '203.0.113.70'
let platform: TestControlPlane

const resolveHost = (host: string, port: number) => Promise.resolve(host === NAME ? [{ address: place, port }] : [])

beforeAll(async () => {
  platform = await startTestControlPlane({ timers, resolveHost })
})
afterAll(() => platform.stop())

type Data = Readonly<Record<string, unknown>>
const dataOf = ({ body }: Awaited<ReturnType<TestControlPlane['call']>>) => body['data'] as Data

async function create(more: object): Promise<string> {
  const created = await platform.call('PUT', '/siptrunk/new', more)
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  return String(dataOf(created)['id'])
}

const newCarrier = (name: string, host: string) => create({ name, type: 'carrier', organization_id: `org_${platform.partitionId}`, host })
const gatewayOf = async (trunk: string) => dataOf(await platform.call('GET', `/sipgwping/${trunk.replace('trunk_', 'gw_')}`))

describe('a carrier whose name comes to lead to the address of a PBX', () => {
  it('its gateway says so to its owner, and the log with both of them to who runs the platform, once', async () => {
    const carrier = await newCarrier('Moving', NAME)
    const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'A-1', accountName: 'PBX' })
    const pbx = await create({ name: 'PBX', type: 'pbx', organization_id: `org_${String(account.body['id'])}`, host: PBX })
    expect((await platform.call('PUT', `/siptrunkips/${pbx}`, { ips: [{ address: PBX, type: 'signaling' }] })).status).toBe(200)
    expect(await gatewayOf(carrier)).not.toHaveProperty('reason')
    const warn = vi.fn<(message: string, facts?: object) => void>()
    const { database, sealer, settings } = platform.plane.context
    const logger = { debug: () => {}, info: () => {}, warn, error: () => {} }
    const view = await createCallPlaneView({ database, sealer, settings, logger, resolveHost, timers })
    await vi.waitFor(() => expect(view.carrier(carrier.slice(6))?.address).toBe(place))
    expect(warn).not.toHaveBeenCalled()
    place = PBX
    timers.advance(30_000)
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce())
    const [message, facts] = warn.mock.calls[0] ?? []
    expect(message).toContain('a carrier is at the address of a PBX')
    expect(facts).toMatchObject({ carrierId: carrier.slice(6), address: PBX, port: 5060, sipTrunkId: pbx.slice(6), accountId: account.body['id'] })
    await vi.waitFor(async () => expect(await gatewayOf(carrier)).toMatchObject({ reason: `a PBX is known by ${PBX}:5060, where the carrier is` }))
    await view.refresh([{ type: 'carriertrunk.updated', partitionId: platform.partitionId, accountId: undefined }])
    expect(warn).toHaveBeenCalledOnce()
    view.stop()
  })
})

describe('GET /sipgwping/all', () => {
  it('asks the database as often for many gateways as for one, and shows each what is its own', async () => {
    const { sql } = platform.plane.context.database
    const ask = vi.spyOn(sql.getExecutor(), 'executeQuery')
    const asksFor = async () => {
      ask.mockClear()
      const { gateways } = dataOf(await platform.call('GET', '/sipgwping/all?include_history=true')) as { gateways: readonly Data[] }
      return { gateways, count: ask.mock.calls.filter(([query]) => /^select.* from "gateway_/.test(query.sql)).length }
    }
    const before = await asksFor()
    expect(before.gateways.length).toBeGreaterThan(0)
    const carriers = await Promise.all(['192.0.2.11', '192.0.2.12', '192.0.2.13'].map((host) => newCarrier(`At ${host}`, host)))
    const [first = '', second = ''] = carriers
    const atMs = platform.time.nowMs()
    for (const [carrierId, responseMs] of [[first, 20], [first, undefined], [second, 40]] as const) // prettier-ignore
      platform.plane.context.gateways.probed({ gatewayId: carrierId.slice(6), carrierId: carrierId.slice(6), atMs, responseMs, status: 'healthy', lossPercent: 0, reason: '200 OK' }) // prettier-ignore
    await platform.plane.context.gateways.settled()
    const after = await asksFor()
    expect([after.gateways.length - before.gateways.length, after.count]).toEqual([3, 3])
    const shown = carriers.map((id) => after.gateways.find((gateway) => gateway['trunk_id'] === id))
    expect(shown.map((gateway) => gateway?.['uptime_percent_24h'])).toEqual([50, 100, undefined])
    expect(shown.map((gateway) => ((gateway?.['history'] ?? []) as readonly Data[]).map((entry) => entry['response_time_ms']))).toEqual([[20], [40], []])
    ask.mockRestore()
  })
})
