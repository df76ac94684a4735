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
    accountNumber: `D-${sequence}`,
    accountName: 'Devices',
    ...overrides,
  })
  const id = String(created.body['id'])
  const base = `/v2/partition/${platform.partitionId}/account/${id}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Doug', lastName: 'Field', extension: '4000' })
  expect(user.status, JSON.stringify(user.body)).toBe(200)
  return { id, base, userId: String(user.body['id']) }
}

beforeEach(async () => {
  account = await newAccount()
})

function mac(): string {
  sequence++
  return sequence.toString(16).padStart(12, 'a')
}

/** The request of the account guide, S1-97. */
function guideRequest(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    accountId: '{AccountId}',
    partitionId: '{PartitionID}',
    userId: account.userId,
    deviceName: 'Line',
    deviceId: 'SPA112',
    lineNumber: 1,
    macAddress: mac(),
    ...overrides,
  }
}

describe('adding a device line', () => {
  it('S1-97 S1-98: answers 201 with the fields of the guide, sipUsername = id, and no password', async () => {
    const request = guideRequest()
    const { status, body } = await platform.call('POST', `${account.base}/deviceline`, request)
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toEqual({
      id: body['id'],
      deviceTypeId: 'SPA112',
      accountId: account.id,
      partitionId: platform.partitionId,
      macAddress: request['macAddress'],
      deviceName: 'Line',
      emergencyNumber: '',
      faxEnabled: false,
      lineNumber: 1,
      userId: account.userId,
      sipUsername: body['id'],
      lineType: 'Line',
    })
    expect(body['id']).toMatch(/^[\w-]{22}$/)
  })

  it('S1-16: the user shows the line, the call plane rings it and knows its credentials', async () => {
    const line = (await platform.call('POST', `${account.base}/deviceline`, guideRequest({ sipUsername: 'line.one-1', sipPassword: 'a-long-secret' }))).body
    const user = (await platform.call('GET', `${account.base}/user/${account.userId}`)).body
    expect(user['devices']).toEqual([expect.objectContaining({ id: line['id'], sipUsername: 'line.one-1' })])
    expect(platform.plane.view.snapshotOf(account.id)?.users.get(account.userId)?.lineIds).toEqual([line['id']])
    // MD5 of "line.one-1:dialtone.local:a-long-secret", computed outside.
    expect(platform.plane.view.credentialsOf('line.one-1')?.ha1.MD5).toBe('5d7375e9e7bf28d2bd25ae9c8d094f7b')
  })

  it('C-52: the password is shown only by device provisioning, and is stored sealed', async () => {
    const line = (await platform.call('POST', `${account.base}/deviceline`, guideRequest({ sipPassword: 'only-once-shown' }))).body
    expect(JSON.stringify(line)).not.toContain('only-once-shown')
    const data = (await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceprovisioning/account/${account.id}/device/${String(line['id'])}`))
      .body
    expect(data).toMatchObject({
      deviceType: 'SPA112',
      lineCount: 1,
      lines: [{ sipPassword: 'only-once-shown', server: '192.0.2.1', serverPort: '5060', domain: 'dialtone.local' }],
    })
    const row = await platform.plane.context.database.sql
      .selectFrom('sip_credential')
      .select('sip_password_sealed')
      .where('owner_id', '=', String(line['id']))
      .executeTakeFirstOrThrow()
    expect(row.sip_password_sealed).not.toContain('only-once-shown')
  })

  it.each([
    ['S1-94 a malformed MAC address', { macAddress: 'xyz' }, 400, 'InvalidMacAddress'],
    ['a MAC address is missing', { macAddress: undefined }, 400, 'MacAddressRequired'],
    ['C-53 a line the device does not have', { lineNumber: 3 }, 400, 'InvalidLineNumber'],
    ['S1-93 an unknown device type', { deviceId: 'TOASTER' }, 404, 'EntityNotFound'],
    ['a user that does not exist', { userId: 'nobody' }, 404, 'EntityNotFound'],
    ['S1-95 a callback number that is not on the account', { emergencyNumber: '18015551212' }, 400, 'InvalidEmergencyNumber'],
    ['C-51 a SIP user name of seven characters', { sipUsername: 'short-1' }, 400, 'InvalidSipUsername'],
    ['a SIP password of seven characters', { sipPassword: 'short-1' }, 400, 'InvalidSipPassword'],
  ])('refuses %s', async (_case, overrides, status, code) => {
    const answer = await platform.call('POST', `${account.base}/deviceline`, guideRequest(overrides))
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
    expect((await platform.call('GET', `${account.base}/deviceline`)).list).toEqual([])
  })

  it('a user of another account is not found, and nothing is stored', async () => {
    const other = await newAccount()
    const answer = await platform.call('POST', `${account.base}/deviceline`, guideRequest({ userId: other.userId }))
    expect(answer.body).toMatchObject({ status: 404, data: { type: 'EndUser' } })
  })

  it('C-45: a second line goes onto the same device; the same line twice, another type and another account are refused', async () => {
    const macAddress = mac()
    const spelled = macAddress.replaceAll(/(..)(?=.)/g, '$1:').toUpperCase()
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest({ macAddress }))).status).toBe(201)
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest({ macAddress: spelled, lineNumber: 2 }))).body['macAddress']).toBe(
      macAddress,
    )
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest({ macAddress }))).body['errorCode']).toBe('DuplicateMACAddressLineNumber')
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest({ macAddress, deviceId: 'SPA122' }))).body['errorCode']).toBe(
      'InvalidDeviceTypeForMac',
    )
    const other = await newAccount()
    expect((await platform.call('POST', `${other.base}/deviceline`, { ...guideRequest({ macAddress }), userId: other.userId })).body['errorCode']).toBe(
      'DuplicateMACAddress',
    )
  })

  it('C-51: SIP user names are unique on the platform', async () => {
    const request = guideRequest({ sipUsername: 'the-only-one' })
    expect((await platform.call('POST', `${account.base}/deviceline`, request)).status).toBe(201)
    const other = await newAccount()
    const second = await platform.call('POST', `${other.base}/deviceline`, { ...guideRequest({ sipUsername: 'the-only-one' }), userId: other.userId })
    expect(second.body['errorCode']).toBe('SipUsernameInUse')
  })

  it.each(['VVX400', 'GENERIC_SIP', 'CCSoftphone', 'SSIP5000'])(
    'S1-19: the device of a SIMPLE account is an ATA: %s is refused and nothing stored',
    async (deviceTypeId) => {
      account = await newAccount({ accountType: 'SIMPLE' })
      const answer = await platform.call('POST', `${account.base}/deviceline`, guideRequest({ deviceId: undefined, deviceTypeId }))
      expect(answer.body).toMatchObject({ status: 400, errorCode: 'InvalidDeviceTypeForAccount', details: [{ field: 'deviceTypeId' }] })
      expect((await platform.call('GET', `${account.base}/deviceline`)).list).toEqual([])
    },
  )

  it.each(['SPA112', 'TM604G', 'GENERIC_ATA', 'SIP_2_Port_MTA'])('S1-19: an adapter fits a SIMPLE account: %s', async (deviceTypeId) => {
    account = await newAccount({ accountType: 'SIMPLE' })
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest({ deviceId: undefined, deviceTypeId }))).status).toBe(201)
  })

  it('C-22: a SIMPLE account has one device', async () => {
    account = await newAccount({ accountType: 'SIMPLE' })
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest())).status).toBe(201)
    expect((await platform.call('POST', `${account.base}/deviceline`, guideRequest())).body['errorCode']).toBe('AccountDeviceLimitReached')
  })
})

describe('a line afterwards', () => {
  it('S4-42: registrationstatus says what the switch says', async () => {
    const id = String((await platform.call('POST', `${account.base}/deviceline`, guideRequest())).body['id'])
    expect((await platform.call('GET', `${account.base}/deviceline/${id}/registrationstatus`)).body).toEqual({ registered: false })
    platform.registered.add(id)
    expect((await platform.call('GET', `${account.base}/deviceline/${id}/registrationstatus`)).body).toEqual({ registered: true })
  })

  it('a new password or a deletion ends the registration; the deleted line is gone for the call plane', async () => {
    const line = (await platform.call('POST', `${account.base}/deviceline`, guideRequest())).body
    const id = String(line['id'])
    platform.registered.add(id)
    expect((await platform.call('PATCH', `${account.base}/deviceline/${id}`, { deviceName: 'Lobby' })).body).toEqual({ ...line, deviceName: 'Lobby' })
    expect(platform.registered.has(id)).toBe(true)
    expect((await platform.call('PATCH', `${account.base}/deviceline/${id}`, { sipPassword: 'another-secret' })).status).toBe(200)
    expect(platform.registered.has(id)).toBe(false)
    platform.registered.add(id)
    expect((await platform.call('DELETE', `${account.base}/deviceline/${id}`)).status).toBe(204)
    expect(platform.registered.has(id)).toBe(false)
    expect(platform.plane.view.credentialsOf(id)).toBeUndefined()
    expect((await platform.call('GET', `${account.base}/deviceline/${id}`)).status).toBe(404)
  })

  it('the MAC address stays with the line: another one is refused', async () => {
    const id = String((await platform.call('POST', `${account.base}/deviceline`, guideRequest())).body['id'])
    expect((await platform.call('PATCH', `${account.base}/deviceline/${id}`, { macAddress: mac() })).body['errorCode']).toBe('InvalidMacAddress')
  })

  it('the type of the device stays with the line, in whatever word another one is named', async () => {
    const { body } = await platform.call('POST', `${account.base}/deviceline`, guideRequest())
    const patch = async (word: string, type: string) =>
      (await platform.call('PATCH', `${account.base}/deviceline/${String(body['id'])}`, { [word]: type })).status
    for (const word of ['deviceTypeId', 'deviceId', 'deviceType', 'model']) {
      expect([word, await patch(word, 'VVX400')]).toEqual([word, 400])
      expect([word, await patch(word, String(body['deviceTypeId']))]).toEqual([word, 200])
    }
  })
})
