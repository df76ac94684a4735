import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDueRows } from '../due-work/index.ts'
import { DELAYED_CARRIER_ID, fillInventory, finishDueActivations, sandboxInventory } from '../telephone-numbers/index.ts'

let platform: TestControlPlane
let partition: string
let account: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const { database } = platform.plane.context
  const now = new Date(platform.time.nowMs())
  const numbers = sandboxInventory()
  const isSlow = (number: { prefix: string }) => number.prefix === '1617345'
  await fillInventory(database, { partitionId: platform.partitionId, carrierId: DELAYED_CARRIER_ID, now, numbers: numbers.filter(isSlow) })
  await fillInventory(database, { partitionId: platform.partitionId, carrierId: 'sandbox', now, numbers: numbers.filter((number) => !isSlow(number)) })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})

async function newAccount(overrides: Record<string, unknown> = {}, token?: string, base = partition): Promise<string> {
  sequence++
  const made = await platform.call('POST', `${base}/account`, { accountNumber: `O-${sequence}`, accountName: 'Orders Inc', ...overrides }, token)
  return String(made.body['id'])
}

const search = async (query: string) =>
  (await platform.call('GET', `${partition}/telephone-number/search?${query}`)).body['telephoneNumbers'] as readonly Record<string, unknown>[]
const free = async (query = 'npa=607&quantity=5') => (await search(query)).map((number) => String(number['telephoneNumber']))
const order = (telephoneNumbers: readonly string[], accountId = account) =>
  platform.call('POST', `${partition}/telephone-number/order`, { telephoneNumbers, accountId })

describe('searches of the number guide', () => {
  it('S2-06 S2-08: answers an object with the fields of the example', async () => {
    const [first] = await search('npa=607&nxx=123&quantity=10')
    expect(first).toMatchObject({ npa: '607', nxx: '123', rateCenter: 'BINGHAMTON', state: 'NY', lata: '132', available: true })
    expect(first?.['telephoneNumber']).toMatch(/^\+1607123\d{4}$/)
    expect(first?.['formatted']).toBe(`(607) 123-${String(first?.['line'])}`)
  })

  it('S2-07: ten numbers when nobody says how many, a hundred at most', async () => {
    expect(await search('npa=801')).toHaveLength(10)
    expect(await search('npa=801&quantity=100')).toHaveLength(100)
    const refused = await platform.call('GET', `${partition}/telephone-number/search?npa=801&quantity=101`)
    expect(refused.body).toMatchObject({ status: 400, details: [{ field: 'quantity', code: 'InvalidQuantity' }] })
  })

  it('S2-12 S2-13: toll-free numbers of the seven prefixes', async () => {
    const { body } = await platform.call('GET', `${partition}/telephone-number/search/tollfree?pattern=*1234&quantity=10`)
    expect((body['telephoneNumbers'] as readonly { npa: string }[]).map((number) => number.npa)).toEqual(['800', '833', '844', '855', '866', '877', '888'])
  })
})

describe('ordering', () => {
  it('S2-14 S2-15 S2-16 S0-37: completed at once, the numbers are the account’s and wait to be assigned', async () => {
    const [number = ''] = await free()
    const { status, body } = await order([number])
    const orderedDate = new Date(platform.time.nowMs()).toISOString()
    expect([status, body]).toMatchObject([
      200,
      { status: 'COMPLETED', telephoneNumbers: [{ telephoneNumber: number, status: 'ACTIVE', accountId: account, orderedDate }] },
    ])
    expect(body['orderId']).toMatch(/^order_[A-Za-z0-9_-]{22}$/)
    expect((await platform.call('GET', `${partition}/telephone-number/order/${String(body['orderId'])}`)).body).toEqual(body)
    expect((await platform.call('GET', `${partition}/telephone-number/order?accountId=${account}`)).list).toEqual([body])
    const listed = (await platform.call('GET', `${partition}/account/${account}/telephone-number`)).list
    expect(listed).toMatchObject([{ telephoneNumber: number, primary: false, status: 'ACTIVE', lifecycleState: 'RESERVED', e911Registered: false }])
    expect(await free()).not.toContain(number)
  })

  it('C-36: the service address of the account is where help is sent when the order does not say', async () => {
    account = await newAccount({ address: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' } })
    const [number = ''] = await free()
    await order([number])
    const { body } = await platform.call('GET', `${partition}/telephone-number/${number}`)
    expect(body['e911']).toMatchObject({ registered: true, address: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' } })
  })

  it('S2-17: several numbers, all of them or none', async () => {
    const [one = '', two = '', three = ''] = await free()
    expect((await order([one, two])).body['telephoneNumbers']).toHaveLength(2)
    const refused = await order([three, two], await newAccount())
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'TelephoneNumberInUse'])
    expect((await platform.call('GET', `${partition}/telephone-number/${three}`)).body['status']).toBe('AVAILABLE')
  })

  it.each([
    [{}, 400, 'TelephoneNumbersRequired'],
    [{ telephoneNumbers: [] }, 400, 'TelephoneNumbersRequired'],
    [{ telephoneNumbers: ['+16071234567'] }, 400, 'AccountIdRequired'],
    [{ telephoneNumbers: ['+16071'], accountId: 'x' }, 400, 'InvalidPhoneNumber'],
    [{ telephoneNumbers: ['+16071234567'], accountId: 'nobody' }, 404, 'EntityNotFound'],
    [{ telephoneNumbers: Array.from({ length: 101 }, (_, line) => `+1607123${1000 + line}`), accountId: 'x' }, 400, 'InvalidTelephoneNumbers'],
  ])('refuses %j with %d %s', async (body, status, code) => {
    const answer = await platform.call('POST', `${partition}/telephone-number/order`, body)
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code])
  })

  it('S0-33: a number nobody has cannot be ordered; one of another partition neither', async () => {
    expect((await order(['+12125550123'])).body).toMatchObject({ status: 404, data: { type: 'TelephoneNumber' } })
    const manager = { username: 'orders@example.com', password: 'Another-horse-2', firstName: 'O', lastName: 'O' }
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Orders', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const base = `/v2/partition/${String(child.body['id'])}`
    const theirs = await newAccount({}, token, base)
    const [number = ''] = await free()
    const foreign = await platform.call('POST', `${base}/telephone-number/order`, { telephoneNumbers: [number], accountId: account }, token)
    expect(foreign.body).toMatchObject({ status: 404, data: { type: 'Account' } })
    const made = await platform.call('POST', `${base}/telephone-number/order`, { telephoneNumbers: [number], accountId: theirs }, token)
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    expect((await platform.call('GET', `${partition}/telephone-number/order/${String(made.body['orderId'])}`)).status).toBe(404)
    expect((await platform.call('GET', `${partition}/telephone-number/${number}`)).status).toBe(404)
    expect((await platform.call('PUT', `${partition}/telephone-number/${number}`, { callerIdName: 'STOLEN' })).status).toBe(404)
    expect((await platform.call('DELETE', `${partition}/telephone-number/${number}`)).status).toBe(404)
  })

  it('of two accounts that order one number at the same time one gets it and the other is told; ten times', async () => {
    const numbers = await free('npa=801&quantity=10')
    const other = await newAccount()
    for (const number of numbers) {
      const answers = await Promise.all([order([number]), order([number], other)])
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409])
    }
  })

  it('orders with the same numbers the other way round do not wait for each other for ever', async () => {
    const numbers = await free('npa=315&quantity=10')
    const accounts = await Promise.all(Array.from({ length: 6 }, () => newAccount()))
    const answers = await Promise.all(accounts.map((each, index) => order(index % 2 === 0 ? numbers : numbers.toReversed(), each)))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409])
  })

  it('ten orders of one account at the same time all end', async () => {
    const numbers = await free('npa=212&quantity=10')
    const answers = await Promise.all(numbers.map((number) => order([number])))
    expect(answers.map((answer) => answer.status)).toEqual(numbers.map(() => 200))
  })

  it('S1-72: fifty reserve one number at once, one holds it, and only that one can order it', async () => {
    const [number = ''] = await free()
    const accounts = await Promise.all(Array.from({ length: 50 }, () => newAccount()))
    const answers = await Promise.all(accounts.map((each) => platform.call('PUT', `${partition}/account/${each}/telephonenumber/${number}/reserve`)))
    const winners = accounts.filter((_, index) => answers[index]?.status === 204)
    expect(winners).toHaveLength(1)
    const [loser = ''] = accounts.filter((each) => !winners.includes(each))
    const refused = await order([number], loser)
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'TelephoneNumberReserved'])
    expect((await order([number], winners[0])).status).toBe(200)
  })

  it('C-28: what one user holds for himself another cannot order; he can', async () => {
    const [number = ''] = await free()
    await platform.plane.context.database.sql
      .updateTable('telephone_number')
      .set({ reserved_user_id: 'somebody', reserved_until: new Date(platform.time.nowMs() + 60_000) })
      .where('phone_number', '=', number.slice(1))
      .execute()
    expect((await order([number])).body['errorCode']).toBe('TelephoneNumberReserved')
    platform.time.advance(60_000)
    expect((await platform.call('PUT', `${partition}/telephonenumber/${number}/reserve`)).status).toBe(200)
    expect((await order([number])).status).toBe(200)
  })

  it('S1-24 C-22: a SIMPLE account has one number', async () => {
    account = await newAccount({ accountType: 'SIMPLE' })
    const refused = await order((await free()).slice(0, 2))
    expect([refused.status, refused.body['errorCode']]).toEqual([409, 'AccountTelephoneNumberLimitReached'])
  })
})

describe('S2-18 S0-43 C-27: toll-free numbers', () => {
  const tollFree = async (pattern: string) => {
    const { body } = await platform.call('GET', `${partition}/telephone-number/search/tollfree?pattern=${pattern}&quantity=1`)
    return String((body['telephoneNumbers'] as readonly Record<string, unknown>[])[0]?.['telephoneNumber'])
  }
  const orderTollFree = (telephoneNumber: string) =>
    platform.call('POST', `${partition}/telephone-number/order/tollfree`, { telephoneNumber, accountId: account })

  it('are ordered one by one, and nobody is asked by default; other numbers are refused there', async () => {
    const number = await tollFree('*1234')
    expect((await orderTollFree(number)).body).toMatchObject({ status: 'COMPLETED', approval: 'GIVEN', telephoneNumbers: [{ telephoneNumber: number }] })
    const [local = ''] = await free()
    expect((await orderTollFree(local)).body).toMatchObject({ status: 400, details: [{ field: 'telephoneNumber' }] })
  })

  it('wait for approval where the partition wants it, and go on or back', async () => {
    const { sql } = platform.plane.context.database
    const setting = (value: string) =>
      sql.updateTable('partition').set({ settings: JSON.stringify({ tollFreeApproval: value }) }).where('id', '=', platform.partitionId).execute() // prettier-ignore
    await setting('MANUAL')
    const [one, two] = [await orderTollFree(await tollFree('*2000')), await orderTollFree(await tollFree('*4000'))]
    expect([one.body, two.body]).toMatchObject([{ status: 'PENDING', approval: 'AWAITED', telephoneNumbers: [{ status: 'PENDING' }] }, { status: 'PENDING' }])
    const decide = (made: typeof one, decision: string) =>
      platform.call('POST', `${partition}/telephone-number/order/${String(made.body['orderId'])}/${decision}`)
    expect((await decide(one, 'approve')).body).toMatchObject({ status: 'COMPLETED', telephoneNumbers: [{ status: 'ACTIVE' }] })
    expect((await decide(two, 'refuse')).body).toMatchObject({ status: 'CANCELLED', approval: 'REFUSED', telephoneNumbers: [{ status: 'CANCELLED' }] })
    expect(await decide(two, 'approve')).toMatchObject({ status: 409, body: { errorCode: 'OrderNotAwaitingApproval' } })
    const [refused] = two.body['telephoneNumbers'] as readonly { telephoneNumber: string }[]
    expect((await platform.call('GET', `${partition}/telephone-number/${String(refused?.telephoneNumber)}`)).body['status']).toBe('AVAILABLE')
    await setting('AUTO')
  })
})

const finish = () => finishDueActivations(platform.plane.context, createDueRows(platform.plane.context, 'activations'))

describe('C-30: a carrier that takes its time', () => {
  it('the order is pending, nobody can call the number, and later it is active, with an event', async () => {
    const [number = ''] = await free('npa=617')
    const { body } = await order([number])
    expect(body).toMatchObject({ status: 'PENDING', telephoneNumbers: [{ status: 'PENDING' }] })
    const stored = () => platform.call('GET', `${partition}/account/${account}/telephonenumber/${number}`)
    expect((await stored()).body).toMatchObject({ carrierStatus: 'ACTIVATION_PENDING' })
    const routed = () => platform.plane.view.snapshotOf(account)?.numbers.get(number.slice(1))?.operationalStatus
    expect(routed()).toBe('STAGED')
    await finish()
    expect((await stored()).body['carrierStatus']).toBe('ACTIVATION_PENDING')
    platform.time.advance(60_000)
    await Promise.all([finish(), finish()])
    expect((await stored()).body['carrierStatus']).toBe('ACTIVE')
    expect(routed()).toBe('ACTIVE')
    expect((await platform.call('GET', `${partition}/telephone-number/order/${String(body['orderId'])}`)).body['status']).toBe('COMPLETED')
    const events = await platform.plane.context.database.sql.selectFrom('event_outbox').select('type').where('account_id', '=', account).execute()
    expect(events.filter((event) => event.type === 'number.activated')).toHaveLength(1)
  })
})
