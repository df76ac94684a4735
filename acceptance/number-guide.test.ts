import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, Tenant } from './tenant.ts'

/** The requests of the number guide, one after the other, as its readers send them. */

interface FoundNumber {
  readonly telephoneNumber: string
  readonly [field: string]: unknown
}
interface Order {
  readonly orderId: string
  readonly status: string
  readonly telephoneNumbers: readonly { readonly telephoneNumber: string; readonly status: string; readonly accountId: string; readonly orderedDate: string }[]
}
interface Listed {
  readonly telephoneNumber: string
  readonly [field: string]: unknown
}

const E911 = { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905', location: 'Suite 200' }
let tenant: Tenant
let account: Account

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
})

const search = async (query: string) =>
  done(await tenant.http.get<{ telephoneNumbers: readonly FoundNumber[] }>(`${tenant.path}/telephone-number/search${query}`)).telephoneNumbers
const order = (telephoneNumbers: readonly string[], accountId = account.id) =>
  tenant.http.post<Order & ErrorBody>(`${tenant.path}/telephone-number/order`, { telephoneNumbers, accountId })
const numberPath = (number: string) => `${tenant.path}/telephone-number/${number}`

async function freeNumber(query = '?npa=607&quantity=100'): Promise<string> {
  const found = await search(query)
  const number = found[Math.floor(Math.random() * found.length)]?.telephoneNumber
  if (number === undefined) throw new Error('the inventory is empty')
  return number
}

async function ordered(): Promise<string> {
  const number = await freeNumber()
  done(await order([number]))
  return number
}

describe('search', () => {
  it('S0-35 S0-36 S2-06 S2-07 S2-08: by area code, ten by default, a hundred at most, each with the fields of the example', async () => {
    const found = await search('?npa=607')
    expect(found).toHaveLength(10)
    for (const number of found) {
      expect(number).toMatchObject({ npa: '607', state: 'NY', available: true })
      expect(number.telephoneNumber).toMatch(/^\+1607\d{7}$/)
      expect(number['formatted']).toBe(`(607) ${String(number['nxx'])}-${String(number['line'])}`)
    }
    expect((await search('?npa=607&nxx=123&quantity=1'))[0]).toMatchObject({ rateCenter: 'BINGHAMTON', lata: '132' })
    expect((await tenant.http.get(`${tenant.path}/telephone-number/search?npa=607&quantity=101`)).status).toBe(400)
  })

  it('S2-01 S2-09 S2-10 S2-11 S2-52: by exchange, rate center, and pattern', async () => {
    expect((await search('?npa=607&nxx=123&quantity=50')).every((number) => number['nxx'] === '123')).toBe(true)
    expect((await search('?rateCenter=BINGHAMTON&state=NY')).every((number) => number['rateCenter'] === 'BINGHAMTON')).toBe(true)
    expect((await search('?pattern=*1234*&npa=607&quantity=20')).every((number) => number.telephoneNumber.includes('1234'))).toBe(true)
    expect((await search('?pattern=*7777&quantity=20')).every((number) => number.telephoneNumber.endsWith('7777'))).toBe(true)
  })

  it('S2-04 S2-05 S2-12 S2-13: toll-free numbers of the seven prefixes, by pattern', async () => {
    const found = await search('/tollfree?quantity=100')
    const prefixes = new Set(found.map((number) => number['npa']))
    expect([...prefixes].every((npa) => ['800', '888', '877', '866', '855', '844', '833'].includes(String(npa)))).toBe(true)
    expect((await search('/tollfree?pattern=*1234&quantity=10')).every((number) => number.telephoneNumber.endsWith('1234'))).toBe(true)
  })
})

describe('order', () => {
  it('S0-25 S0-33 S0-37 S2-14 S2-15 S2-16: completed at once; the number is the account’s and waits for its assignment', async () => {
    const number = await freeNumber()
    const made = await order([number])
    expect([made.status, made.body]).toMatchObject([
      200,
      { status: 'COMPLETED', telephoneNumbers: [{ telephoneNumber: number, status: 'ACTIVE', accountId: account.id }] },
    ])
    expect(made.body.orderId).toMatch(/^order_/)
    expect(Date.parse(made.body.telephoneNumbers[0]?.orderedDate ?? '')).not.toBeNaN()
    expect(done(await tenant.http.get<Listed>(numberPath(number)))).toMatchObject({ lifecycleState: 'RESERVED' })
    const unknown = await order(['+16075550199'])
    expect([unknown.status, unknown.body.messages]).toEqual([404, ['EntityNotFound']])
  })

  it('S2-17 S2-53: several at once, all or none; two accounts that want one number: one gets it', async () => {
    const [one, two] = (await search('?npa=801&quantity=2')).map((number) => number.telephoneNumber)
    const other = await tenant.createAccount()
    const wanted = [one ?? '', two ?? '']
    const answers = await Promise.all([order(wanted), order(wanted.toReversed(), other.id)])
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const winner = answers[0].status === 200 ? account : other
    const listed = done(await tenant.http.get<readonly Listed[]>(`${winner.path}/telephone-number`)).map((number) => number.telephoneNumber)
    expect(listed).toEqual(expect.arrayContaining(wanted))
  })

  it('S0-43 S2-18 S2-54: a toll-free number by its own request', async () => {
    const telephoneNumber = await freeNumber('/tollfree?quantity=100')
    const made = await tenant.http.post<Order>(`${tenant.path}/telephone-number/order/tollfree`, { telephoneNumber, accountId: account.id })
    expect([made.status, made.body.telephoneNumbers[0]]).toMatchObject([200, { telephoneNumber, status: 'ACTIVE' }])
    const local = await tenant.http.post(`${tenant.path}/telephone-number/order/tollfree`, { telephoneNumber: await freeNumber(), accountId: account.id })
    expect(local.status).toBe(400)
  })
})

describe('the life of a number', () => {
  it('S0-29 S0-40 S0-41 S0-42 S2-02 S2-03 S2-29 S2-30 S2-39 S2-40 S2-44 S2-45 S2-55 S2-56: assigned with its emergency address, taken away, released, and then at rest', async () => {
    const user = await account.createUser('4201')
    const number = await ordered()
    const assigned = await tenant.http.put<Listed>(`${account.path}/user/${user.userId}/telephone-number`, {
      telephoneNumber: number,
      primary: true,
      e911Address: E911,
    })
    expect([assigned.status, assigned.body]).toMatchObject([200, { assignedTo: user.userId, assignmentType: 'END_USER', primary: true, e911: { registered: true, address: E911 }, lifecycleState: 'ACTIVE' }]) // prettier-ignore
    const callerId = done(await account.http.get<{ callerIdConfig: { callerIdNumber?: string } }>(`${account.path}/user/${user.userId}`)).callerIdConfig
    expect(callerId.callerIdNumber).toBe(number.slice(1))
    const busy = await tenant.http.delete<ErrorBody>(numberPath(number))
    expect([busy.status, busy.body.messages]).toEqual([409, ['TelephoneNumberInUse']])
    expect((await tenant.http.delete(`${account.path}/user/${user.userId}/telephone-number/${number}`)).status).toBe(204)
    expect(done(await tenant.http.get<Listed>(numberPath(number)))).toMatchObject({ lifecycleState: 'DISCONNECTED' })
    expect((await tenant.http.delete(numberPath(number))).status).toBe(204)
    expect(done(await tenant.http.get<Listed>(numberPath(number)))).toMatchObject({
      status: 'RELEASED',
      lifecycleState: 'RELEASED',
      e911: { registered: false },
    })
    expect((await order([number])).status).toBe(404)
  })

  it('S2-31: a number on a line of a device', async () => {
    const user = await account.createUser('4202')
    const login = await account.createLine(user.userId)
    const line = done(await account.http.get<{ deviceId?: string; macAddress: string }>(`${account.path}/deviceline/${login.lineId}`))
    const number = await ordered()
    const assigned = await tenant.http.put<Listed>(`${account.path}/device/${line.macAddress}/line/1/telephone-number`, { telephoneNumber: number })
    expect([assigned.status, assigned.body]).toMatchObject([200, { assignmentType: 'LINE_APPEARANCE', assignedTo: login.lineId }])
  })

  it('S2-32 S2-41: services have a path of their own; one that is not there is 404, and the number stays free', async () => {
    const number = await ordered()
    for (const kind of ['ivr', 'call-queue', 'hunt-group', 'business-line'])
      expect([kind, (await tenant.http.put(`${account.path}/${kind}/nobody/telephone-number`, { telephoneNumber: number })).status]).toEqual([kind, 404])
    expect(done(await tenant.http.get<Listed>(numberPath(number)))).not.toHaveProperty('assignedTo')
  })

  it('S2-33 S2-34 S2-46: the list of the account, also of those nobody uses', async () => {
    const mine = await tenant.createAccount()
    const number = await freeNumber()
    done(await order([number], mine.id))
    const [listed] = done(await tenant.http.get<readonly Listed[]>(`${mine.path}/telephone-number`))
    expect(listed).toMatchObject({
      telephoneNumber: number,
      primary: false,
      status: 'ACTIVE',
      e911Registered: false,
      formatted: expect.stringMatching(/^\(607\) \d{3}-\d{4}$/) as string,
    })
    expect(done(await tenant.http.get<readonly Listed[]>(`${mine.path}/telephone-number?assigned=true`))).toEqual([])
  })

  it('S2-35 S2-36 S2-37 S2-38 S2-49 S2-50 S2-51: details; name, address and listing change one by one', async () => {
    const number = await ordered()
    const changed = await tenant.http.put<Listed>(numberPath(number), {
      callerIdName: 'ACME SUPPORT',
      e911Address: { ...E911, location: 'Suite 300' },
      directoryListing: { listed: false },
    })
    expect([changed.status, changed.body]).toMatchObject([200, { callerIdName: 'ACME SUPPORT', e911: { registered: true, address: { location: 'Suite 300' } }, directoryListing: { listed: false } }]) // prettier-ignore
    const listing = { listed: true, name: 'Acme Corporation', address: '135 Front St, Binghamton, NY' }
    done(await tenant.http.put(numberPath(number), { directoryListing: listing }))
    expect(done(await tenant.http.get<Listed>(numberPath(number)))).toMatchObject({
      npa: '607',
      accountId: account.id,
      callerIdName: 'ACME SUPPORT',
      directoryListing: listing,
    })
    for (const callerIdName of ['SIXTEEN LETTERS!', 'ABCDEFGHIJKLMNOP']) expect((await tenant.http.put(numberPath(number), { callerIdName })).status).toBe(400)
  })
})

describe('the number manager program of the guide', () => {
  it('S2-58 S2-59 S2-60 S2-61 S2-64: searches five, orders the first, assigns it with its emergency address', async () => {
    const user = await account.createUser('4203')
    const numbers = await search('?npa=607&quantity=5')
    expect(numbers).toHaveLength(5)
    const first = numbers[0]?.telephoneNumber ?? ''
    done(await order([first]))
    const { location: _location, ...address } = E911
    const assigned = await tenant.http.put<Listed>(`${account.path}/user/${user.userId}/telephone-number`, {
      telephoneNumber: first,
      primary: true,
      e911Address: address,
    })
    expect([assigned.status, assigned.body]).toMatchObject([200, { telephoneNumber: first, primary: true, e911Registered: true }])
  })
})
