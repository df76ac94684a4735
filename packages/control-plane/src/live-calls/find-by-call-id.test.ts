import { newUuid } from '@dialtone/foundation'
import type { CallRecord } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'

let platform: TestControlPlane
let top: string
let below: { readonly partitionId: string; readonly accountId: string }
let own: { readonly partitionId: string; readonly accountId: string }
let other: typeof own

beforeAll(async () => {
  platform = await startTestControlPlane()
  top = platform.partitionId
  own = await makeAccount(top, 'own')
  other = await makeAccount(top, 'other')
  below = await makeAccount(await makePartition('Below'), 'below')
})
afterAll(() => platform.stop())

async function makePartition(name: string): Promise<string> {
  return String((await platform.call('POST', `/v2/partition/${top}/partition`, { name })).body['id'])
}

async function makeAccount(partitionId: string, accountNumber: string): Promise<typeof own> {
  const made = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber, accountName: accountNumber })
  expect([made.status, made.body['id']]).toEqual([200, expect.any(String)])
  return { partitionId, accountId: String(made.body['id']) }
}

async function store(owner: typeof own, sipCallIds: readonly string[], sessionId: string = newUuid()): Promise<string> {
  const startedAtMs = platform.time.nowMs()
  const record: CallRecord = {
    ...{
      id: newUuid(),
      sessionId,
      ...owner,
      legType: 'Origination',
      direction: 'OUTBOUND',
      startedAtMs,
      ringingAtMs: undefined,
      answeredAtMs: undefined,
      endedAtMs: startedAtMs + 1000,
    },
    ...{ dialedNumber: '2002', callingNumber: '2001', callingName: 'Ann', calledNumber: '2002', origCategory: 'OnNet', termCategory: 'OnNet' },
    ...{ disposition: 'NO_ANSWER', hangupBy: 'caller', sipStatusCode: 487, sipCallIds },
  }
  await storeCallRecords(platform.plane.context, [record])
  return sessionId
}

const find = (partitionId: string, sipCallId: string, token?: string) =>
  platform.call('GET', `/v2/partition/${partitionId}/calls?sipCallId=${encodeURIComponent(sipCallId)}`, undefined, token)

it('finds the calls with a dialog of that Call-ID, whole and no part of it, whose ever they are', async () => {
  const session = await store(own, ['a1@phone', "l'eg;2@switch"])
  await store(other, ["l'eg;2@switch"], session)
  const found = { id: session, state: 'ENDED', from: '2001', dialed: '2002', outcome: 'NO_ANSWER', startTime: expect.any(String), endTime: expect.any(String) }
  expect((await find(top, 'a1@phone')).body).toEqual({ totalRecords: 1, results: [{ ...found, ...own }] })
  const both = (await find(top, "l'eg;2@switch")).body['results'] as readonly { readonly accountId: string }[]
  expect(both.map(({ accountId }) => accountId).toSorted()).toEqual([own.accountId, other.accountId].toSorted())
  for (const nobody of ['a1', 'phone', 'A1@phone', '%']) expect((await find(top, nobody)).body).toEqual({ totalRecords: 0, results: [] })
  expect((await platform.call('GET', `/v2/partition/${top}/calls`)).status).toBe(400)
})

it('finds calls of partitions below, none of those above or beside, and is nothing for a user of one account', async () => {
  await store(below, ['deep@phone'])
  await store(own, ['high@phone'])
  const totals = async (sipCallId: string) => [
    (await find(top, sipCallId)).body['totalRecords'],
    (await find(below.partitionId, sipCallId)).body['totalRecords'],
  ]
  expect([await totals('deep@phone'), await totals('high@phone')]).toEqual([
    [1, 1],
    [1, 0],
  ])
  const users = `/v2/partition/${top}/account/${other.accountId}/accountuser`
  const login = { username: 'ada@example.com', password: 'Another-horse-2' }
  const role = { name: 'Reads calls', userType: 'AccountUser', permissions: [{ type: 'AccountCallHistory', accessType: 'READ' }] }
  await platform.call('POST', `/v2/partition/${top}/security`, role)
  const made = await platform.call('POST', users, { ...login, firstName: 'Ada', lastName: 'Admin', roles: [role.name] })
  expect([made.status, made.body['errorCode']]).toEqual([200, undefined])
  const token = String((await platform.logIn(login.username, login.password)).body['authToken'])
  expect((await find(top, 'high@phone', token)).status).toBe(403)
  const beside = await makePartition('Beside')
  expect((await find(beside, 'deep@phone')).body['totalRecords']).toBe(0)
})
