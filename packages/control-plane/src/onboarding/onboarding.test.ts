import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillInventory } from '../telephone-numbers/index.ts'

let platform: TestControlPlane
let onboarding: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  onboarding = `/v2/partition/${platform.partitionId}/onboarding`
  const place = { functionType: 'ELS', rateCenter: 'PLEASANT GROVE', rateCenterReorderName: 'PLEASANT GROVE', state: 'UT', country: 'USA', prefix: '1801769' }
  const numbers = ['18017691001', '18017691002', '18017691003', '18017691004', '18017691005'].map((phoneNumber) => ({
    ...place,
    phoneNumber,
    lata: '660',
    latitude: 40.364,
    longitude: -111.738,
  }))
  const { database } = platform.plane.context
  await fillInventory(database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now: new Date(platform.time.nowMs()), numbers })
})
afterAll(() => platform.stop())

const address = { streetNumber: '1', streetName: 'Main', city: 'Lindon', state: 'UT', postalCode: '84042' }
const customer = (accountNumber: string, phoneNumber: string, more: object = {}) => ({
  account: { accountNumber, accountName: 'Bakery' },
  numbers: [
    {
      as: 'main',
      telephoneNumbers: [{ phoneNumber }],
      customerServiceRecord: { customerType: 'BUSINESS', customerName: 'BAKERY', businessName: 'Bakery', ...address },
      directoryListing: { listed: false },
    },
  ],
  users: [
    { as: 'ann', firstName: 'Ann', lastName: 'Baker', extension: '4000' },
    { as: 'bob', firstName: 'Bob', lastName: 'Baker', extension: '4001' },
  ],
  devices: [{ userId: '$ann', deviceName: 'Till', deviceTypeId: 'GENERIC_SIP', lineNumber: 1, emergencyNumber: '$main' }],
  callGroups: [{ as: 'all', name: 'All', type: 'USER', memberIds: ['$ann', '$bob'] }],
  pickupGroups: [{ name: 'Pickup', groupIds: ['$all'] }],
  ivrs: [{ as: 'menu', name: 'Menu', ivrComponents: [{ id: 'in', type: 'INCOMING' }, { id: 'u', type: 'USER', userId: '$ann' }], ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'u' }] }], // prettier-ignore
  destinations: [{ phoneNumber: '$main', referenceType: 'IVR', referenceId: '$menu' }],
  ...more,
})

async function counts(): Promise<readonly number[]> {
  const { sql } = platform.plane.context.database
  const tables = ['account', 'end_user', 'account_object', 'account_history', 'event_outbox', 'sip_credential'] as const
  const count = async (table: (typeof tables)[number]) =>
    Number(
      (
        await sql
          .selectFrom(table)
          .select((row) => row.fn.countAll<string>().as('total'))
          .executeTakeFirstOrThrow()
      ).total,
    )
  return Promise.all(tables.map(count))
}

describe('one document for a whole customer', () => {
  it('makes everything, with what points at each other, and the call plane knows it', async () => {
    const made = await platform.call('POST', onboarding, customer('O-1', '18017691001'))
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    const { account, created } = made.body as { account: { id: string; endUserCount: number }; created: Record<string, Record<string, unknown>[]> }
    expect(account.endUserCount).toBe(2)
    expect(created['destinations']).toMatchObject([{ phoneNumber: '18017691001', referenceType: 'IVR', referenceId: created['ivrs']?.[0]?.['id'] }])
    expect(created['callGroups']?.[0]?.['memberIds']).toEqual(created['users']?.map((user) => user['id']))
    expect(platform.plane.view.snapshotOf(account.id)?.userIdByExtension.get('4001')).toBe(created['users']?.[1]?.['id'])
  })

  it('or nothing at all: what is wrong at the end leaves no trace of the beginning, and says where it is', async () => {
    const before = await counts()
    const refused = await platform.call(
      'POST',
      onboarding,
      customer('O-2', '18017691002', { destinations: [{ phoneNumber: '$main', referenceType: 'IVR', referenceId: 'nowhere' }] }),
    )
    expect(refused.body).toMatchObject({ status: 404, errorCode: 'EntityNotFound', data: { document: 'destinations.0', id: 'nowhere' } })
    const invalid = await platform.call('POST', onboarding, customer('O-2', '18017691002', { pickupGroups: [{ groupIds: ['$all'] }] }))
    expect(invalid.body).toMatchObject({ status: 400, details: [{ field: 'pickupGroups.0.name' }] })
    expect(await counts()).toEqual(before)
    expect((await platform.call('POST', onboarding, customer('O-2', '18017691002'))).status).toBe(200)
  })

  it('names that nobody has, or two have, are refused', async () => {
    expect((await platform.call('POST', onboarding, customer('O-3', '18017691003', { devices: [{ userId: '$carl' }] }))).body['errorCode']).toBe('UnknownName')
    const twice = { callGroups: [{ as: 'ann', name: 'X', type: 'USER' }] }
    expect((await platform.call('POST', onboarding, customer('O-3', '18017691003', twice))).body['errorCode']).toBe('DuplicateName')
    expect((await platform.call('POST', onboarding, { account: { accountNumber: 'O-3', accountName: 'X' }, users: 'many' })).status).toBe(400)
  })

  it('twice with one Idempotency-Key makes one customer; a dry run makes none', async () => {
    const send = (url: string, key?: string) =>
      platform.plane.http.inject({
        method: 'POST',
        url,
        headers: { 'x-auth-token': platform.token, 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
        payload: JSON.stringify(customer('O-4', '18017691003')),
      })
    const before = await counts()
    const dry = (await send(`${onboarding}?dryRun=true`)).json<{ would: { status: number }; changes: { objectType: string }[] }>()
    expect([dry.would.status, dry.changes.filter((change) => change.objectType === 'END_USER').length]).toEqual([200, 2])
    expect(await counts()).toEqual(before)
    const [first, second] = await Promise.all([send(onboarding, 'customer-4'), send(onboarding, 'customer-4')])
    expect([first.statusCode, second.statusCode, first.body === second.body]).toEqual([200, 200, true])
  })
})

describe('activations', () => {
  const record = {
    customerServiceRecord: { customerType: 'BUSINESS', customerName: 'ACTIVE', businessName: 'Active', ...address },
    directoryListing: { listed: false },
  }
  const user = (extension: string) => ({ firstName: 'Act', lastName: extension, extension })

  it('make an account with a user, his number and his phone, all or nothing', async () => {
    const path = `/v2/partition/${platform.partitionId}/account/activation`
    const activation = {
      account: { accountNumber: 'A-1', accountName: 'Active' },
      user: user('4000'),
      device: { deviceName: 'Desk', deviceTypeId: 'GENERIC_SIP', lineNumber: 1 },
      telephoneNumberAccount: { phoneNumber: '18017691004', assignAsCallerId: true, ...record },
    }
    const before = await counts()
    expect((await platform.call('POST', path, { ...activation, device: { deviceName: 'Desk', deviceTypeId: 'NONE', lineNumber: 1 } })).status).toBe(404)
    expect((await platform.call('POST', path, { ...activation, dynamicTelephoneNumberActivation: { tnQuantity: 1 } })).status).toBe(400)
    expect(await counts()).toEqual(before)
    const made = await platform.call('POST', path, activation)
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    const { account, user: ann } = made.body as { account: { id: string }; user: { id: string } }
    const number = await platform.call('GET', `/v2/partition/${platform.partitionId}/account/${account.id}/telephonenumber/18017691004`)
    expect(number.body).toMatchObject({ referenceType: 'END_USER', referenceId: ann.id })
    const second = await platform.call('POST', `/v2/partition/${platform.partitionId}/account/${account.id}/user/activation`, { user: user('4001') })
    expect(second.body).toMatchObject({ user: { extension: '4001' } })
  })

  it('make an account with two users at once', async () => {
    const endUsers = [
      { user: user('4000'), holdActivation: false, telephoneNumberAccounts: [{ phoneNumber: '18017691005', ...record }] },
      { user: user('4001'), holdActivation: false },
    ]
    const made = await platform.call('POST', `/v2/partition/${platform.partitionId}/account/activation/multiple`, {
      account: { accountNumber: 'A-2', accountName: 'Two' },
      endUsers,
    })
    expect(made.body).toMatchObject({ success: true })
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/account/search?q=A-2`)).list).toMatchObject([{ accountNumber: 'A-2' }])
  })
})
