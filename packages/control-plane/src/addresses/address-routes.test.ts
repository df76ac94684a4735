import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

const typeAhead = async (address: string, rest = '&country=USA') =>
  (await platform.call('GET', `/v2/address/typeahead?address=${encodeURIComponent(address)}${rest}`)).list as unknown as string[]

describe('type-ahead', () => {
  it('completes the place behind the street, and every suggestion validates', async () => {
    expect(await typeAhead('333 S 520 W, Lindo')).toContain('333 S 520 W, Lindon, UT 84042')
    expect(await typeAhead('135 Front St, Bingh, NY')).toEqual(['135 Front St, Binghamton, NY'])
    expect((await typeAhead('135 Front St, Bingh, N'))[0]).toBe('135 Front St, Binghamton, NY')
    const [first = ''] = await typeAhead('135 Front St Binghamt')
    expect(first).toMatch(/^135 Front St, Binghamton, /)
    const checked = await platform.call(
      'GET',
      `/v2/address/validate?address=${encodeURIComponent((await typeAhead('333 S 520 W, Lindon, U'))[0] ?? '')}&country=USA`,
    )
    expect(checked.body['valid']).toBe(true)
  })

  it('a postal code settles the place; the country narrows it', async () => {
    expect(await typeAhead('333 S 520 W', '&country=USA&postalCode=84042')).toEqual(['333 S 520 W, Lindon, UT 84042'])
    expect((await typeAhead('290 Bremner Blvd, Toron', '&country=CAN'))[0]).toBe('290 Bremner Blvd, Toronto, ON')
    expect(await typeAhead('290 Bremner Blvd', '&country=USA&postalCode=M5V%203L9')).toEqual([])
  })

  it('answers nothing rather than everything, at most ten, and refuses what is no country', async () => {
    expect(await typeAhead('333')).toEqual([])
    expect(await typeAhead('333 S 520 W, S')).toEqual([])
    expect((await typeAhead('1 Main St, Sp')).length).toBeLessThanOrEqual(10)
    expect((await platform.call('GET', '/v2/address/typeahead?address=1&country=FRA')).body['errorCode']).toBe('InvalidCountry')
    expect((await platform.call('GET', '/v2/address/typeahead?country=USA')).body['errorCode']).toBe('AddressRequired')
  })
})

describe('the postal codes of a city', () => {
  it('with their coordinates, by name or abbreviation of the state', async () => {
    const { list } = await platform.call('GET', '/v2/address/state/UT/city/Lindon/zipcode')
    expect(list).toEqual([{ zipCode: '84042', latitude: expect.closeTo(40.34, 1), longitude: expect.closeTo(-111.71, 1) }])
    expect((await platform.call('GET', '/v2/address/state/New%20York/city/binghamton/zipcode')).list.length).toBeGreaterThan(2)
  })

  it('an unknown city is not there, an unknown state is wrong', async () => {
    expect((await platform.call('GET', '/v2/address/state/UT/city/Atlantis/zipcode')).body).toMatchObject({ status: 404, data: { type: 'City' } })
    expect((await platform.call('GET', '/v2/address/state/Narnia/city/Lindon/zipcode')).body['errorCode']).toBe('InvalidState')
  })
})
