import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, type Person, Tenant, uniqueMac } from './tenant.ts'

interface Device {
  readonly id: string
  readonly status: string
  readonly [field: string]: unknown
}

interface Line {
  readonly id: string
  readonly sipUsername?: string
  readonly [field: string]: unknown
}

const CHANGES_WITHIN_MS = 2000
const FAR_AWAY = '12125550199'

let tenant: Tenant
let account: Account
let user: Person
let extension = 4000
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
})

beforeEach(async () => {
  extension++
  user = await account.createUser(String(extension))
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

const create = async (changes: Readonly<Record<string, unknown>> = {}) =>
  done(await account.http.post<Device>(`${account.path}/device`, { macAddress: uniqueMac(), deviceType: 'IP_PHONE', model: 'Yealink T46G', ...changes }))
const item = (device: Device) => `${account.path}/device/${device.id}`
const stateOf = async (device: Device) => done(await account.http.get<Device>(item(device))).status
const becomes = (device: Device, status: string) => eventually(status, CHANGES_WITHIN_MS, async () => ((await stateOf(device)) === status ? true : undefined))
const addLine = async (device: Device, changes: Readonly<Record<string, unknown>> = {}) =>
  done(await account.http.post<Line>(`${item(device)}/line`, { lineNumber: 1, userId: user.userId, ...changes }))

async function phoneOf(line: Line): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, await account.loginOf(line.id))
  phones.push(phone)
  return phone
}

describe('the life of a device', () => {
  it('S0-27 S0-28 S0-99 S0-100 S0-101 S0-102 S0-106 S0-108: CREATED, CONFIGURED by its line, REGISTERED and UNREGISTERED by its phone, and back', async () => {
    const macAddress = uniqueMac()
    const device = await create({ macAddress: macAddress.toUpperCase().replace(/..(?=.)/g, '$&:') })
    expect(device).toMatchObject({ macAddress, model: 'Yealink T46G', status: 'CREATED' })
    expect(await stateOf(device)).toBe('CREATED')
    const line = await addLine(device, { features: { callWaiting: true, voicemail: false }, codecs: ['PCMU', 'G722'] })
    expect(line).toMatchObject({ lineNumber: 1, macAddress, features: { callWaiting: true, voicemail: false }, codecs: ['PCMU', 'G722'] })
    await addLine(device, { lineNumber: 2 })
    expect(await stateOf(device)).toBe('CONFIGURED')
    const phone = await phoneOf(line)
    expect(statusOf(await phone.register())).toBe(200)
    await becomes(device, 'REGISTERED')
    await phone.unregister()
    await becomes(device, 'UNREGISTERED')
    await phone.register()
    await becomes(device, 'REGISTERED')
  })

  it('S0-102 S0-108: a phone that is silent until its registration expires leaves its device UNREGISTERED', async () => {
    const device = await create()
    const phone = await phoneOf(await addLine(device))
    expect(statusOf(await phone.register(60))).toBe(200)
    await becomes(device, 'REGISTERED')
    phone.close()
    phones.splice(0)
    // The shortest registration there is; its expiry is also what ends it.
    await eventually('UNREGISTERED', 70_000, async () => ((await stateOf(device)) === 'UNREGISTERED' ? true : undefined))
  }, 90_000)

  it('S0-103 S0-105 C-50 C-58: INACTIVE is dropped, cannot register, is not rung and cannot call, except for help; ACTIVE brings it back', async () => {
    const device = await create()
    const line = await addLine(device)
    const phone = await phoneOf(line)
    await phone.register()
    await becomes(device, 'REGISTERED')
    const other = await account.createUser(String(extension + 500))
    const caller = await ScriptedPhone.open(tenant.platform, await account.createLine(other.userId))
    phones.push(caller)
    expect(done(await account.http.put<Device>(item(device), { status: 'INACTIVE' })).status).toBe('INACTIVE')
    expect(await account.isRegistered(line.id)).toBe(false)
    expect(statusOf(await phone.register())).toBe(403)
    expect(await (await phone.call(FAR_AWAY)).finalStatus()).toBe(403)
    expect(await (await caller.call(user.extension)).finalStatus()).toBe(480)
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    expect(await help.hangUp()).toBe(200)
    expect(done(await account.http.put<Device>(item(device), { status: 'ACTIVE' })).status).toBe('UNREGISTERED')
    expect(statusOf(await phone.register())).toBe(200)
    await becomes(device, 'REGISTERED')
  })

  it('S0-104 S0-109: a device of a user is not deleted; after its line is gone it is, and its MAC can be used again', async () => {
    const macAddress = uniqueMac()
    const device = await create({ macAddress })
    const line = await addLine(device)
    const refused = await account.http.delete<ErrorBody>(item(device))
    expect([refused.status, refused.body.messages]).toEqual([409, ['DeviceAssignedToUser']])
    expect((await account.http.delete(`${account.path}/deviceline/${line.id}`)).status).toBe(204)
    expect(await stateOf(device)).toBe('CREATED')
    done(await account.http.delete(item(device)))
    expect((await account.http.get(item(device))).status).toBe(404)
    expect((await create({ macAddress })).status).toBe('CREATED')
  })

  it('S0-107: what is known about a device that never got so far: its last request for a configuration and its registration', async () => {
    const device = await create()
    const line = await addLine(device)
    const path = `${account.path}/deviceline/${line.id}`
    expect(done(await account.http.get(`${path}/provisioning`))).toBeNull()
    expect(done(await account.http.get(`${path}/provisioningstatus`))).toMatchObject({ success: false, failureMessage: expect.any(String) })
    expect(done(await account.http.get(`${path}/registrationstatus`))).toEqual({ registered: false })
  })

  it('S0-34: a step that does not fit is refused before the next: a line beyond the device, a user of somebody else, an unknown codec', async () => {
    const device = await create()
    const stranger = await (await tenant.createAccount()).createUser('4000')
    const attempts: readonly (readonly [Readonly<Record<string, unknown>>, number])[] = [
      [{ lineNumber: 99 }, 400],
      [{ userId: stranger.userId }, 404],
      [{ codecs: ['MP3'] }, 400],
      [{ lineType: 'PresenceBlfUser' }, 400],
    ]
    for (const [changes, status] of attempts) {
      const answer = await account.http.post(`${item(device)}/line`, { lineNumber: 1, userId: user.userId, ...changes })
      expect([changes, answer.status]).toEqual([changes, status])
    }
    expect(await stateOf(device)).toBe('CREATED')
  })
})

describe('what integrators are told', () => {
  interface Page {
    readonly events: readonly { readonly type: string; readonly accountId?: string; readonly data: Readonly<Record<string, unknown>> }[]
    readonly next: string
    readonly hasMore: boolean
  }

  it('the feed of the partition has device.registered and device.unregistered when the phone comes and goes', async () => {
    const device = await create()
    const line = await addLine(device)
    const phone = await phoneOf(line)
    await phone.register()
    await becomes(device, 'REGISTERED')
    await phone.unregister()
    await becomes(device, 'UNREGISTERED')
    const told = await eventually('both events', 10_000, async () => {
      const found: string[] = []
      for (let after = '0', more = true; more;) {
        const page = done(await tenant.http.get<Page>(`${tenant.path}/events?after=${after}&limit=1000`))
        found.push(...page.events.filter((event) => event.data['lineId'] === line.id).map((event) => event.type))
        after = page.next
        more = page.hasMore
      }
      return found.includes('device.unregistered') ? found : undefined
    })
    expect(told).toEqual(['device.registered', 'device.unregistered'])
  })
})

describe('the device inventory', () => {
  const inventory = (csv: string, action: string) => runJob(`${tenant.path}/deviceinventory/${action}`, csv)

  it('S0-98 S0-105: a MAC of the inventory is UNASSIGNED until an account has it, and again when its device is DELETED', async () => {
    const macAddress = uniqueMac()
    expect(await inventory(`MAC_ADDRESS,DEVICE_TYPE_ID\r\n${macAddress},YEALINKT46G\r\n`, 'import')).toMatchObject({ status: 'DONE', errors: [] })
    const stateInInventory = async () => {
      const file = (await tenant.http.get(`${tenant.path}/deviceinventory`)).text
      return file
        .split('\r\n')
        .find((row) => row.startsWith(macAddress))
        ?.split(',')[2]
    }
    expect(await stateInInventory()).toBe('UNASSIGNED')
    const device = await create({ macAddress })
    expect(await stateInInventory()).toBe('CREATED')
    await addLine(device, { userId: undefined })
    expect(await stateInInventory()).toBe('CONFIGURED')
    done(await account.http.put(item(device), { status: 'INACTIVE' }))
    expect(await stateInInventory()).toBe('INACTIVE')
    expect(await inventory(`MAC_ADDRESS\r\n${macAddress}\r\n`, 'delete')).toMatchObject({ errors: [{ error: 'DeviceInUse' }] })
    done(await account.http.delete(item(device)))
    expect(await stateInInventory()).toBe('UNASSIGNED')
    expect(await inventory(`MAC_ADDRESS\r\n${macAddress}\r\n`, 'delete')).toMatchObject({ status: 'DONE', errors: [] })
    expect(await stateInInventory()).toBeUndefined()
  })
})

/** Uploads a file, starts the job on it, and waits for its end. */
async function runJob(path: string, csv: string): Promise<{ readonly status: string; readonly errors: readonly unknown[] }> {
  const input = done(await tenant.http.post<{ url: string; key: string }>('/v2/job/input', {}))
  const put = await fetch(input.url, { method: 'PUT', body: csv, headers: { 'content-type': 'text/csv' } })
  expect(put.status).toBe(200)
  const started = await tenant.http.post<{ id: string }>(path, { key: input.key })
  expect(started.status).toBe(202)
  return eventually('the end of the job', 10_000, async () => {
    const job = done(await tenant.http.get<{ status: string; errors: readonly unknown[] }>(`/v2/job/${started.body.id}`))
    return job.status === 'DONE' || job.status === 'FAILED' ? job : undefined
  })
}

describe('shared lines', () => {
  it("C-45: another user's line on a phone rings with his own phones", async () => {
    const boss = await account.createUser(String(extension + 300))
    const device = await create({ model: 'VVX 450' })
    const shared = await addLine(device, { lineType: 'AdvancedSharedLine', referenceId: boss.userId })
    const phone = await phoneOf(shared)
    await phone.register()
    const other = await account.createUser(String(extension + 600))
    const caller = await ScriptedPhone.open(tenant.platform, await account.createLine(other.userId))
    phones.push(caller)
    const call = await caller.call(boss.extension)
    const ringing = await phone.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
  })
})

describe('swapping a device', () => {
  it('the new device has the lines; what the old one was told by us no longer logs in', async () => {
    const device = await create()
    const line = await addLine(device)
    const old = await phoneOf(line)
    await old.register()
    const macAddress = uniqueMac()
    const path = `${account.path}/deviceline/${line.id}`
    expect(done(await account.http.get(`${path}/swap/prevalidate?macaddress=${macAddress}`))).toBe(true)
    const swapped = done(await account.http.post<Line>(`${path}/swap`, { macAddress, deviceTypeId: 'YEALINKT46S', deviceName: 'New desk phone' }))
    expect(swapped).toMatchObject({ id: line.id, macAddress, deviceTypeId: 'YEALINKT46S', deviceName: 'New desk phone', sipUsername: line.sipUsername })
    expect(await account.isRegistered(line.id)).toBe(false)
    expect(statusOf(await old.register())).toBe(401)
    expect(statusOf(await (await phoneOf(line)).register())).toBe(200)
  })
})
