import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  base = await newAccount()
})

async function newAccount(): Promise<string> {
  sequence++
  const partition = `/v2/partition/${platform.partitionId}`
  const account = await platform.call('POST', `${partition}/account`, { accountNumber: `D-${sequence}`, accountName: 'Dynamic' })
  return `${partition}/account/${String(account.body['id'])}`
}

const RECORD = { businessName: 'Dynamic', streetNumber: '135', streetName: 'Front', streetSuffix: 'St', city: 'Binghamton', state: 'NY', postalCode: '13905', customerType: 'BUSINESS', latitude: 42.0987, longitude: -75.9179 } // prettier-ignore
const request = (more: object = {}) => ({ tnQuantity: 2, customerServiceRecord: RECORD, tnSettings: {}, ...more })
const NOWHERE = { tnSettings: { phoneNumber: '12229990000' } }
const ask = (body: object) => platform.call('POST', `${base}/telephonenumber/tn-requests`, body)
const numbers = async () => (await platform.call('GET', `${base}/telephonenumber`)).list

describe('numbers a carrier has besides the inventory', () => {
  it('are found in blocks, and ordered by the id of the answer', async () => {
    const { list } = await platform.call('GET', `${base}/dynamic-inventory/tn-search?npa-nxx=607-722&qty=3`)
    const [offer] = list as readonly { orderId: string; tns: readonly { tn: string }[] }[]
    const found = offer?.tns.map(({ tn }) => Number(tn)) ?? []
    expect(found).toHaveLength(3)
    expect(found[2]).toBe(Number(found[0]) + 2)
    const placed = await platform.call('POST', `${base}/dynamic-inventory/orders`, request({ tnQuantity: 3, orderId: offer?.orderId }))
    expect(placed, JSON.stringify(placed.body)).toMatchObject({ status: 200, body: { inventory: [{ tns: offer?.tns }] } })
    expect((await numbers()).map((number) => Number(number['phoneNumber'])).toSorted((a, b) => a - b)).toEqual(found)
    expect((await platform.call('GET', `${base}/dynamic-inventory/tn-search?npa=1`)).body['errorCode']).toBe('InvalidNpa')
  })

  it('the same offer twice at once: one order has its numbers', async () => {
    const { list } = await platform.call('GET', `${base}/dynamic-inventory/tn-search?npa=607&qty=1`)
    const orderId = String(list[0]?.['orderId'])
    const answers = await Promise.all([1, 2].map(() => platform.call('POST', `${base}/dynamic-inventory/orders`, request({ tnQuantity: 1, orderId }))))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 400])
  })
})

describe('requests that a carrier fulfils', () => {
  it('near the customer; with the records given', async () => {
    const made = await ask(request())
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 200, body: { status: 'COMPLETED', tnQuantity: 2, archived: false } })
    // Numbers here, text in every other address.
    expect(made.body['customerServiceRecord']).toMatchObject({ latitude: 42.0987, longitude: -75.9179 })
    expect(await numbers()).toMatchObject([{ carrierStatus: 'ACTIVE', e911Registered: true }, { customerServiceRecord: { businessName: 'Dynamic' } }])
    const read = await platform.call('GET', `${base}/telephonenumber/tn-requests/${String(made.body['id'])}`)
    expect(read.body).toEqual(made.body)
    expect((await platform.call('GET', `${base}/telephonenumber/tn-requests`)).list).toEqual([made.body])
  })

  it('or wait: refreshed, resubmitted with other terms, or given up', async () => {
    const waiting = await ask(request(NOWHERE))
    expect(waiting.body).toMatchObject({ status: 'PENDING', telephoneNumbers: [] })
    const path = `${base}/telephonenumber/tn-requests`
    const id = String(waiting.body['id'])
    expect((await platform.call('POST', `${path}/${id}/refresh`)).body).toMatchObject({ status: 'PENDING' })
    expect((await platform.call('POST', `${path}/actions/resubmit`, { id, ...request() })).body).toMatchObject({ status: 'COMPLETED' })
    expect((await platform.call('POST', `${path}/actions/cancel`, { referenceId: id })).body['errorCode']).toBe('OrderCompleted')
    const other = String((await ask(request(NOWHERE))).body['id'])
    expect((await platform.call('POST', `${path}/actions/cancel`, { referenceId: other })).status).toBe(204)
    expect((await platform.call('GET', `${path}/${other}`)).body).toMatchObject({ status: 'CANCELLED', archived: true })
    expect((await platform.call('PUT', `${path}/${id}`, { ...request(), archived: true })).body).toMatchObject({ archived: true })
    expect((await platform.call('GET', `${path}?archived=false`)).list).toEqual([])
  })

  it.each([
    [{ tnQuantity: 0 }, 'InvalidTnQuantity'],
    [{ tnQuantity: 101 }, 'InvalidTnQuantity'],
    [{ customerServiceRecord: undefined }, 'CustomerServiceRecordRequired'],
    [{ tnSettings: { operationalStatus: 'ASLEEP' } }, 'InvalidOperationalStatus'],
    [{ orderId: 'nobody' }, 'EntityNotFound'],
    [{ userId: 'nobody' }, 'EntityNotFound'],
  ])('refuses %j with %s and keeps nothing', async (changes, code) => {
    expect((await ask(request(changes))).body['errorCode']).toBe(code)
    expect((await platform.call('GET', `${base}/telephonenumber/tn-requests`)).list).toEqual([])
  })

  it('of another account are not there', async () => {
    const id = String((await ask(request(NOWHERE))).body['id'])
    base = await newAccount()
    const path = `${base}/telephonenumber/tn-requests`
    expect((await platform.call('GET', `${path}/${id}`)).status).toBe(404)
    expect((await platform.call('POST', `${path}/${id}/refresh`)).status).toBe(404)
    expect((await platform.call('POST', `${path}/actions/cancel`, { referenceId: id })).status).toBe(404)
    expect((await platform.call('POST', `${path}/actions/resubmit`, { id, ...request() })).status).toBe(404)
  })
})
