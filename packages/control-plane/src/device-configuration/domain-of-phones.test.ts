import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
const addresses = new Map<string, readonly string[]>()

beforeAll(async () => {
  platform = await startTestControlPlane({
    domainNames: { texts: () => Promise.resolve([]), addresses: (name) => Promise.resolve(addresses.get(name) ?? []) },
  })
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'DOMAIN', accountName: 'Domain' })
  base = `/v2/partition/${platform.partitionId}/account/${String(account.body['id'])}`
})
afterAll(() => platform.stop())

const accountId = () => base.split('/').at(-1) ?? ''

/** What the phone's file says, as its owner gets it. */
async function settingsOf(mac: string): Promise<readonly (string | undefined)[]> {
  const shown = await platform.call('GET', `${base}/device/${mac}/configuration`)
  const { pathname } = new URL(String(shown.body['provisioningUrl']))
  const { body } = await platform.plane.http.inject({ method: 'GET', url: `${pathname}${mac}.cfg`, headers: { 'user-agent': 'Yealink SIP-T54W 96.86.0.70' } })
  return ['address', 'transport_type', 'expires'].map((name) =>
    new RegExp(`^account\\.1\\.sip_server\\.1\\.${name}\\s*=\\s*(.*)$`, 'm').exec(body)?.[1]?.trim(),
  )
}

describe('phones of an account with a SIP domain', () => {
  it('S3-73: use its transport and its keep-alive at once, and its name as soon as that leads here; what the device itself says wins', async () => {
    const mac = '805ec0d00001'
    await platform.call('POST', `${base}/device`, { macAddress: mac, deviceTypeId: 'YEALINKT54W', deviceName: 'Reception' })
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Jane', lastName: 'Doe', extension: '4002' })
    const line = { userId: user.body['id'], deviceName: 'Line 1', deviceTypeId: 'YEALINKT54W', macAddress: mac, lineNumber: 1, emergencyNumber: '' }
    expect((await platform.call('POST', `${base}/deviceline`, line)).status).toBe(201)
    expect(await settingsOf(mac)).toEqual(['192.0.2.1', '0', '600'])
    const body = {
      domain: 'phones.example.com',
      organization_id: `org_${accountId()}`,
      settings: { default_transport: 'tcp', nat_keepalive: true, keepalive_interval: 90 },
    }
    const { id } = (await platform.call('PUT', '/domains/new', body)).body['data'] as { id: string }
    expect(await settingsOf(mac)).toEqual(['192.0.2.1', '0', '600'])
    await platform.call('POST', `/domains/${id}`, { status: 'active' })
    expect(await settingsOf(mac)).toEqual(['192.0.2.1', '1', '90'])
    addresses.set('phones.example.com', ['192.0.2.1'])
    await platform.call('POST', `/domains/${id}/verify`)
    expect(await settingsOf(mac)).toEqual(['phones.example.com', '1', '90'])
    const device = await platform.call('GET', `/devices/mac/${mac}`)
    await platform.call('POST', `/devices/${(device.body['data'] as { id: string }).id}`, { settings: { transport: 'udp' } })
    expect(await settingsOf(mac)).toEqual(['phones.example.com', '0', '90'])
    await platform.call('POST', `/domains/${id}`, { type: 'alias' })
    expect(await settingsOf(mac)).toEqual(['192.0.2.1', '0', '600'])
  })
})
