import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { expect } from 'vitest'

export interface TestDevice {
  readonly mac: string
  readonly id: string
  readonly username: string
  readonly password: string
  /** With its token, without the host. */
  readonly path: string
}

export interface Asking {
  readonly method?: 'GET' | 'HEAD' | 'PUT'
  readonly headers?: Record<string, string>
  readonly userAgent?: string
  readonly from?: string
}

export type DeviceDesk = Awaited<ReturnType<typeof openDeviceDesk>>

/** A control plane with an account and a user who has the lines of every device that is made. */
export async function openDeviceDesk() {
  const platform: TestControlPlane = await startTestControlPlane()
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, {
    accountNumber: 'PHONES',
    accountName: 'Phones',
    accountType: 'ADVANCED',
  })
  const base = `/v2/partition/${platform.partitionId}/account/${String(account.body['id'])}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Jane "<Smith>"', lastName: "O'Neil & Co", extension: '4002', timeZone: 'US/Eastern' })
  expect(user.status).toBe(200)
  const userId = String(user.body['id'])
  let lastMac = 0x805ec0000000
  const newMac = () => (++lastMac).toString(16)
  const configuration = async (mac: string) => (await platform.call('GET', `${base}/device/${mac}/configuration`)).body

  async function newDevice(deviceTypeId: string, o: { readonly lines?: number } = {}): Promise<TestDevice> {
    const mac = newMac()
    const device = await platform.call('POST', `${base}/device`, { macAddress: mac, deviceTypeId, deviceName: 'Reception' })
    expect([deviceTypeId, device.status]).toEqual([deviceTypeId, 201])
    for (let lineNumber = 1; lineNumber <= (o.lines ?? 1); lineNumber++) {
      const place = { userId, deviceName: `Line ${lineNumber}`, deviceTypeId, macAddress: mac, lineNumber, emergencyNumber: '' }
      const line = await platform.call('POST', `${base}/deviceline`, place)
      expect([deviceTypeId, line.status, line.body['messages']]).toEqual([deviceTypeId, 201, undefined])
    }
    const shown = await configuration(mac)
    const login = await platform.plane.context.database.sql
      .selectFrom('device_line')
      .innerJoin('sip_credential', 'sip_credential.owner_id', 'device_line.id')
      .innerJoin('device', 'device.id', 'device_line.device_id')
      .select(['sip_credential.owner_id', 'sip_username', 'sip_password_sealed'])
      .where('device.mac_address', '=', mac)
      .orderBy('line_number')
      .execute()
    const [first] = login
    const password = first === undefined ? '' : platform.plane.context.sealer.open(first.sip_password_sealed, first.owner_id)
    return { mac, id: String(shown['deviceId']), username: first?.sip_username ?? '', password, path: new URL(String(shown['provisioningUrl'])).pathname }
  }

  return {
    platform,
    base,
    userId,
    newMac,
    newDevice,
    configuration,
    requests: async (mac: string) => (await platform.call('GET', `${base}/device/${mac}/configuration/requests`)).list,
    diagnosis: async (mac: string) => (await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceconfiguration/${mac}`)).body,
    fetchFile: (url: string, o: Asking = {}) =>
      platform.plane.http.inject({
        method: o.method ?? 'GET',
        url,
        remoteAddress: o.from ?? '203.0.113.7',
        headers: { 'user-agent': o.userAgent ?? 'test phone', ...o.headers },
        ...(o.method === 'PUT' ? { payload: 'a log of the phone' } : {}),
      }),
    /** The token of a management user who may do one thing alone. */
    async logInWith(name: string, permission: { readonly type: string; readonly accessType: string }): Promise<string> {
      const partition = `/v2/partition/${platform.partitionId}`
      await platform.call('POST', `${partition}/security`, { name, permissions: [permission] })
      const login = { username: `${name.toLowerCase().replaceAll(' ', '-')}@example.com`, password: 'Another-horse-2' }
      expect((await platform.call('POST', `${partition}/managementuser`, { ...login, firstName: 'L', lastName: 'O', roles: [name] })).status).toBe(200)
      return String((await platform.logIn(login.username, login.password)).body['authToken'])
    },
  }
}
