import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

/** The trunk request of the account guide, with its rules one by one. */

interface Trunk extends Identified {
  readonly localServicesEnabled: boolean
  readonly [field: string]: unknown
}

let tenant: Tenant
let account: Account
let number: string

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
beforeEach(async () => {
  account = await tenant.createAccount()
  number = await account.addNumber()
})

const example = (changes: Readonly<Record<string, unknown>> = {}) => ({
  accountId: account.id,
  partitionId: tenant.partitionId,
  trunkName: 'TRUNK-NAME',
  callbackNumber: number,
  primaryTn: number,
  localServicesEnabled: true,
  concurrentCalls: 10,
  sipPassword: 'TRUNK_PASSWORD1',
  sipUsername: unique('trunk-'),
  ...changes,
})
const post = (changes: Readonly<Record<string, unknown>> = {}, at = account.path) => tenant.http.post<Trunk & ErrorBody>(`${at}/siptrunk_2`, example(changes))
const refused = async (changes: Readonly<Record<string, unknown>>) => {
  const { status, body } = await post(changes)
  return [status, body.messages[0]]
}

describe('a trunk as the account guide makes it', () => {
  it('S1-113 S1-114 S1-122 S1-123: the example request gives an answer like the example, under an id that finds it again', async () => {
    const { status, body } = await post({ sipUsername: 'TRUNK_USERNAME' + account.id.slice(0, 8) })
    expect([status, body]).toMatchObject([
      200,
      {
        partitionId: tenant.partitionId,
        accountId: account.id,
        trunkName: 'TRUNK-NAME',
        id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        sipPassword: 'TRUNK_PASSWORD1',
        sipUsername: `TRUNK_USERNAME${account.id.slice(0, 8)}`,
        callbackNumber: number,
        concurrentCalls: 10,
        callingPlans: [
          {
            referenceId: body.id,
            referenceType: 'SIP_TRUNK',
            callingPlanProductId: expect.any(String),
            startDate: expect.stringMatching(/Z$/),
            planMinutes: 20_000,
            secondsRemaining: 1_200_000,
          },
        ],
        telephoneNumbers: [],
        sipProxyServer: expect.stringMatching(/:\d+$/),
        lockedOut: false,
        localServicesEnabled: true,
        primaryTn: number,
      },
    ])
    expect(done(await tenant.http.get<Trunk>(`${account.path}/siptrunk_2/${body.id}`))).toMatchObject({ id: body.id, trunkName: 'TRUNK-NAME' })
    const nowhere = await post({}, `${tenant.path}/account/nobody`)
    expect([nowhere.status, nowhere.body.messages]).toEqual([404, ['EntityNotFound']])
  })

  it('S1-115: trunkName is required and unique in its account, and another account may use it too', async () => {
    expect(await refused({ trunkName: undefined })).toEqual([400, 'TrunkNameRequired'])
    done(await post())
    expect((await refused({}))[0]).toBe(400)
    const other = await tenant.createAccount()
    const there = await post({ callbackNumber: undefined, primaryTn: undefined }, other.path)
    expect(there.status, there.text).toBe(200)
  })

  it('S1-118: the primary number is optional, goes by both spellings, and is not the caller ID', async () => {
    expect(done(await post({ trunkName: 'Without', primaryTn: undefined }))).not.toHaveProperty('primaryTn')
    const spelled = done(await post({ trunkName: 'Spelled', primaryTn: undefined, primaryTN: number }))
    expect(spelled).toMatchObject({ primaryTn: number })
    expect(spelled).not.toHaveProperty('callerIdNumber')
  })

  it('S1-119: the callback number is optional and has to be one of the platform', async () => {
    expect(done(await post({ callbackNumber: undefined }))).not.toHaveProperty('callbackNumber')
    const [status] = await refused({ trunkName: 'Foreign', callbackNumber: '12125550100' })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it('S1-120: local services are off unless they are asked for', async () => {
    expect(done(await post({ localServicesEnabled: undefined })).localServicesEnabled).toBe(false)
    expect(done(await post({ trunkName: 'With', localServicesEnabled: true })).localServicesEnabled).toBe(true)
  })

  it('S1-121: extension patterns take ranges of digits and single extensions, and nothing else', async () => {
    const extensionPatterns = ['21XX', '211X', '2345']
    expect(done(await post({ extensionPatterns }))).toMatchObject({ extensionPatterns })
    for (const wrong of ['2X1X', 'ABCD', '21XX-2199']) expect((await refused({ trunkName: wrong, extensionPatterns: [wrong] }))[0], wrong).toBe(400)
  })
})
