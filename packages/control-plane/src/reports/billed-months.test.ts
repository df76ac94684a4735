import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DELAYED_CARRIER_ID, fillInventory } from '../telephone-numbers/index.ts'

const NUMBER = '18015551234'
/** Of a carrier that takes its time. */
const SLOW = '18015551235'
const NOVEMBER = 'month=11&year=2026'
const BORN = '2026-11-21T12:00:00.000Z'
const WENT = '2026-12-03T12:00:00.000Z'
const home = { firstName: 'Ann', lastName: 'Lee', streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' }
const records = { customerServiceRecord: { customerType: 'RESIDENTIAL', customerName: 'LEE', ...home }, directoryListing: { listed: false } }

let platform: TestControlPlane
let base: string
let account: string
let token: string

beforeEach(async () => {
  platform = await startTestControlPlane()
  token = platform.token
  base = `/v2/partition/${platform.partitionId}`
  const place = { functionType: 'ELS', rateCenter: 'PROVO', rateCenterReorderName: 'PROVO', state: 'UT', country: 'USA', prefix: '1801555', lata: '660', latitude: 40.2, longitude: -111.6 } as const // prettier-ignore
  const now = new Date(platform.time.nowMs())
  for (const [phoneNumber, carrierId] of [
    [NUMBER, 'carrier-1'],
    [SLOW, DELAYED_CARRIER_ID],
  ] as const)
    // prettier-ignore
    await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId, now, numbers: [{ phoneNumber, ...place }] })
  account = `account/${await done('POST', 'account', { accountNumber: 'BILL-1', accountName: 'Billed' })}`
  const number = { phoneNumber: NUMBER, servicePackageType: 'SecondaryLocalFlatRate' }
  await done('POST', `${account}/telephonenumber`, { ...records, telephoneNumbers: [number] })
})
afterEach(() => platform.stop())

async function done(method: 'DELETE' | 'POST' | 'PUT', path: string, body?: unknown): Promise<string> {
  const answer = await platform.call(method, `${base}/${path}`, body, token)
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  return String(answer.body['id'])
}

async function later(days: number): Promise<void> {
  platform.time.advance(days * 86_400_000)
  token = String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
}

/** The rows of a report by its headers. */
async function rowsOf(report: string): Promise<readonly Record<string, string>[]> {
  const started = await platform.call('GET', `${base}/report/${report}`, undefined, token)
  await platform.plane.settled()
  await platform.plane.jobsDone()
  const url = `/v2/job/${String(started.body['id'])}/output`
  const file = (await platform.plane.http.inject({ method: 'GET', url, headers: { 'x-auth-token': token } })).body
  const [header = '', ...lines] = file.trim().split('\r\n')
  return lines.map((line) => Object.fromEntries(header.split(',').map((name, index) => [name, line.split(',')[index] ?? ''])))
}

/** A trunk, a business line, a user; the paths they are deleted at. */
async function furnish(): Promise<readonly [trunk: string, line: string, user: string]> {
  const trunk = { trunkName: 'PBX', sipUsername: 'reported-trunk', sipPassword: 'secret-1', concurrentCalls: 7, callbackNumber: NUMBER }
  const line = { name: 'Front', callerIdPhoneNumber: NUMBER, emergencyCallbackPhoneNumber: NUMBER }
  const user = { firstName: 'Bea', lastName: 'Bill', extension: '4000' }
  return [
    `${account}/siptrunk_2/${await done('POST', `${account}/siptrunk_2`, trunk)}`,
    `${account}/business-line/${await done('POST', `${account}/business-line`, line)}`,
    `${account}/user/${await done('POST', `${account}/user`, user)}`,
  ]
}

describe('months as they are billed', () => {
  it('a row says what its object has', async () => {
    const [, , user] = await furnish()
    const mac = '001a2b3c4d5f'
    const line = { deviceTypeId: 'VVX450', deviceName: 'Desk', macAddress: mac, lineNumber: 1, userId: user.split('/').at(-1) }
    await done('POST', `${account}/deviceline`, line)
    await done('PUT', `${account}/device/${mac}/metadata`, { deviceTypeId: 'VVX450', provisionerType: 'PHONISM' })
    expect(await rowsOf('device/csv_3')).toMatchObject([{ ProvisionerType: 'PHONISM', SideCarCount: '0' }])
    expect(await rowsOf('account/csv_3')).toMatchObject([{ 'Number of Concurrent SIP Trunk Calls': '7', 'Number of SIP Trunks': '1' }])
    expect(await rowsOf(`sip/csv_2?${NOVEMBER}`)).toMatchObject([
      { AddDate: BORN, DeletedDate: '', ConcurrentCall: '7', E911CallbackNumber: NUMBER, State: 'ACTIVE' },
    ])
    expect(await rowsOf(`businesslines/csv_2?${NOVEMBER}`)).toMatchObject([{ CallerIdNumber: NUMBER, E911CallbackNumber: NUMBER, BusinessLineName: 'Front' }])
    expect(await rowsOf(`user/csv_3?${NOVEMBER}`)).toMatchObject([{ UserFirstName: 'Bea', Extension: '4000', UserCreatedDate: BORN, UserDeletedDate: '' }])
  })

  it('what goes after the month is in it, as it was; what went in it has both dates', async () => {
    const objects = await furnish()
    await later(12)
    for (const object of objects) await done('DELETE', object)
    expect(await rowsOf(`sip/csv_2?${NOVEMBER}`)).toMatchObject([{ ConcurrentCall: '7', AddDate: BORN, DeletedDate: WENT, State: 'DELETED' }])
    const line = { CallerIdNumber: NUMBER, BusinessLineCreatedDate: BORN, BusinessLineDeletedDate: WENT }
    expect(await rowsOf(`businesslines/csv_2?${NOVEMBER}`)).toMatchObject([line])
    const user = { UserFirstName: 'Bea', Extension: '4000', UserCreatedDate: BORN, UserDeletedDate: WENT }
    expect([await rowsOf(`user/csv_3?${NOVEMBER}`), await rowsOf('user/csv_3?month=12&year=2026')]).toMatchObject([[user], [user]])
    await later(40)
    expect([await rowsOf('user/csv_3?month=1&year=2027'), await rowsOf('user/csv_3?month=10&year=2026')]).toEqual([[], []])
  })

  it('a number that went is still whose it was, until it has rested; each stay on an account is a row', async () => {
    const there = { TelephoneNumber: NUMBER, AccountNumber: 'BILL-1', CustomerType: 'RESIDENTIAL', ServicePackageType: 'SecondaryLocalFlatRate', AddDate: BORN, ActivatedDate: BORN, '911city': 'Lindon' } // prettier-ignore
    expect(await rowsOf(`tn/csv_2?${NOVEMBER}`)).toMatchObject([{ ...there, CarrierStatus: 'ACTIVE', DeletedDate: '', CooldownExpireDate: '' }])
    await later(12)
    await done('DELETE', `${account}/telephonenumber/${NUMBER}`)
    const rests = { ...there, CarrierStatus: 'COOLDOWN', DeletedDate: WENT, CooldownExpireDate: '2027-03-03T12:00:00.000Z' }
    expect(await rowsOf(`tn/csv_2?${NOVEMBER}`)).toMatchObject([rests])
    await later(40)
    expect(await rowsOf('tn/csv_2?month=1&year=2027')).toMatchObject([rests])
    await done('PUT', `telephonenumber/${NUMBER}/cooldown/recover`)
    const recovered = { ...rests, CarrierStatus: 'RECOVERED', CooldownRecoveredDate: '2027-01-12T12:00:00.000Z' }
    expect(await rowsOf('tn/csv_2?month=12&year=2026')).toMatchObject([recovered])
    await done('POST', `${account}/telephonenumber`, { ...records, telephoneNumbers: [{ phoneNumber: NUMBER }] })
    // What the first owner chose is not the next one's.
    const again = { CarrierStatus: 'ACTIVE', DeletedDate: '', AddDate: '2027-01-12T12:00:00.000Z', ServicePackageType: 'PrimaryLocalAndDomesticLDFlatRate' }
    expect(await rowsOf('tn/csv_2?month=1&year=2027')).toMatchObject([again])
    expect(await rowsOf('tn/csv_2?month=12&year=2026')).toMatchObject([{ ...rests, CarrierStatus: 'DELETED' }])
  })

  it('counts as new what came in the month that runs, as the file has it: not what waits for its carrier, nor what is long here and was ported since', async () => {
    const counted = async () => (await platform.call('GET', `${base}/report/tn`, undefined, token)).body
    expect(await counted()).toEqual({ newCount: 1, totalCount: 1 })
    const subscriber = { firstName: 'Ann', lastName: 'Lee', companyName: 'Lee', authorizedName: 'Ann Lee' }
    const serviceAddress = { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' }
    await done('POST', 'telephone-number/port', {
      ...{ telephoneNumbers: ['+16075551777'], accountId: account.split('/')[1], subscriber, serviceAddress, billingTelephoneNumber: '+16075551777' },
      ...{ accountNumber: '123456789', pin: '1234', requestedDate: '2026-12-08', currentProvider: 'AT&T' },
    })
    expect(await counted()).toEqual({ newCount: 2, totalCount: 2 })
    await later(24)
    await platform.plane.context.dueWork.runNow()
    const [ported] = (await rowsOf('tn/csv_2?month=12&year=2026')).filter(({ Port }) => Port === 'true')
    expect(ported).toMatchObject({ CarrierStatus: 'ACTIVE', AddDate: BORN, ActivatedDate: expect.stringMatching(/^2026-12/) })
    expect(await counted()).toEqual({ newCount: 0, totalCount: 2 })
    await done('POST', `${account}/telephonenumber`, { ...records, telephoneNumbers: [{ phoneNumber: SLOW }] })
    expect(await counted()).toEqual({ newCount: 1, totalCount: 3 })
  })

  it('a number that went to another carrier is in the report of the month it went in, and of none beside', async () => {
    const user = await done('POST', `${account}/user`, { firstName: 'Bea', lastName: 'Bill', extension: '4000', callerIdConfig: { callerIdNumber: NUMBER } })
    await done('PUT', `${account}/telephonenumber/${NUMBER}/destination`, { referenceType: 'END_USER', referenceId: user })
    await later(12)
    expect(await rowsOf('portout/csv_2?month=12&year=2026')).toEqual([])
    await done('PUT', `telephonenumber/${NUMBER}/portout`)
    const gone = { TelephoneNumber: NUMBER, AccountNumber: 'BILL-1', Carrier: 'carrier-1', FunctionType: 'ELS', CsrCity: 'Lindon', AddDate: BORN, PortOutDate: WENT, DeletedDate: WENT, CarrierStatus: 'DELETED', CooldownExpireDate: '' } // prettier-ignore
    await later(40)
    expect(await rowsOf('portout/csv_2?month=12&year=2026')).toMatchObject([gone])
    expect([await rowsOf(`portout/csv_2?${NOVEMBER}`), await rowsOf('portout/csv_2?month=1&year=2027')]).toEqual([[], []])
    const { CsrCity: _city, ...row } = gone
    expect(await rowsOf('tn/csv_2?month=12&year=2026')).toMatchObject([{ ...row, RateCenterName: 'PROVO', RateCenterState: 'UT' }])
  })
})
