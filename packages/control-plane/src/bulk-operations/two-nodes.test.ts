import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const BULK = '/v2/bulk-user-operation'
const USERS = 60

let one: TestControlPlane
let two: TestControlPlane
let accountId: string
let extensions: readonly string[]
let sequence = 0

beforeAll(async () => {
  one = await startTestControlPlane()
  two = await startTestControlPlane({ beside: one })
})
afterAll(async () => {
  await two.stop()
  await one.stop()
})
beforeEach(async () => {
  const body = { accountNumber: `T-${++sequence}`, accountName: 'Two nodes', extensionLength: 4 }
  accountId = String((await one.call('POST', `/v2/partition/${one.partitionId}/account`, body)).body['id'])
  extensions = Array.from({ length: USERS }, (_none, index) => String(4000 + index))
  const objects = extensions.map((extension) => ({ firstName: 'A', lastName: extension, extension }))
  const made = await one.call('POST', `${BULK}/collection`, { transformObjectType: 'CreateUserInput', transformObjects: objects })
  const started = await one.call('POST', `${BULK}/job`, { jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: made.body['id'] })
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  await bothDone()
})

const bothDone = () => Promise.all([one.plane.jobsDone(), two.plane.jobsDone()])

async function start(operation: string, of: readonly string[], parameters?: object): Promise<string> {
  const made = await one.call('POST', `${BULK}/collection`, {
    ...{ transformObjectType: 'DeleteUserInput', ownerId: accountId },
    transformObjects: of.map((extension) => ({ extension })),
  })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  const started = await one.call('POST', `${BULK}/job`, { operation, targetAccountId: accountId, collectionId: made.body['id'], parameters })
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  return String(started.body['id'])
}

/** Each node has one of them in hand before either comes to its first row. */
async function meet(startBoth: () => Promise<readonly [string, string]>): Promise<readonly [string, string]> {
  const { sql } = one.plane.context.database
  const inHand = async () => (await sql.selectFrom('job').select('id').where('status', '=', 'IN_PROGRESS').execute()).length
  const met = await sql.transaction().execute(async (holding) => {
    await holding.selectFrom('end_user').select('id').where('account_id', '=', accountId).forUpdate().execute()
    const ids = await startBoth()
    const ended = bothDone()
    await expect.poll(inHand, { timeout: 10_000 }).toBe(2)
    return { ids, ended }
  })
  await met.ended
  return met.ids
}

const jobOf = async (id: string) => (await one.call('GET', `${BULK}/job/${id}`)).body
const resultsOf = async (id: string) => (await one.call('GET', `${BULK}/job/${id}/results?limit=1000`)).list
const usersOf = async () => (await one.call('GET', `/v2/partition/${one.partitionId}/account/${accountId}/user?maxResults=1000`)).list

describe('two bulk jobs over the same rows, a node each, the rows in opposite orders', () => {
  it('every row of both is done; each user is as one of the two left him, and nothing is half of each', async () => {
    const [first, second] = await meet(async () => [
      await start('PROVISION_FEATURES', extensions, { userProductPlan: 'ADVANCED', languageTag: 'es-MX' }),
      await start('PROVISION_FEATURES', extensions.toReversed(), { userProductPlan: 'STANDARD', languageTag: 'fr-CA' }),
    ])
    for (const id of [first, second]) expect(await jobOf(id)).toMatchObject({ status: 'COMPLETED', total: USERS, successful: USERS, failed: 0, errors: [] })
    const left = new Set((await usersOf()).map((user) => `${String(user['userProductPlan'])} ${String(user['languageTag'])}`))
    expect([...left].filter((state) => state !== 'ADVANCED es-MX' && state !== 'STANDARD fr-CA')).toEqual([])
  })

  it('one deletes what the other changes: each row says what became of it, and nobody is left', async () => {
    const [deletion, change] = await meet(async () => [
      await start('DELETE_USERS', extensions),
      await start('PROVISION_FEATURES', extensions.toReversed(), { userProductPlan: 'ADVANCED' }),
    ])
    expect(await jobOf(deletion)).toMatchObject({ status: 'COMPLETED', total: USERS, successful: USERS, failed: 0 })
    const changed = await jobOf(change)
    expect(Number(changed['successful']) + Number(changed['failed'])).toBe(USERS)
    const results = await resultsOf(change)
    expect(results).toHaveLength(USERS)
    expect(results.filter((row) => row['successful'] !== true && row['error'] !== 'EntityNotFound')).toEqual([])
    expect(results.filter((row) => row['successful'] === true)).toHaveLength(Number(changed['successful']))
    expect(await usersOf()).toEqual([])
  })
})
