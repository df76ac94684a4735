import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findDevice, recordProvisioningRequest } from '../devices/index.ts'
import { systemScope } from '../access/index.ts'

let platform: TestControlPlane
let account: { id: string; base: string; userId: string }
let macAddress: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(): Promise<typeof account> {
  sequence++
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `SD-${sequence}`, accountName: 'Desk' })
  const id = String(created.body['id'])
  const base = `/v2/partition/${platform.partitionId}/account/${id}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Doug', lastName: 'Field', extension: '4000' })
  return { id, base, userId: String(user.body['id']) }
}

beforeEach(async () => {
  account = await newAccount()
  sequence++
  macAddress = sequence.toString(16).padStart(12, 'd')
})

const get = (path: string) => platform.call('GET', `${account.base}${path}`)
const post = (path: string, body?: unknown) => platform.call('POST', `${account.base}${path}`, body)
const line = async (changes: Record<string, unknown> = {}) =>
  (await post('/deviceline', { userId: account.userId, deviceName: 'Desk', deviceTypeId: 'VVX450', lineNumber: 1, macAddress, ...changes })).body

describe('metadata of a device', () => {
  it('side cars add keys behind those of the phone, and do not go while keys are on them', async () => {
    await line()
    const path = `${account.base}/device/${macAddress}/metadata`
    expect((await get(`/device/${macAddress}/metadata`)).body).toMatchObject({ macAddress, deviceTypeId: 'VVX450', numSideCars: 0, provisionerType: 'ALIANZA' })
    const blf = { lineNumber: 13, lineType: 'PresenceBlfUser', referenceId: account.userId }
    expect((await line(blf))['errorCode']).toBe('InvalidLineNumber')
    expect((await platform.call('PATCH', path, { numSideCars: 4, sideCarTypeId: 'VVXEM50' })).body['errorCode']).toBe('InvalidNumSideCars')
    expect((await platform.call('PATCH', path, { numSideCars: 1, sideCarTypeId: 'YEALINKEXP43' })).body['errorCode']).toBe('InvalidSideCarTypeId')
    expect((await platform.call('PATCH', path, { numSideCars: 1 })).body['errorCode']).toBe('SideCarTypeIdRequired')
    expect((await platform.call('PATCH', path, { numSideCars: '1', sideCarTypeId: 'VVXEM50' })).body).toMatchObject({
      numSideCars: 1,
      sideCarTypeId: 'VVXEM50',
    })
    expect((await line({ ...blf, lineType: 'Line', referenceId: undefined }))['errorCode']).toBe('InvalidLineType')
    expect((await line(blf))['lineNumber']).toBe(13)
    expect((await platform.call('PUT', path, { numSideCars: 0 })).body['errorCode']).toBe('SideCarInUse')
  })

  it('C-52: an admin password is made and shown once, later only to who may see SIP credentials; a key is never shown', async () => {
    await line()
    const made = await post(`/device/${macAddress}/metadata/generateadminpassword`)
    expect([made.status, made.body]).toEqual([201, expect.stringMatching(/^[\w]{16}$/)])
    expect((await get(`/device/${macAddress}/metadata`)).body['adminPassword']).toBe(made.body)
    const row = await platform.plane.context.database.sql.selectFrom('device').selectAll().where('mac_address', '=', macAddress).executeTakeFirstOrThrow()
    expect(row.admin_password_sealed).not.toContain(made.body)
    const history = await platform.plane.context.database.sql.selectFrom('account_history').selectAll().where('account_id', '=', account.id).execute()
    expect(JSON.stringify(history)).not.toContain(made.body)
    // A Polycom takes no key of its own, a Yealink does.
    expect((await post(`/device/${macAddress}/metadata/resetencryptionkey`)).body['errorCode']).toBe('EncryptionKeyNotSupported')
    const yealink = `e${macAddress.slice(1)}`
    await line({ macAddress: yealink, deviceTypeId: 'YEALINKT46S' })
    expect((await post(`/device/${yealink}/metadata/resetencryptionkey`)).status).toBe(201)
  })
})

describe('what the support desk asks', () => {
  it('S0-107: the last request for a configuration, null before the first', async () => {
    const created = await line()
    const lineId = String(created['id'])
    expect((await get(`/device/${macAddress}/provisioning`)).body).toBeNull()
    const { context } = platform.plane
    const device = await findDevice(context.database.sql, systemScope(platform.partitionId, account.id), macAddress)
    if (device === undefined) throw new Error('no device')
    const now = new Date(platform.time.nowMs())
    await recordProvisioningRequest(context.database.sql, device, { httpStatus: 404, ipAddress: '192.0.2.9', userAgent: 'old' }, new Date(now.getTime() - 1000))
    await recordProvisioningRequest(context.database.sql, device, { httpStatus: 200, ipAddress: '192.0.2.9', userAgent: 'VVX 450' }, now)
    for (const path of [`/device/${macAddress}/provisioning`, `/deviceline/${lineId}/provisioning`])
      expect((await get(path)).body).toMatchObject({ httpStatus: 200, userAgent: 'VVX 450', requestDate: now.toISOString(), deviceId: device.id })
    expect((await get(`/deviceline/${lineId}/provisioningstatus`)).body).toMatchObject({ success: true, macAddress, updated: now.toISOString() })
  })

  it('validateproperties: free, taken, beyond the device, of somebody else, of nobody', async () => {
    await line()
    const ask = (lineno: number | string, mac = macAddress) => get(`/device/${mac}/validateproperties?lineno=${lineno}`)
    expect(await ask(2)).toMatchObject({ status: 200, body: true })
    expect((await ask(1)).body['errorCode']).toBe('DuplicateMACAddressLineNumber')
    expect((await ask(13)).body['errorCode']).toBe('InvalidLineNumber')
    expect((await ask(1, 'd00000000000')).body).toBe(true)
    account = await newAccount()
    expect((await ask(2)).body['errorCode']).toBe('DuplicateMACAddress')
  })

  it('the device graph names the owner of a MAC and the numbers that ring it; a stranger finds nothing', async () => {
    const created = await line()
    const graph = await platform.call('GET', `/v2/ces/deviceGraph/${macAddress}?limited=true`)
    expect(graph.body).toMatchObject({
      accountId: account.id,
      partitionId: platform.partitionId,
      macAddress,
      userId: account.userId,
      sipUsername: created['sipUsername'],
      telephoneNumbers: [],
    })
    expect((await platform.call('GET', `/v2/ces/deviceGraph/${macAddress}`)).body['tnas']).toEqual([])
    expect((await platform.call('GET', '/v2/ces/deviceGraph/d00000000000')).status).toBe(404)
  })

  it('deviceprovisioning by MAC shows every line of the device with its login', async () => {
    await line()
    await line({ lineNumber: 2 })
    const data = await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceprovisioning/${macAddress.toUpperCase()}`)
    expect(data.body).toMatchObject({ macAddress, deviceType: 'VVX450', lineCount: 2, dialPlan: expect.any(String) })
    expect((data.body['lines'] as Record<string, unknown>[]).map((each) => typeof each['sipPassword'])).toEqual(['string', 'string'])
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceprovisioning/d00000000000`)).status).toBe(404)
  })
})

describe('the old spelling under the user', () => {
  it('creates, lists, reads, changes and removes the same lines, and only those of the user', async () => {
    const base = `/user/${account.userId}/device`
    const created = await post(base, { deviceName: 'Desk', deviceTypeId: 'VVX450', lineNumber: 1, macAddress, userId: 'somebody else' })
    expect([created.status, created.body['userId']]).toEqual([201, account.userId])
    const item = `${base}/${String(created.body['id'])}`
    expect((await get(base)).list).toEqual([created.body])
    expect((await get(item)).body).toEqual(created.body)
    expect((await get(`${item}/registrationstatus`)).body).toEqual({ registered: false })
    expect((await get(`${item}/provisioningstatus`)).body['success']).toBe(false)
    expect((await get(`${base}/validateproperties?lineno=2&macaddress=${macAddress}`)).body).toBe(true)
    expect((await platform.call('PATCH', `${account.base}${item}`, { deviceName: 'New name' })).body['deviceName']).toBe('New name')
    expect((await platform.call('PUT', `${account.base}${item}`, { ...created.body, deviceName: 'Newer' })).body['deviceName']).toBe('Newer')
    const other = (await platform.call('POST', `${account.base}/user`, { firstName: 'Ann', lastName: 'Other', extension: '4001' })).body
    const foreign = `/user/${String(other['id'])}/device/${String(created.body['id'])}`
    expect((await get(foreign)).status).toBe(404)
    expect((await platform.call('PATCH', `${account.base}${foreign}`, { deviceName: 'x' })).status).toBe(404)
    expect((await platform.call('DELETE', `${account.base}${foreign}`)).status).toBe(404)
    const swapped = await post(`${item}/swap`, { macAddress: `f${macAddress.slice(1)}`, deviceTypeId: 'VVX411', deviceName: 'Swapped' })
    expect(swapped.body).toMatchObject({ id: created.body['id'], deviceTypeId: 'VVX411', deviceName: 'Swapped' })
    expect((await platform.call('DELETE', `${account.base}${item}`)).status).toBe(200)
    expect((await get(base)).list).toEqual([])
  })
})

describe('swapping a device', () => {
  const swap = async (id: unknown, changes: Record<string, unknown> = {}) =>
    post(`/deviceline/${String(id)}/swap`, { macAddress: `f${macAddress.slice(1)}`, deviceTypeId: 'VVX411', deviceName: 'New', ...changes })

  it('moves all lines, drops the old phone and changes the passwords it was given', async () => {
    const first = await line()
    const second = await line({ lineNumber: 2 })
    const before = platform.plane.view.credentialsOf(String(first['sipUsername']))?.ha1.MD5
    for (const each of [first, second]) platform.registered.add(String(each['id']))
    expect((await swap(first['id'])).status).toBe(200)
    expect((await get(`/device/f${macAddress.slice(1)}`)).list.map((each) => each['id'])).toEqual([first['id'], second['id']])
    expect((await get(`/device/${macAddress}`)).status).toBe(404)
    for (const each of [first, second]) expect(platform.registered.has(String(each['id']))).toBe(false)
    expect(platform.plane.view.credentialsOf(String(first['sipUsername']))?.ha1.MD5).not.toBe(before)
  })

  it.each([
    ['a device with fewer lines', { deviceTypeId: 'VVX101' }, 'InvalidLineNumber'],
    ['an adapter in place of a phone', { deviceTypeId: 'HT818' }, 'InvalidDeviceTypeForSwap'],
    ['an unknown type', { deviceTypeId: 'TOASTER' }, 'EntityNotFound'],
    ['a malformed MAC', { macAddress: 'x' }, 'InvalidMacAddress'],
  ])('refuses %s', async (_case, changes, code) => {
    const created = await line({ lineNumber: 2 })
    expect((await swap(created['id'], changes)).body['errorCode']).toBe(code)
  })

  it('refuses a device with side cars, and a MAC that is in use', async () => {
    const created = await line()
    const taken = `c${macAddress.slice(1)}`
    await line({ macAddress: taken })
    expect((await swap(created['id'], { macAddress: taken })).body['errorCode']).toBe('DuplicateMACAddress')
    expect((await get(`/deviceline/${String(created['id'])}/swap/prevalidate?macaddress=${taken}`)).body['errorCode']).toBe('DuplicateMACAddress')
    await platform.call('PATCH', `${account.base}/device/${macAddress}/metadata`, { numSideCars: 1, sideCarTypeId: 'VVXEM50' })
    expect((await swap(created['id'])).body['errorCode']).toBe('DeviceHasSideCars')
  })
})

describe('the lines of a device as a file', () => {
  const upload = async (csv: string) => {
    const boundary = 'a-boundary'
    const payload = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="lines.csv"\r\nContent-Type: text/csv\r\n\r\n${csv}\r\n--${boundary}--\r\n`
    const headers = { 'x-auth-token': platform.token, 'content-type': `multipart/form-data; boundary=${boundary}` }
    const reply = await platform.plane.http.inject({ method: 'POST', url: `${account.base}/device/${macAddress}`, headers, payload })
    return { status: reply.statusCode, body: JSON.parse(reply.body) as unknown }
  }
  const download = async () =>
    (await platform.plane.http.inject({ method: 'GET', url: `${account.base}/device/${macAddress}/csv`, headers: { 'x-auth-token': platform.token } })).body

  it('sets keys, users by their extension, and comes out as it went in', async () => {
    await line()
    const imported = await upload('LINE_NUMBER,LINE_TYPE,REFERENCE,REFERENCE_NAME\r\n2,PresenceBlfUser,4000,\r\n3,SpeedDialTn,18015551212,\r\n')
    expect(imported, JSON.stringify(imported)).toEqual({ status: 201, body: [] })
    const file = await download()
    expect(file).toBe(
      `LINE_NUMBER,LINE_TYPE,REFERENCE,REFERENCE_NAME\r\n1,Line,,\r\n2,PresenceBlfUser,${account.userId},Doug Field\r\n3,SpeedDialTn,18015551212,\r\n`,
    )
    expect(await upload(file)).toEqual({ status: 201, body: [] })
    expect(await download()).toBe(file)
  })

  it('names the lines it refuses, and then nothing has changed', async () => {
    await line()
    const before = await download()
    const refused = await upload(
      'LINE_NUMBER,LINE_TYPE,REFERENCE\r\n2,SpeedDialTn,18015551212\r\n0,Line,\r\n3,Toaster,\r\n4,PresenceBlfUser,nobody\r\n99,Line,\r\n',
    )
    expect(refused.status).toBe(400)
    expect(refused.body).toEqual([
      expect.objectContaining({ lineNumber: 3, column: 'LINE_NUMBER', error: 'InvalidLineNumber' }),
      expect.objectContaining({ lineNumber: 4, column: 'LINE_TYPE', error: 'InvalidLineType' }),
      expect.objectContaining({ lineNumber: 5, column: 'REFERENCE', error: 'EntityNotFound' }),
      expect.objectContaining({ lineNumber: 6, column: 'LINE_NUMBER', error: 'InvalidLineNumber' }),
    ])
    expect(await download()).toBe(before)
    expect((await upload('A,B\r\n1,2\r\n')).status).toBe(400)
  })

  it('a MAC that is not on the account is not found', async () => {
    expect((await upload('LINE_NUMBER,LINE_TYPE\r\n1,Line\r\n')).status).toBe(404)
  })
})

describe('older spellings under the account', () => {
  it('show the lines, the device by its MAC in any spelling, and nothing of another account', async () => {
    const made = await line()
    expect((await get('/devices')).list.map((row) => row['id'])).toEqual([made['id']])
    const spelled = macAddress.toUpperCase().replaceAll(/(..)(?=.)/g, '$1-')
    expect((await get(`/macaddress/${spelled}`)).body).toMatchObject({
      referenceType: 'USER',
      macAddress,
      deviceType: { id: 'VVX450' },
      numSideCars: 0,
      devices: [{ id: made['id'] }],
    })
    expect((await get('/macaddress/nonsense')).body['errorCode']).toBe('InvalidMacAddress')
    const other = await newAccount()
    expect((await platform.call('GET', `${other.base}/macaddress/${macAddress}`)).status).toBe(404)
    expect((await platform.call('GET', `${other.base}/macaddress/${macAddress}/inventory`)).list).toEqual([])
  })
})
