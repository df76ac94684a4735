import { beforeAll, describe, expect, it } from 'vitest'
import { type AddressValidation, done, exampleAddressPath, Tenant } from './tenant.ts'

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

const ADDRESS = { streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' } // prettier-ignore

describe('checks before anything is saved', () => {
  it('S0-32 S1-66 S1-77: the record of the address endpoint is a valid emergency address; an impossible one is not', async () => {
    const { customerServiceRecord } = done(await tenant.http.get<AddressValidation>(exampleAddressPath))
    const check = async (e911Address: unknown) =>
      done(await tenant.http.put<{ valid: string; addressAlternatives: readonly unknown[] }>(`${tenant.path}/account/e911/prevalidate`, { e911Address }))
    expect(await check(customerServiceRecord)).toMatchObject({ valid: 'VALID', addressAlternatives: [] })
    expect((await check({ ...ADDRESS, streetNumber: '' })).valid).toBe('INVALID')
    const contradiction = await check({ ...ADDRESS, postalCode: '84062' })
    expect([contradiction.valid, contradiction.addressAlternatives.length]).toEqual(['INVALID', 1])
  })

  it('S2-48: the days a port can be asked for are business days at least a week ahead', async () => {
    const answer = done(
      await tenant.http.post<{ serviceAvailable: boolean; availabilityList: readonly string[] }>(`${tenant.path}/account/prevalidate`, {
        telephoneNumbers: [{ phoneNumber: '16075558888' }],
      }),
    )
    expect(answer.serviceAvailable).toBe(true)
    expect(answer.availabilityList.length).toBeGreaterThan(10)
    for (const day of answer.availabilityList) expect([1, 2, 3, 4, 5]).toContain(new Date(day).getUTCDay())
    expect(Date.parse(answer.availabilityList[0] ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  })

  it('an address that is being typed is completed to one that validates', async () => {
    const path = `/v2/address/typeahead?address=${encodeURIComponent('333 S 520 W, Lindo, UT')}&country=USA`
    const [first = ''] = done(await tenant.http.get<readonly string[]>(path))
    expect(first).toBe('333 S 520 W, Lindon, UT 84042')
    const validated = done(await tenant.http.get<AddressValidation>(`/v2/address/validate?address=${encodeURIComponent(first)}&country=USA`))
    expect(validated.valid).toBe(true)
  })
})
