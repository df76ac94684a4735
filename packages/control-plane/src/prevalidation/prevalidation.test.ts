import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

const ADDRESS = {
  streetNumber: '333',
  preDirectional: 'S',
  streetName: '520',
  postDirectional: 'W',
  city: 'Lindon',
  state: 'UT',
  country: 'USA',
  postalCode: '84042',
}
const e911 = (body: unknown) => platform.call('PUT', `${partition}/account/e911/prevalidate`, body)

describe('an emergency address, before it is saved', () => {
  it('S0-32 S1-77: a known street address is valid, in every form it may be written', async () => {
    for (const e911Address of [
      ADDRESS,
      { address: ADDRESS },
      { street: '333 S 520 W', city: 'Lindon', state: 'Utah', zipCode: '84042' },
      { address: '333 S 520 W', city: 'Lindon', state: 'UT', postalCode: '84042' },
    ])
      expect((await e911({ e911Address })).body).toMatchObject({
        valid: 'VALID',
        errors: [],
        addressAlternatives: [],
        address: { streetNumber: '333', state: 'UT' },
      })
    expect((await e911({ customerServiceRecord: ADDRESS })).body['valid']).toBe('VALID')
  })

  it('what contradicts itself is invalid, with the correction to propose', async () => {
    expect((await e911({ e911Address: { ...ADDRESS, postalCode: '84062' } })).body).toMatchObject({
      ...{ valid: 'INVALID', errors: ['InvalidCity'] },
      addressAlternatives: [{ city: 'Pleasant Grove', state: 'UT', postalCode: '84062', streetName: '520' }],
    })
  })

  it('a missing part, a post office box and what is no address are told; an unheard-of place is unknown', async () => {
    expect((await e911({ e911Address: { ...ADDRESS, streetNumber: '' } })).body).toMatchObject({ valid: 'INVALID', errors: ['StreetNumberRequired'] })
    expect((await e911({ e911Address: { ...ADDRESS, streetName: 'PO Box 12' } })).body).toMatchObject({ valid: 'INVALID', errors: ['InvalidStreetName'] })
    expect((await e911({ e911Address: { ...ADDRESS, state: 'Narnia' } })).body).toMatchObject({ valid: 'INVALID', errors: ['InvalidState'] })
    expect((await e911({ e911Address: { ...ADDRESS, city: 'Nowhereville', postalCode: '00001' } })).body['valid']).toBe('UNKNOWN')
    expect((await e911({})).body).toMatchObject({ status: 400, errorCode: 'E911AddressRequired' })
  })

  it('Canada too', async () => {
    const toronto = { streetNumber: '290', streetName: 'Bremner', streetSuffix: 'Blvd', city: 'Toronto', state: 'ON', country: 'CAN', postalCode: 'M5V 3L9' }
    expect((await e911({ e911Address: toronto })).body['valid']).toBe('VALID')
    expect((await e911({ e911Address: { ...toronto, state: 'BC' } })).body['valid']).toBe('INVALID')
  })
})

describe('numbers, before they are ported', () => {
  const check = (body: unknown) => platform.call('POST', `${partition}/account/prevalidate`, body)

  it('S2-48: a week ahead at the earliest, on business days only; the PIN does not come back', async () => {
    const request = { telephoneNumbers: [{ phoneNumber: '16075550100' }], customerServiceRecord: ADDRESS, port: { wirelessPin: '4711', crdDate: 'x' } }
    const { body } = await check(request)
    expect(body).toMatchObject({
      serviceAvailable: true,
      carrierType: 'NO_API',
      earliestCRD: '2026-11-30',
      lnp: true,
      wirelessPort: false,
      resultCSRs: [{ city: 'Lindon' }],
    })
    const days = body['availabilityList'] as string[]
    expect(days[0]).toBe('2026-11-30')
    for (const closed of ['2026-12-05', '2026-12-06', '2026-12-25', '2027-01-01', '2027-01-18']) expect(days).not.toContain(closed)
    expect(days).toContain('2026-12-24')
    expect(JSON.stringify(body)).not.toContain('4711')
    // In Canada the day after Christmas is closed too, and is kept on the Monday.
    expect((await check({ telephoneNumbers: [{ phoneNumber: '14165550100' }] })).body['availabilityList']).not.toContain('2026-12-28')
  })

  it('what cannot be ported says why', async () => {
    expect((await check({ telephoneNumbers: [{ phoneNumber: '16075550102' }] })).body).toMatchObject({
      serviceAvailable: false,
      lnp: false,
      availabilityList: [],
      exception: expect.any(String),
    })
    expect((await check({ telephoneNumbers: [{ phoneNumber: 'hello' }] })).body['errorCode']).toBe('InvalidPhoneNumber')
    expect((await check({})).body['errorCode']).toBe('TelephoneNumbersRequired')
  })
})

describe('a product, before it is changed', () => {
  it('S1-24: more than one user does not fit a SIMPLE account', async () => {
    const account = String((await platform.call('POST', `${partition}/account`, { accountNumber: 'PRE-1', accountName: 'Pre' })).body['id'])
    const check = (query = '') => platform.call('POST', `${partition}/account/${account}/product/prevalidate${query}`)
    expect((await check('?accountType=SIMPLE')).status).toBe(200)
    for (const extension of ['4000', '4001']) await platform.call('POST', `${partition}/account/${account}/user`, { firstName: 'A', lastName: 'B', extension })
    expect((await check()).status).toBe(200)
    expect((await check('?accountType=SIMPLE')).body).toMatchObject({ status: 400, errorCode: 'AccountProductNotAvailable', data: { endUsers: 2 } })
  })
})
