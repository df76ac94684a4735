import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory } from './fill-inventory.ts'

const DAY_MS = 86_400_000
const place = { functionType: 'ELS', rateCenter: 'PROVO', rateCenterReorderName: 'PROVO', state: 'UT', country: 'USA', prefix: '1801555', lata: '660', latitude: 40.2, longitude: -111.6 } as const // prettier-ignore
const home = { firstName: 'Ann', lastName: 'Lee', streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' }

let platform: TestControlPlane
let token: string
let base: string
let account: string
let user: string
let number: string
let sequence = 1000

beforeAll(async () => {
  platform = await startTestControlPlane()
  token = platform.token
  base = `/v2/partition/${platform.partitionId}`
  account = `${base}/account/${String((await call('POST', `${base}/account`, { accountNumber: 'GONE-1', accountName: 'Gone' })).body['id'])}`
  user = String((await call('POST', `${account}/user`, { firstName: 'Bea', lastName: 'Gone', extension: '4000' })).body['id'])
})
afterAll(() => platform.stop())
beforeEach(async () => {
  number = `1801555${++sequence}`
  await fill()
  await order()
})

/** As the sandbox does at every start. */
async function fill(): Promise<void> {
  const numbers = [{ phoneNumber: number, ...place }]
  const now = new Date(platform.time.nowMs())
  await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now, numbers })
}

const call = (method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT', path: string, body?: unknown) => platform.call(method, path, body, token)
const order = async () => {
  const records = { customerServiceRecord: { customerType: 'RESIDENTIAL', customerName: 'LEE', ...home }, directoryListing: { listed: false } }
  const { status, body } = await call('POST', `${account}/telephonenumber`, { ...records, telephoneNumbers: [{ phoneNumber: number }] })
  expect(status, JSON.stringify(body)).toBe(200)
}
/** The state of the event and what its log says, oldest first. */
const disconnection = async () => {
  const { body } = await call('GET', `${account}/reference/${number}/type/DISCONNECT`)
  return [body['activationStatusType'], ...(body['logs'] as { status: string; actionDate: string }[]).map((log) => `${log.status} ${log.actionDate}`)]
}
interface HistoryRow {
  readonly referenceType: string
  readonly referenceId: string
  readonly newValue: string
}

const iso = (ms: number) => new Date(ms).toISOString()
async function pass(ms: number): Promise<void> {
  platform.time.advance(ms)
  token = String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
  await platform.plane.context.dueWork.runNow()
}

describe('the event of a number that is disconnected', () => {
  it('rests as long as the number does, and is completed in the moment in which the carrier has it back', async () => {
    const releasedMs = platform.time.nowMs()
    expect((await call('DELETE', `${account}/telephonenumber/${number}`)).status).toBe(204)
    const rests = `COOLDOWN ${iso(releasedMs)}`
    await pass(90 * DAY_MS - 1)
    expect(await disconnection()).toEqual(['COOLDOWN', rests])
    await pass(DAY_MS)
    const completed = ['COMPLETED', rests, `COMPLETED ${iso(releasedMs + 90 * DAY_MS)}`]
    expect(await disconnection()).toEqual(completed)
    await pass(DAY_MS)
    expect(await disconnection()).toEqual(completed)
  })

  it('is cancelled when somebody takes the number back before, and not completed then', async () => {
    const releasedMs = platform.time.nowMs()
    await call('DELETE', `${account}/telephonenumber/${number}`)
    await pass(DAY_MS)
    expect((await call('PUT', `${base}/telephonenumber/${number}/cooldown/recover`)).status).toBe(200)
    await pass(100 * DAY_MS)
    expect(await disconnection()).toEqual(['CANCELLED', `COOLDOWN ${iso(releasedMs)}`, `CANCELLED ${iso(releasedMs + DAY_MS)}`])
  })

  it('a stay that ended begins anew with the next one', async () => {
    await call('DELETE', `${account}/telephonenumber/${number}`)
    await call('PUT', `${base}/telephonenumber/${number}/cooldown/recover`)
    await order()
    await pass(DAY_MS)
    const againMs = platform.time.nowMs()
    await call('DELETE', `${account}/telephonenumber/${number}`)
    expect(await disconnection()).toEqual(['COOLDOWN', `COOLDOWN ${iso(againMs)}`])
  })
})

describe('a number that another carrier has', () => {
  it('rings nothing here, is nobody’s caller ID and nobody’s to order, and is asked for again like any other from outside', async () => {
    const item = `${account}/telephonenumber/${number}`
    const given = { referenceType: 'END_USER', referenceId: user, assignAsCallerId: true }
    expect((await call('PATCH', item, given)).status).toBe(200)
    expect((await call('PUT', `${base}/telephonenumber/${number}/portout`)).status).toBe(204)
    expect([(await call('GET', item)).status, (await call('GET', `${base}/telephonenumber/${number}`)).status]).toEqual([404, 404])
    expect((await call('GET', `${account}/user/${user}`)).body['callerIdConfig']).not.toHaveProperty('callerIdNumber')
    expect((await call('GET', `${base}/telephonenumber/search?type=TN&q=${number}`)).list).toEqual([])
    expect(await disconnection()).toEqual(['COMPLETED', `COMPLETED ${iso(platform.time.nowMs())}`])
    expect((await call('GET', `${base}/telephone-number/port/check?telephoneNumber=${number}`)).body).toMatchObject({ portable: true })
    expect((await call('PUT', `${base}/telephonenumber/${number}/portout`)).status).toBe(404)
    expect(platform.plane.view.ownerOf(number)).toBeUndefined()
  })

  it('does not come back with the next start, nor does one that was taken out of the inventory for good', async () => {
    await call('PUT', `${base}/telephonenumber/${number}/portout`)
    await fill()
    expect((await call('GET', `${base}/telephonenumber/${number}`)).status).toBe(404)
    number = `1801555${++sequence}`
    await fill()
    expect((await call('DELETE', `${base}/telephonenumber/${number}`)).status).toBe(204)
    await fill()
    expect((await call('GET', `${base}/telephonenumber/${number}`)).status).toBe(404)
  })

  it('S0-46: is replaced as a 911 callback before', async () => {
    const line = { userId: user, deviceId: 'SPA112', lineNumber: 1, macAddress: '0000000000fe', emergencyNumber: number }
    const id = String((await call('POST', `${account}/deviceline`, line)).body['id'])
    expect((await call('PUT', `${base}/telephonenumber/${number}/portout`)).body).toMatchObject({ status: 400, errorCode: 'TelephoneNumberInUse' })
    await call('DELETE', `${account}/deviceline/${id}`)
    expect((await call('PUT', `${base}/telephonenumber/${number}/portout`)).status).toBe(204)
  })
})

describe('the events of a number (S2-57, S0-94)', () => {
  it('tell each change of its state once, with what it is and what it was', async () => {
    const item = `${account}/telephonenumber/${number}`
    const given = { referenceType: 'END_USER', referenceId: user }
    await call('PATCH', item, given)
    await call('PATCH', item, { operationalStatus: 'STAGED' })
    await call('PATCH', item, { referenceType: null, referenceId: null })
    await call('PATCH', item, { directoryListing: { listed: true } })
    await call('DELETE', item)
    await call('PUT', `${base}/telephonenumber/${number}/cooldown/recover`)
    await order()
    await call('PUT', `${base}/telephonenumber/${number}/portout`)
    await platform.plane.settled()
    const rows = await platform.plane.context.database.sql.selectFrom('event_outbox').select(['type', 'payload']).orderBy('sequence').execute()
    const own = rows.filter(({ payload }) => payload['phoneNumber'] === number).map(({ type, payload }) => [type, payload] as const)
    const told = own.map(([type, { phoneNumber: _number, accountId: _account, changed, ...state }]) => [type, changed, state])
    const unassigned = { referenceType: null, referenceId: null }
    const before = { previousReferenceType: 'END_USER', previousReferenceId: user }
    expect(told).toEqual([
      ['number.assigned', 'PHONE_NUMBER', { carrierStatus: 'ACTIVE' }],
      ['number.updated', 'PHONE_NUMBER', { ...given, previousReferenceType: null, previousReferenceId: null }],
      ['number.updated', 'PHONE_NUMBER', { operationalStatus: 'STAGED', previousOperationalStatus: 'ACTIVE' }],
      ['number.updated', 'PHONE_NUMBER', { ...unassigned, ...before }],
      ['number.updated', 'ADDRESS_DIRECTORY_LISTING', {}],
      ['number.released', 'PHONE_NUMBER', { carrierStatus: 'COOLDOWN', previousCarrierStatus: 'ACTIVE' }],
      ['number.recovered', undefined, { carrierStatus: 'RECOVERED', previousCarrierStatus: 'COOLDOWN' }],
      ['number.assigned', 'PHONE_NUMBER', { carrierStatus: 'ACTIVE' }],
      ['number.released', 'PHONE_NUMBER', { carrierStatus: 'DELETED', previousCarrierStatus: 'ACTIVE' }],
    ])
  })

  it('S2-57: who is shown by a number, or no longer, is told as a change of the user, and is in the history as one', async () => {
    const item = `${account}/telephonenumber/${number}`
    const after = (await call('GET', `${base}/events?limit=1000`)).body['events'] as unknown[]
    await call('PATCH', item, { referenceType: 'END_USER', referenceId: user })
    await call('PATCH', item, { assignAsCallerId: true })
    await call('PATCH', item, { assignAsCallerId: true })
    await call('PATCH', item, { assignAsCallerId: false })
    await call('PATCH', item, { assignAsCallerId: true })
    await call('PUT', `${base}/telephonenumber/${number}/portout`)
    await platform.plane.settled()
    const told = ((await call('GET', `${base}/events?limit=1000`)).body['events'] as { event: string; data: { userId?: string } }[]).slice(after.length)
    expect(told.filter(({ data }) => data.userId === user).map(({ event }) => event)).toEqual(Array.from({ length: 4 }, () => 'user.updated'))
    const { results } = (await call('GET', `${account}/accounthistorysearch?accountHistoryType=USER&maxResult=4`)).body as { results: HistoryRow[] }
    const shown = results.map(({ newValue }) => (JSON.parse(newValue) as { callerIdConfig: Record<string, unknown> }).callerIdConfig)
    const [hidden, visible] = [{ externalCallerIdVisible: false }, { callerIdNumber: number, externalCallerIdVisible: true }].map((config) =>
      expect.objectContaining(config),
    )
    expect(shown).toEqual([hidden, visible, hidden, visible])
    expect(results.map(({ referenceType, referenceId }) => [referenceType, referenceId])).toEqual(results.map(() => ['EndUser', user]))
  })

  it('S1-87: stand in the history of the account with the kind of object that the interface calls Telephone', async () => {
    const { results } = (await call('GET', `${account}/accounthistorysearch?accountHistoryType=PHONE_NUMBER&maxResult=1`)).body as { results: HistoryRow[] }
    expect(results).toMatchObject([{ referenceType: 'Telephone', referenceId: number, action: 'CREATE' }])
  })
})
