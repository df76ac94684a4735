import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let account: { id: string; base: string; userId: string }
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(overrides: Record<string, unknown> = {}): Promise<typeof account> {
  sequence++
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, {
    accountNumber: `V-${sequence}`,
    accountName: 'Devices',
    ...overrides,
  })
  const id = String(created.body['id'])
  const base = `/v2/partition/${platform.partitionId}/account/${id}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Doug', lastName: 'Field', extension: '4000' })
  return { id, base, userId: String(user.body['id']) }
}

beforeEach(async () => {
  account = await newAccount()
})

function mac(): string {
  sequence++
  return sequence.toString(16).padStart(12, 'b')
}

const post = (path: string, body: unknown) => platform.call('POST', `${account.base}${path}`, body)
const device = async (changes: Record<string, unknown> = {}) =>
  (await post('/device', { macAddress: mac(), deviceType: 'IP_PHONE', model: 'Yealink T46G', ...changes })).body
const stateOf = async (id: unknown) => (await platform.call('GET', `${account.base}/device/${String(id)}`)).body['status']

/** A phone registered: what the registration store notes. */
async function register(lineId: string): Promise<void> {
  platform.registered.add(lineId)
  await platform.plane.context.database.sql.updateTable('sip_credential').set({ first_registered_at: new Date() }).where('owner_id', '=', lineId).execute()
}

describe('the life of a device', () => {
  it('S0-99 S0-105: a device without a line is CREATED: MAC recorded in any spelling, model identified', async () => {
    const created = await post('/device', { macAddress: '00:1A:2B:3C:4D:5E', deviceType: 'IP_PHONE', model: 'Yealink T46G', description: 'Reception' })
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(created.body).toMatchObject({
      macAddress: '001a2b3c4d5e',
      deviceTypeId: 'YEALINKT46G',
      model: 'Yealink T46G',
      status: 'CREATED',
      lines: [],
      accountId: account.id,
    })
    expect((await platform.call('DELETE', `${account.base}/device/${String(created.body['id'])}`)).status).toBe(200)
  })

  it('S0-100 … S0-102 S0-106 S0-108: CONFIGURED by its first line, REGISTERED and UNREGISTERED by its phone', async () => {
    const { id } = await device()
    const line = await post(`/device/${String(id)}/line`, { lineNumber: 2, features: { voicemail: true, callWaiting: false }, codecs: ['G.711u', 'opus'] })
    expect(line.status, JSON.stringify(line.body)).toBe(201)
    expect(line.body).toMatchObject({
      lineNumber: 2,
      sipUsername: line.body['id'],
      features: { voicemail: true, callWaiting: false },
      codecs: ['PCMU', 'opus'],
    })
    expect(await stateOf(id)).toBe('CONFIGURED')
    await register(String(line.body['id']))
    expect(await stateOf(id)).toBe('REGISTERED')
    platform.registered.delete(String(line.body['id']))
    expect(await stateOf(id)).toBe('UNREGISTERED')
  })

  it('S0-103 C-50: INACTIVE drops its phones and tells the call plane; ACTIVE brings it back', async () => {
    const { id } = await device()
    const line = (await post(`/device/${String(id)}/line`, { lineNumber: 1, userId: account.userId })).body
    await register(String(line['id']))
    const path = `${account.base}/device/${String(id)}`
    expect((await platform.call('PUT', path, { status: 'INACTIVE' })).body).toMatchObject({ status: 'INACTIVE', adminState: 'INACTIVE', registered: false })
    expect(platform.registered.has(String(line['id']))).toBe(false)
    const { view } = platform.plane
    expect(view.credentialsOf(String(line['sipUsername']))?.adminState).toBe('INACTIVE')
    expect(view.snapshotOf(account.id)?.lines.get(String(line['id']))?.adminState).toBe('INACTIVE')
    expect((await platform.call('PUT', path, { status: 'ACTIVE' })).body['status']).toBe('UNREGISTERED')
    expect(view.credentialsOf(String(line['sipUsername']))?.adminState).toBe('ACTIVE')
    expect((await platform.call('PUT', path, { status: 'DELETED' })).body).toMatchObject({ status: 400, errorCode: 'InvalidStatus' })
  })

  it('S0-109 C-49: a device that belongs to a user is not deleted; without its line it is, and the MAC is free (S0-104)', async () => {
    const macAddress = mac()
    const { id } = await device({ macAddress })
    const line = (await post(`/device/${String(id)}/line`, { lineNumber: 1, userId: account.userId })).body
    const refused = await platform.call('DELETE', `${account.base}/device/${String(id)}`)
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'DeviceAssignedToUser'])
    expect((await platform.call('DELETE', `${account.base}/deviceline/${String(line['id'])}`)).status).toBe(204)
    expect(await stateOf(id)).toBe('CREATED')
    expect((await platform.call('DELETE', `${account.base}/device/${String(id)}`)).status).toBe(200)
    account = await newAccount()
    expect((await post('/device', { macAddress, deviceType: 'IP_PHONE' })).status).toBe(201)
  })

  it('by its MAC a device is the list of its lines, and goes with them', async () => {
    const macAddress = mac()
    const { id } = await device({ macAddress })
    for (const lineNumber of [2, 1]) await post(`/device/${String(id)}/line`, { lineNumber, userId: account.userId })
    const list = await platform.call('GET', `${account.base}/device/${macAddress.toUpperCase()}`)
    expect(list.list.map((line) => line['lineNumber'])).toEqual([1, 2])
    expect((await platform.call('DELETE', `${account.base}/device/${macAddress}`)).status).toBe(200)
    expect((await platform.call('GET', `${account.base}/device/${String(id)}`)).status).toBe(404)
    expect((await platform.call('GET', `${account.base}/deviceline`)).list).toEqual([])
  })

  it.each([
    ['a malformed MAC', { macAddress: 'nonsense' }, 400, 'InvalidMacAddress'],
    ['no type at all', { deviceType: undefined, model: undefined }, 400, 'DeviceTypeRequired'],
    ['a phone without MAC', { macAddress: undefined }, 400, 'MacAddressRequired'],
  ])('refuses %s', async (_case, changes, status, code) => {
    const answer = await post('/device', { macAddress: mac(), deviceType: 'IP_PHONE', model: 'Yealink T46G', ...changes })
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
  })

  it('a MAC of another account is taken, and its device is not found from here', async () => {
    const macAddress = mac()
    const { id } = await device({ macAddress })
    account = await newAccount()
    expect((await post('/device', { macAddress, deviceType: 'IP_PHONE' })).body['errorCode']).toBe('DuplicateMACAddress')
    for (const name of [String(id), macAddress]) {
      expect((await platform.call('GET', `${account.base}/device/${name}`)).status).toBe(404)
      expect((await platform.call('PUT', `${account.base}/device/${name}`, { status: 'INACTIVE' })).status).toBe(404)
      expect((await platform.call('DELETE', `${account.base}/device/${name}`)).status).toBe(404)
      expect((await post(`/device/${name}/line`, { lineNumber: 1 })).status).toBe(404)
    }
  })

  it('of twenty requests for one MAC and of twenty for one place, one wins and the others hear why', async () => {
    const macAddress = mac()
    const devices = await Promise.all(Array.from({ length: 20 }, () => post('/device', { macAddress, deviceType: 'IP_PHONE' })))
    const created = devices.filter((each) => each.status === 201)
    expect(created).toHaveLength(1)
    expect(new Set(devices.filter((each) => each.status !== 201).map((each) => each.body['errorCode']))).toEqual(new Set(['DuplicateMACAddress']))
    const id = String(created[0]?.body['id'])
    const lines = await Promise.all(Array.from({ length: 20 }, () => post(`/device/${id}/line`, { lineNumber: 1 })))
    expect(lines.filter((each) => each.status === 201)).toHaveLength(1)
    expect(new Set(lines.filter((each) => each.status !== 201).map((each) => each.body['errorCode']))).toEqual(new Set(['DuplicateMACAddressLineNumber']))
  })

  it('a device that is deleted while lines are added: either the lines or the deletion, never an internal error', async () => {
    const { id } = await device()
    const answers = await Promise.all([
      platform.call('DELETE', `${account.base}/device/${String(id)}`),
      ...[1, 2, 3].map((lineNumber) => post(`/device/${String(id)}/line`, { lineNumber, userId: account.userId })),
    ])
    for (const answer of answers) expect(answer.status).toBeLessThan(500)
  })
})

describe('keys of a phone', () => {
  const key = (changes: Record<string, unknown>) =>
    post('/deviceline', { userId: account.userId, deviceName: 'Desk', deviceTypeId: 'VVX450', macAddress: 'b0b0b0000001', ...changes })

  it('watch and dial users; only lines register', async () => {
    const other = (await platform.call('POST', `${account.base}/user`, { firstName: 'Ann', lastName: 'Other', extension: '4001' })).body
    await key({ lineNumber: 1 })
    const watch = await key({ lineNumber: 2, lineType: 'PresenceBlfUser', referenceId: other['id'] })
    expect([watch.status, watch.body['sipUsername'], watch.body['referenceId']]).toEqual([201, undefined, other['id']])
    expect((await key({ lineNumber: 3, lineType: 'SpeedDialTn', referenceId: '18015551212' })).status).toBe(201)
    const referencing = await platform.call('GET', `${account.base}/deviceline?filterType=REFERENCED_USERID&filter=${String(other['id'])}`)
    expect(referencing.list.map((line) => line['lineNumber'])).toEqual([2])
    const refused = await platform.call('DELETE', `${account.base}/user/${String(other['id'])}`)
    expect(refused.body).toMatchObject({ status: 400, data: { usedBy: [expect.objectContaining({ role: 'reference' })] } })
    await platform.call('DELETE', `${account.base}/device/b0b0b0000001`)
  })

  it("a shared line rings with the other user's phones and calls as he", async () => {
    const other = (await platform.call('POST', `${account.base}/user`, { firstName: 'Ann', lastName: 'Other', extension: '4001' })).body
    const shared = (await key({ lineNumber: 1, lineType: 'AdvancedSharedLine', referenceId: other['id'] })).body
    const snapshot = platform.plane.view.snapshotOf(account.id)
    expect(snapshot?.users.get(String(other['id']))?.lineIds).toEqual([shared['id']])
    expect(snapshot?.users.get(account.userId)?.lineIds).toEqual([])
    expect(snapshot?.lines.get(String(shared['id']))?.userId).toBe(other['id'])
    await platform.call('DELETE', `${account.base}/device/b0b0b0000001`)
  })

  it.each([
    ['a line that refers to somebody', { lineType: 'Line', referenceId: 'x' }, 400, 'InvalidReferenceId'],
    ['a watched user that is not named', { lineType: 'PresenceBlfUser' }, 400, 'ReferenceIdRequired'],
    ['a watched user that does not exist', { lineType: 'PresenceBlfUser', referenceId: 'nobody' }, 404, 'EntityNotFound'],
    ['a parking spot that does not exist', { lineType: 'CallParkingSpot', referenceId: 'nowhere' }, 404, 'EntityNotFound'],
    ['a speed dial to words', { lineType: 'SpeedDialTn', referenceId: 'call mum' }, 400, 'InvalidReferenceId'],
    ['a key the adapter does not have', { deviceTypeId: 'SPA112', lineType: 'PresenceBlfUser', referenceId: 'x' }, 400, 'InvalidLineType'],
    ['a key behind the last', { lineNumber: 13 }, 400, 'InvalidLineNumber'],
  ])('refuses %s', async (_case, changes, status, code) => {
    const answer = await key({ lineNumber: 1, ...changes })
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
  })

  it('a key that becomes a line gets a login, a line that becomes a key loses it', async () => {
    const line = (await key({ lineNumber: 1 })).body
    const path = `${account.base}/deviceline/${String(line['id'])}`
    platform.registered.add(String(line['id']))
    const blf = await platform.call('PATCH', path, { lineType: 'PresenceBlfUser', referenceId: account.userId })
    expect(blf.body['sipUsername']).toBeUndefined()
    expect(platform.registered.has(String(line['id']))).toBe(false)
    expect(platform.plane.view.credentialsOf(String(line['sipUsername']))).toBeUndefined()
    expect((await platform.call('PATCH', path, { lineType: 'Line', referenceId: null })).body['sipUsername']).toBe(line['id'])
    await platform.call('DELETE', `${account.base}/device/b0b0b0000001`)
  })
})
