import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory, sandboxInventory } from '../telephone-numbers/index.ts'

let platform: TestControlPlane
let partition: string
let account: { id: string; base: string; userId: string }
let sequence = 0
const ADDRESS = { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905', location: 'Suite 200' }

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const now = new Date(platform.time.nowMs())
  await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'sandbox', now, numbers: sandboxInventory() })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})

async function newAccount() {
  sequence++
  const id = String((await platform.call('POST', `${partition}/account`, { accountNumber: `A-${sequence}`, accountName: 'Acme Corporation' })).body['id'])
  const base = `${partition}/account/${id}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Tel', lastName: 'Ephone', extension: '4000' })
  return { id, base, userId: String(user.body['id']) }
}

async function ordered(): Promise<string> {
  const { body } = await platform.call('GET', `${partition}/telephone-number/search?npa=607&quantity=1`)
  const number = String((body['telephoneNumbers'] as readonly Record<string, unknown>[])[0]?.['telephoneNumber'])
  const made = await platform.call('POST', `${partition}/telephone-number/order`, { telephoneNumbers: [number], accountId: account.id })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return number
}

const assign = (path: string, telephoneNumber: string, more: object = {}) =>
  platform.call('PUT', `${account.base}/${path}/telephone-number`, { telephoneNumber, ...more })
const detail = async (number: string) => (await platform.call('GET', `${partition}/telephone-number/${number}`)).body

describe('assigning', () => {
  it('S2-29 S2-30 S0-40: to a user as the number he shows, with the place help is sent to; the call plane routes by it', async () => {
    const number = await ordered()
    const { status, body } = await assign(`user/${account.userId}`, number, { primary: true, e911Address: ADDRESS })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      telephoneNumber: number,
      assignedTo: account.userId,
      assignmentType: 'END_USER',
      primary: true,
      status: 'ACTIVE',
      e911Registered: true,
      e911: { registered: true, address: ADDRESS },
    })
    const snapshot = platform.plane.view.snapshotOf(account.id)
    expect(snapshot?.users.get(account.userId)?.callerIdNumber).toBe(number.slice(1))
    expect(snapshot?.numbers.get(number.slice(1))).toMatchObject({ referenceId: account.userId, emergencyAddress: { unit: 'SUITE 200' } })
    expect((await platform.call('GET', `${account.base}/telephone-number`)).list).toMatchObject([{ telephoneNumber: number, primary: true }])
  })

  it('S2-30: one number of a user is primary', async () => {
    const [one, two] = [await ordered(), await ordered()]
    await assign(`user/${account.userId}`, one, { primary: true })
    await assign(`user/${account.userId}`, two, { primary: true })
    const listed = (await platform.call('GET', `${account.base}/telephone-number`)).list
    expect(Object.fromEntries(listed.map((each) => [each['telephoneNumber'], each['primary']]))).toEqual({ [one]: false, [two]: true })
  })

  it('S2-31: to a line of a device, named by its id or its MAC address', async () => {
    const line = await platform.call('POST', `${account.base}/deviceline`, { userId: account.userId, deviceId: 'SPA112', lineNumber: 1, macAddress: `0200000000${10 + sequence}` }) // prettier-ignore
    expect(line.status, JSON.stringify(line.body)).toBe(201)
    const number = await ordered()
    const mac = String(line.body['macAddress'])
    const path = `device/${mac.toUpperCase().match(/../g)?.join(':')}/line/1`
    expect((await assign(path, number)).body).toMatchObject({ assignmentType: 'LINE_APPEARANCE', assignedTo: line.body['id'] })
    expect((await assign(`device/${mac}/line/2`, number)).status).toBe(404)
    expect((await assign('device/nobody/line/1', number)).status).toBe(404)
    expect((await platform.call('DELETE', `${account.base}/${path}/telephone-number`)).status).toBe(204)
  })

  it('S2-32 S2-41: to every kind of service by its own path, each proven inside the account', async () => {
    const number = await ordered()
    const kinds = ['ivr', 'auto-attendant', 'hunt-group', 'call-queue', 'call-group', 'business-line', 'business-line-hunt-group', 'specialty-line', 'siptrunk_2', 'siptrunkgroup', 'vfax'] // prettier-ignore
    for (const kind of kinds) expect([kind, (await assign(`${kind}/nobody`, number)).status]).toEqual([kind, 404])
    const group = await platform.call('POST', `${account.base}/group`, { name: 'Front desk', type: 'USER', subType: 'ANY_USER', memberIds: [account.userId] })
    expect(group.status, JSON.stringify(group.body)).toBe(201)
    const groupId = String(group.body['id'])
    expect((await assign(`call-group/${groupId}`, number)).body).toMatchObject({ assignmentType: 'CALL_GROUP', assignedTo: groupId })
    expect((await assign(`ivr/${groupId}`, number)).status).toBe(404)
    const inUse = await platform.call('DELETE', `${account.base}/group/${groupId}`)
    expect(inUse.body).toMatchObject({
      errorCode: 'CallGroupInUse',
      data: { usedBy: [{ type: 'TELEPHONE_NUMBER', id: number.slice(1), role: 'destination' }] },
    })
  })

  it.each([
    ['no number', {}, 400, 'TelephoneNumberRequired'],
    ['a number of nine digits', { telephoneNumber: '607123456' }, 400, 'InvalidTelephoneNumber'],
    ['a number that is not on the account', { telephoneNumber: '+16071234567' }, 404, 'EntityNotFound'],
    ['an address without a street', { e911Address: { city: 'Binghamton', state: 'NY' } }, 400, 'StreetNumberRequired'],
    ['a state nobody knows', { e911Address: { ...ADDRESS, state: 'Atlantis' } }, 400, 'InvalidState'],
  ])('refuses %s and changes nothing', async (_case, body, status, code) => {
    const number = await ordered()
    const given = Object.hasOwn(body, 'e911Address') ? { telephoneNumber: number, ...body } : body
    const answer = await platform.call('PUT', `${account.base}/user/${account.userId}/telephone-number`, given)
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
    expect(await detail(number)).not.toHaveProperty('assignedTo')
  })

  it('a user of another account is nobody here, and a number of another account is not to be had', async () => {
    const other = await newAccount()
    const number = await ordered()
    expect((await assign(`user/${other.userId}`, number)).body).toMatchObject({ status: 404, data: { type: 'EndUser', id: other.userId } })
    const stolen = await platform.call('PUT', `${other.base}/user/${other.userId}/telephone-number`, { telephoneNumber: number })
    expect(stolen.body).toMatchObject({ status: 404, data: { type: 'TelephoneNumber' } })
  })
})

describe('taking away', () => {
  it('S0-41 S2-39 C-31: by the number, or without it when there is only one; the number stays on the account', async () => {
    const number = await ordered()
    const path = `${account.base}/user/${account.userId}/telephone-number`
    expect((await platform.call('DELETE', path)).status).toBe(404)
    await assign(`user/${account.userId}`, number, { primary: true })
    expect((await platform.call('DELETE', `${path}/${number}`)).status).toBe(204)
    expect(await detail(number)).toMatchObject({ lifecycleState: 'DISCONNECTED', primary: false })
    expect((await platform.call('GET', `${account.base}/user/${account.userId}`)).body['callerIdConfig']).not.toHaveProperty('callerIdNumber')
    expect((await platform.call('DELETE', `${path}/${number}`)).status).toBe(400)
    await assign(`user/${account.userId}`, number)
    expect((await platform.call('DELETE', path)).status).toBe(204)
    const second = await ordered()
    await assign(`user/${account.userId}`, number)
    await assign(`user/${account.userId}`, second)
    expect((await platform.call('DELETE', path)).body['errorCode']).toBe('TelephoneNumberRequired')
    expect((await platform.call('DELETE', `${path}?telephoneNumber=${encodeURIComponent(second)}`)).status).toBe(204)
  })

  it('S0-42 S2-40 S2-55 S2-56: releasing a number nobody uses any more; it rests ninety days', async () => {
    const number = await ordered()
    await assign(`user/${account.userId}`, number)
    const refused = await platform.call('DELETE', `${partition}/telephone-number/${number}`)
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'TelephoneNumberInUse'])
    await platform.call('DELETE', `${account.base}/user/${account.userId}/telephone-number/${number}`)
    expect((await platform.call('DELETE', `${partition}/telephone-number/${number}`)).status).toBe(204)
    expect(await detail(number)).toMatchObject({ status: 'RELEASED', e911: { registered: false } })
    const again = await platform.call('POST', `${partition}/telephone-number/order`, { telephoneNumbers: [number], accountId: account.id })
    expect(again.status).toBe(404)
  })
})

describe('reading and changing', () => {
  it('S2-35 S2-36 S2-37 S2-38 S2-49 S2-51: name, address and listing change one by one, the rest stays', async () => {
    const number = await ordered()
    const update = (body: object) => platform.call('PUT', `${partition}/telephone-number/${number}`, body)
    await assign(`user/${account.userId}`, number, { e911Address: ADDRESS })
    expect((await update({ callerIdName: 'ACME SUPPORT', e911Address: { ...ADDRESS, location: 'Suite 300' } })).status).toBe(200)
    const listing = { listed: true, name: 'Acme Corporation', address: '135 Front St, Binghamton, NY' }
    const { body } = await update({ directoryListing: listing })
    expect(body).toMatchObject({
      npa: '607',
      accountId: account.id,
      assignedTo: account.userId,
      callerIdName: 'ACME SUPPORT',
      e911: { registered: true, address: { ...ADDRESS, location: 'Suite 300' } },
      directoryListing: listing,
    })
    expect((await update({ directoryListing: { listed: false } })).body).toMatchObject({ directoryListing: { listed: false }, callerIdName: 'ACME SUPPORT' })
    expect(await detail(number)).toMatchObject({ callerIdName: 'ACME SUPPORT' })
    const { list } = await platform.call('GET', `${account.base}/history?type=ADDRESS_E911`)
    expect(Array.isArray(list)).toBe(true)
  })

  it.each(['SIXTEEN LETTERS!', 'ABCDEFGHIJKLMNOP', 'A&B', ''])('S2-49 S2-50 C-37: "%s" is no caller ID name', async (callerIdName) => {
    const number = await ordered()
    const refused = await platform.call('PUT', `${partition}/telephone-number/${number}`, { callerIdName })
    expect(refused.body).toMatchObject({ status: 400, errorCode: 'InvalidCallerIdName', details: [{ field: 'callerIdName' }] })
  })

  it('S2-46: numbers nobody uses are listed apart', async () => {
    const [used, unused] = [await ordered(), await ordered()]
    await assign(`user/${account.userId}`, used)
    const list = async (query: string) => (await platform.call('GET', `${account.base}/telephone-number${query}`)).list.map((each) => each['telephoneNumber'])
    expect(await list('?assigned=false')).toEqual([unused])
    expect(await list('?assigned=true')).toEqual([used])
  })
})
