import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let accountId: string
let callerId: string
let planId: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const products = await platform.call('GET', `/v2/partition/${platform.partitionId}/callingplanproduct`)
  planId = String(products.list[0]?.['id'])
})
afterAll(() => platform.stop())

/** An account with one number: rows of the inventory are not this test's subject. */
async function newAccount(): Promise<void> {
  sequence++
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `SPL-${sequence}`, accountName: 'Elevators' })
  accountId = String(created.body['id'])
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
  callerId = await addNumber()
}

const addNumber = (): Promise<string> => addNumberTo(platform, accountId, ++sequence)

beforeEach(newAccount)

function mac(): string {
  sequence++
  return sequence.toString(16).padStart(12, 'c')
}

/** The request of the guide, S4-23. */
const guideRequest = (changes: Record<string, unknown> = {}) => ({
  callerId,
  callingPlanIds: [planId],
  e911CallbackNumber: callerId,
  name: 'Intercom 4',
  macAddress: mac().toUpperCase(),
  portNumber: 5,
  deviceType: 'SIP_8_Port_MTA',
  ...changes,
})
const plain = (changes: Record<string, unknown> = {}) => guideRequest({ macAddress: undefined, portNumber: undefined, deviceType: undefined, ...changes })
const create = (body: Record<string, unknown> = guideRequest()) => platform.call('POST', `${base}/specialty-line`, body)

describe('POST specialty-line', () => {
  it('S4-13 S4-20 S4-22 S4-23 S4-24: line, device and login come into being in one call, answered as in the guide', async () => {
    const request = guideRequest()
    const { status, body } = await create(request)
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toEqual({
      id: body['id'],
      accountId,
      partitionId: platform.partitionId,
      name: 'Intercom 4',
      linkedPhoneNumbers: null,
      callerId,
      e911CallbackNumber: callerId,
      callingPlanIds: [planId],
      deviceType: 'SIP_8_Port_MTA',
      deviceId: body['id'],
      macAddress: request.macAddress.toLowerCase(),
      portNumber: 5,
      sipUsername: expect.stringMatching(/^[a-z2-9]{14}$/),
      sipPassword: expect.stringMatching(/^.{16,}$/),
    })
    expect(body['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    expect((await platform.call('GET', `${base}/specialty-line/${String(body['id'])}`)).body).toEqual(body)
    expect((await platform.call('GET', `${base}/specialty-line`)).list).toEqual([body])
  })

  it('the call plane knows its login, its caller ID and whom help calls back', async () => {
    const other = await addNumber()
    const { body } = await create(guideRequest({ e911CallbackNumber: other, sipUsername: 'elevator-1', sipPassword: 'a-long-secret' }))
    const { view } = platform.plane
    expect(view.credentialsOf('elevator-1')).toMatchObject({ lineId: body['id'], accountId, adminState: 'ACTIVE' })
    expect(view.snapshotOf(accountId)?.lines.get(String(body['id']))).toMatchObject({
      userId: undefined,
      emergencyNumber: other,
      callerId: { number: callerId, name: 'Intercom 4', visible: true },
    })
    expect((await platform.call('DELETE', `${base}/specialty-line/${String(body['id'])}`)).status).toBe(204)
    expect(view.credentialsOf('elevator-1')).toBeUndefined()
  })

  it.each([
    ['S4-15 no name', { name: undefined }, 400, 'NameRequired'],
    ['S4-16 no caller ID', { callerId: undefined }, 400, 'CallerIdRequired'],
    ['S4-16 a caller ID that is not on the account', { callerId: '18015551212' }, 400, 'InvalidCallerId'],
    ['S4-17 no callback number', { e911CallbackNumber: undefined }, 400, 'E911CallbackNumberRequired'],
    ['S4-17 a callback number of nobody', { e911CallbackNumber: '18015551212' }, 400, 'InvalidE911CallbackNumber'],
    ['S4-18 no plans', { callingPlanIds: undefined }, 400, 'CallingPlanIdsRequired'],
    ['S4-18 an empty list of plans', { callingPlanIds: [] }, 400, 'InvalidCallingPlanIds'],
    ['S4-18 a plan nobody sells', { callingPlanIds: ['nothing'] }, 404, 'EntityNotFound'],
    ['S4-19 an unknown device type', { deviceType: 'TOASTER' }, 404, 'EntityNotFound'],
    ['S4-19 a device without analogue ports', { deviceType: 'VVX450' }, 400, 'InvalidDeviceType'],
    ['S4-20 a malformed MAC address', { macAddress: 'x' }, 400, 'InvalidMacAddress'],
    ['S4-21 port 0', { portNumber: 0 }, 400, 'InvalidPortNumber'],
    ['S4-21 a port the device does not have', { portNumber: 9 }, 400, 'InvalidLineNumber'],
    ['S4-22 a username of seven characters', { sipUsername: 'short-1' }, 400, 'InvalidSipUsername'],
  ])('refuses %s, and stores nothing', async (_case, changes, status, code) => {
    const answer = await create(guideRequest(changes))
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
    expect(answer.body).toMatchObject({ message: expect.any(String), traceId: expect.any(String) })
    expect((await platform.call('GET', `${base}/specialty-line`)).list).toEqual([])
    expect((await platform.call('GET', `${base}/device`)).list).toEqual([])
  })

  it('409 for a port that is taken and for a MAC of another account; the next port of the device is free', async () => {
    const macAddress = mac()
    expect((await create(guideRequest({ macAddress }))).status).toBe(201)
    const taken = await create(guideRequest({ macAddress }))
    expect([taken.status, taken.body['errorCode']]).toEqual([409, 'DuplicateMACAddressLineNumber'])
    expect((await create(guideRequest({ macAddress, portNumber: 6 }))).status).toBe(201)
    await newAccount()
    const foreign = await create(guideRequest({ macAddress, portNumber: 7 }))
    expect([foreign.status, foreign.body['errorCode']]).toEqual([409, 'DuplicateMACAddress'])
  })

  it('of ten lines that want one port at once, one gets it', async () => {
    const macAddress = mac()
    const all = await Promise.all(Array.from({ length: 10 }, () => create(guideRequest({ macAddress }))))
    expect(all.map((each) => each.status).toSorted((one, other) => one - other)).toEqual([201, ...Array.from({ length: 9 }, () => 409)])
    expect((await platform.call('GET', `${base}/specialty-line`)).list).toHaveLength(1)
  })

  it('S4-29 C-51: the RPC says true for a free username in every form of the guide, false for a taken one of any kind', async () => {
    const ask = (username: string) => platform.call('POST', '/v2/rpc/specialty-line/validate-sip-username', { username })
    expect(await ask('enduser@email.com')).toMatchObject({ status: 200, body: true })
    expect((await create(plain({ sipUsername: 'enduser@email.com' }))).status).toBe(201)
    expect(await ask('enduser@email.com')).toMatchObject({ status: 200, body: false })
    expect((await ask('a b c d e')).status).toBe(400)
    expect((await create(plain({ sipUsername: 'enduser@email.com' }))).body['errorCode']).toBe('SipUsernameInUse')
  })
})

describe('a specialty line afterwards', () => {
  it('S4-32 S4-33: a replace with everything it showed changes nothing; one field changes one field', async () => {
    const created = (await create()).body
    const path = `${base}/specialty-line/${String(created['id'])}`
    expect((await platform.call('PUT', path, created)).body).toEqual(created)
    const renamed = await platform.call('PUT', path, { ...created, name: 'Intercom 5' })
    expect(renamed.body).toEqual({ ...created, name: 'Intercom 5' })
    const moved = await platform.call('PUT', path, { ...created, portNumber: 2 })
    expect(moved.body).toEqual({ ...created, portNumber: 2 })
    expect((await create(guideRequest({ macAddress: created['macAddress'] }))).status).toBe(201)
  })

  it('a replace leaves the device what it is: out of service it stays out of service; without its port fields the line leaves it', async () => {
    const created = (await create()).body
    const id = String(created['id'])
    const device = async () => (await platform.call('GET', `${base}/device`)).list[0]
    const before = await device()
    await platform.call('PUT', `${base}/device/${String(before?.['id'])}`, { status: 'INACTIVE' })
    expect((await platform.call('PUT', `${base}/specialty-line/${id}`, { ...created, portNumber: 3 })).status).toBe(200)
    expect(await device()).toMatchObject({ id: before?.['id'], status: 'INACTIVE', lines: [{ id, lineNumber: 3 }] })
    expect(platform.plane.view.snapshotOf(accountId)?.lines.get(id)?.adminState).toBe('INACTIVE')
    const other = mac()
    expect((await platform.call('PUT', `${base}/specialty-line/${id}`, { ...created, macAddress: other })).body['macAddress']).toBe(other)
    expect((await platform.call('GET', `${base}/device`)).list.map((each) => each['macAddress'])).toEqual([other])
    const { macAddress: _mac, portNumber: _port, deviceType: _type, ...rest } = created
    expect((await platform.call('PUT', `${base}/specialty-line/${id}`, rest)).body['macAddress']).toBeUndefined()
    expect((await platform.call('GET', `${base}/device`)).list).toEqual([])
  })

  it('the phone is dropped when the login changes, and only then; plans that stay keep their minutes', async () => {
    const created = (await create()).body
    const id = String(created['id'])
    platform.registered.add(id)
    await platform.call('PUT', `${base}/specialty-line/${id}`, { ...created, name: 'Same login' })
    expect(platform.registered.has(id)).toBe(true)
    await platform.call('PUT', `${base}/specialty-line/${id}`, { ...created, sipPassword: 'another-password' })
    expect(platform.registered.has(id)).toBe(false)
    const plans = await platform.plane.context.database.sql.selectFrom('calling_plan').selectAll().where('reference_id', '=', id).execute()
    expect(plans).toHaveLength(1)
  })

  it('S4-34: linkedPhoneNumbers follows the numbers that ring it, whatever a replace says; a line that is rung is not removed', async () => {
    const created = (await create()).body
    const path = `${base}/specialty-line/${String(created['id'])}`
    const linked = await platform.call('PATCH', `${base}/telephonenumber/${callerId}`, { referenceType: 'SPECIALTY_LINE', referenceId: created['id'] })
    expect(linked.status, JSON.stringify(linked.body)).toBe(200)
    expect((await platform.call('PUT', path, { ...created, linkedPhoneNumbers: ['19995550100'] })).body['linkedPhoneNumbers']).toEqual([callerId])
    const refused = await platform.call('DELETE', path)
    expect(refused.body).toMatchObject({ status: 400, errorCode: 'SpecialtyLineInUse', data: { usedBy: [expect.objectContaining({ id: callerId })] } })
    await platform.call('PATCH', `${base}/telephonenumber/${callerId}`, { referenceType: null, referenceId: null })
    expect((await platform.call('DELETE', path)).status).toBe(204)
    expect((await platform.call('GET', path)).status).toBe(404)
  })

  it('S4-41 S4-42: its registration status is asked by its deviceId at the device lines', async () => {
    const created = (await create(plain())).body
    const status = () => platform.call('GET', `${base}/deviceline/${String(created['deviceId'])}/registrationstatus`)
    expect((await status()).body).toEqual({ registered: false })
    platform.registered.add(String(created['id']))
    expect((await status()).body).toEqual({ registered: true })
  })

  it('the caller ID cannot leave the account while the line shows it', async () => {
    const created = (await create()).body
    const refused = await platform.call('DELETE', `${base}/telephonenumber/${callerId}`)
    expect(refused.status).toBe(400)
    expect(refused.body['data']).toMatchObject({ usedBy: expect.arrayContaining([expect.objectContaining({ type: 'SPECIALTY_LINE', id: created['id'] })]) })
  })

  it('another account neither reads, changes nor removes it', async () => {
    const created = (await create()).body
    await newAccount()
    const path = `${base}/specialty-line/${String(created['id'])}`
    for (const answer of [await platform.call('GET', path), await platform.call('PUT', path, plain()), await platform.call('DELETE', path)])
      expect([answer.status, answer.body['errorCode']]).toEqual([404, 'EntityNotFound'])
    expect((await platform.call('GET', `${base}/deviceline/${String(created['id'])}/registrationstatus`)).status).toBe(404)
  })
})
