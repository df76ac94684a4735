import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, Tenant } from './tenant.ts'

const E911 = { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905', location: 'Suite 200' }
/** Of a number of an account that rings nobody (public-spec.md section 10). */
const NOBODYS = 486

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function phoneOf({ server, caller }: TwoParties): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(server, caller.login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

/** Orders a number that nobody else beside took meanwhile. */
async function orderFor(accountId: string): Promise<string> {
  const { telephoneNumbers: found } = done(
    await tenant.http.get<{ telephoneNumbers: readonly { telephoneNumber: string }[] }>(`${tenant.path}/telephone-number/search?npa=607&quantity=100`),
  )
  const first = Math.floor(Math.random() * found.length)
  for (const { telephoneNumber } of [...found.slice(first), ...found.slice(0, first)]) {
    const ordered = await tenant.http.post(`${tenant.path}/telephone-number/order`, { telephoneNumbers: [telephoneNumber], accountId })
    if (ordered.status === 200) return telephoneNumber
  }
  throw new Error('the inventory is empty')
}

describe('a number from its order to its end, by the calls it gets and makes', () => {
  it('S0-40 S0-41 S0-42 S2-44 S2-55: rings whom it is assigned to and is shown by him, goes to no one afterwards, and 911 says where it is while it is his', async () => {
    const [office, customer] = [await makeTwoParties(tenant), await makeTwoParties(tenant)]
    const { account } = office
    const { userId } = office.caller
    const [desk, outside] = [await phoneOf(office), await phoneOf(customer)]
    const customers = await customer.account.addNumber()
    await customer.account.assignNumber(customers, customer.caller.userId)
    const number = await orderFor(account.id)
    const statusFor = async (dialed: string): Promise<number> => (await outside.call(dialed)).finalStatus()
    const helpSentTo = async (): Promise<string | undefined> => {
      interface Explained {
        readonly emergency: { readonly location?: { readonly unit: string } }
      }
      const question = { from: office.caller.login.lineId, to: '911' }
      return done(await tenant.http.post<Explained>(`${tenant.path}/routing/explain`, question)).emergency.location?.unit
    }

    expect(await statusFor(number)).toBe(NOBODYS)
    done(await tenant.http.put(`${account.path}/user/${userId}/telephone-number`, { telephoneNumber: number, primary: true, e911Address: E911 }))
    const call = await outside.call(number)
    const ringing = await desk.nextCall()
    expect(ringing.from).toContain(customers)
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    const back = await desk.call(customers)
    const shown = await outside.nextCall()
    expect(shown.from).toContain(number.slice(1))
    shown.reject(486)
    expect(await back.finalStatus()).toBe(486)
    expect(await helpSentTo()).toBe('SUITE 200')

    done(await tenant.http.delete(`${account.path}/user/${userId}/telephone-number/${number}`))
    expect(await statusFor(number)).toBe(NOBODYS)
    const without = await desk.call(customers)
    const unnamed = await outside.nextCall()
    expect(unnamed.from).not.toContain(number.slice(1))
    unnamed.reject(486)
    expect(await without.finalStatus()).toBe(486)

    done(await tenant.http.delete(`${tenant.path}/telephone-number/${number}`))
    // It is no longer one of ours: whoever dials it is looked for outside.
    const away = await outside.call(number)
    expect(await away.finalStatus()).toBe(200)
    expect(await away.hangUp()).toBe(200)
    const record = await eventually('the record', 5_000, async () => (await customer.account.callRecords()).find((one) => one.termCallCategory === 'OffNet'))
    expect(record.dialedNumber).toBe(number)
    expect(await helpSentTo()).toBeUndefined()
  })
})
