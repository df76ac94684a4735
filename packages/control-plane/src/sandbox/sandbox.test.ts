import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillInventory } from '../telephone-numbers/index.ts'
import { sandboxOperations, type SandboxPsapCall } from './index.ts'

const OUTSIDE = '13035550100'
const CUSTOMER = { customerName: 'Smith John', firstName: 'John', lastName: 'Smith', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042', secondaryLocationDescription: 'SUITE', unit: '500', customerType: 'RESIDENTIAL' } // prettier-ignore
const CALL = { service: '911', location: { city: 'Denver' }, receivedAt: '2026-11-21T12:00:00.000Z' }

const made: unknown[] = []
let psapCalls: readonly SandboxPsapCall[] = []
let platform: TestControlPlane
let brandToken: string
let brandId: string
let number: string

beforeAll(async () => {
  platform = await startTestControlPlane({
    furtherOperations: sandboxOperations({
      inboundCall: (call) => {
        made.push(call)
        return { callId: `call-${made.length}` }
      },
      psapCalls: () => psapCalls,
      advanceClock: (seconds) => {
        platform.time.advance(seconds * 1000)
      },
    }),
  })
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'Brand', lastName: 'Operator' }
  brandId = String((await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })).body['id'])
  brandToken = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  platform.time.advance(3_000)
  number = await numberOfAccount()
})
afterAll(() => platform.stop())

/** A number on an account of the first partition. */
async function numberOfAccount(): Promise<string> {
  const phoneNumber = '18015550123'
  const place = {
    functionType: 'ELS',
    rateCenter: 'LEHI',
    rateCenterReorderName: 'LEHI',
    state: 'UT',
    country: 'USA',
    prefix: '1801555',
    lata: '660',
    latitude: 40.4,
    longitude: -111.8,
  }
  await fillInventory(platform.plane.context.database, {
    partitionId: platform.partitionId,
    carrierId: 'carrier-1',
    now: new Date(platform.time.nowMs()),
    numbers: [{ phoneNumber, ...place }],
  })
  const base = `/v2/partition/${platform.partitionId}/account`
  const account = String((await platform.call('POST', base, { accountNumber: 'S-1', accountName: 'Sandbox' })).body['id'])
  const added = await platform.call('POST', `${base}/${account}/telephonenumber`, {
    customerServiceRecord: CUSTOMER,
    directoryListing: { listed: false, type: 'NOT_LIST_NOT_PUBLISH', address: CUSTOMER },
    e911Address: { address: CUSTOMER },
    telephoneNumbers: [{ phoneNumber }],
  })
  expect(added.status, JSON.stringify(added.body)).toBeLessThan(300)
  return phoneNumber
}

describe('POST /v2/sandbox/inbound-call', () => {
  it('calls a number of the caller’s tenants, in any spelling', async () => {
    const answer = await platform.call('POST', '/v2/sandbox/inbound-call', { from: '(303) 555-0100', to: `+${number}`, seconds: 5 })
    expect(answer).toMatchObject({ status: 200, body: { callId: 'call-1' } })
    expect(made).toEqual([{ from: OUTSIDE, to: number, seconds: 5 }])
  })

  it.each([
    ['a number nobody has', { from: OUTSIDE, to: '12025550199' }, 404, 'EntityNotFound'],
    ['no number', { from: OUTSIDE, to: 'reception' }, 400, 'InvalidTo'],
    ['a caller that is no number', { from: 'me', to: '18015550123' }, 400, 'InvalidFrom'],
    ['a call of a day', { from: OUTSIDE, to: '18015550123', seconds: 86_400 }, 400, 'InvalidSeconds'],
  ])('refuses %s, and makes no call', async (_case, request, status, code) => {
    const before = made.length
    expect((await platform.call('POST', '/v2/sandbox/inbound-call', request)).body).toMatchObject({ status, errorCode: code })
    expect(made).toHaveLength(before)
  })

  it('another tenant’s number is not found', async () => {
    expect((await platform.call('POST', '/v2/sandbox/inbound-call', { from: OUTSIDE, to: number }, brandToken)).status).toBe(404)
  })
})

describe('GET /v2/sandbox/psap-calls', () => {
  it('shows emergency calls of the caller’s numbers; those without a callback number to operators of a partition without parent', async () => {
    psapCalls = [
      { ...CALL, callId: 'named', callbackNumber: number },
      { ...CALL, callId: 'foreign', callbackNumber: '12025550199' },
      { ...CALL, callId: 'nameless', callbackNumber: undefined },
    ]
    const top = (await platform.call('GET', '/v2/sandbox/psap-calls')).list
    expect(top.map((call) => call['callId'])).toEqual(['named', 'nameless'])
    expect(top[0]).toMatchObject({ service: '911', callbackNumber: number, location: { city: 'Denver' } })
    expect((await platform.call('GET', '/v2/sandbox/psap-calls', undefined, brandToken)).list).toEqual([])
  })
})

describe('GET /v2/sandbox/messages', () => {
  it('shows messages of the visible partitions only, newest first', async () => {
    const insert = async (id: string, partitionId: string): Promise<void> => {
      platform.time.advance(1_000)
      const row = {
        id,
        partition_id: partitionId,
        account_id: null,
        kind: 'email',
        recipient: 'a@example.com',
        subject: id,
        body: 'x',
        created_at: new Date(platform.time.nowMs()),
      }
      await platform.plane.context.database.sql.insertInto('outgoing_message').values(row).execute()
    }
    await insert('of the parent', platform.partitionId)
    await insert('of the brand', brandId)
    const subjects = async (token?: string) => (await platform.call('GET', '/v2/sandbox/messages', undefined, token)).list.map((message) => message['subject'])
    expect(await subjects()).toEqual(['of the brand', 'of the parent'])
    expect(await subjects(brandToken)).toEqual(['of the brand'])
  })
})

describe('POST /v2/sandbox/clock/advance', () => {
  it('moves the business clock by the seconds asked for', async () => {
    const expected = new Date(platform.time.nowMs() + 90_000).toISOString()
    expect((await platform.call('POST', '/v2/sandbox/clock/advance', { seconds: 90 })).body).toEqual({ now: expected })
    expect((await platform.call('POST', '/v2/sandbox/clock/advance', { seconds: -1 })).body['errorCode']).toBe('InvalidSeconds')
  })

  it('needs a token', async () => {
    expect((await platform.call('POST', '/v2/sandbox/clock/advance', { seconds: 1 }, '')).status).toBe(401)
  })
})
