import { ok } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { named } from '../http/index.ts'
import { configurationObject } from './index.ts'

interface Group {
  readonly name: string
  readonly extension: string | undefined
  readonly memberIds: readonly string[]
}

const GroupBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  extension: Type.Optional(Type.String()),
  memberIds: Type.Array(Type.String(), { maxItems: 20 }),
})
/** A kind that only this test has. */
const groups = configurationObject({
  type: 'PICKUP_GROUP',
  idForm: 'short',
  historyType: 'PICKUP_GROUP',
  eventName: 'test-group',
  nameOf: (group: Group) => group.name,
  references: (group) => group.memberIds.map((id) => ({ role: 'member', type: 'END_USER', id }) as const),
  keys: (group) => ({ 'name:PICKUP_GROUP': group.name, ...(group.extension === undefined ? {} : { extension: group.extension }) }),
  limit: 3,
  path: 'testgroup',
  parameter: 'groupId',
  tag: 'Test',
  noun: 'a test group',
  permission: 'EU_Account',
  createStatus: 201,
  deleteStatus: 204,
  body: GroupBody,
  view: named(
    'TestGroup',
    Type.Object({ id: Type.String(), name: Type.String(), extension: Type.Optional(Type.String()), memberIds: Type.Array(Type.String()) }),
  ),
  read: (body) => ok({ name: body.name, extension: body.extension, memberIds: body.memberIds }),
  viewOf: ({ id, attributes }) => ({ id, ...attributes }),
})

interface Account {
  readonly base: string
  readonly userId: string
}

let platform: TestControlPlane
let mine: Account
let theirs: Account

beforeAll(async () => {
  platform = await startTestControlPlane({ furtherOperations: groups })
  mine = await newAccount('1')
  theirs = await newAccount('2')
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<Account> {
  const partition = `/v2/partition/${platform.partitionId}`
  const account = await platform.call('POST', `${partition}/account`, { accountNumber, accountName: `Account ${accountNumber}` })
  const base = `${partition}/account/${String(account.body['id'])}`
  return { base, userId: await newUser(base, '4000') }
}

async function newUser(base: string, extension: string): Promise<string> {
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: extension, extension })
  return String(user.body['id'])
}

const create = (name: string, more: object = {}) => platform.call('POST', `${mine.base}/testgroup`, { name, memberIds: [], ...more })

describe('objects of an account', () => {
  it('are created, listed, read, replaced, patched and deleted; each change is in the history', async () => {
    const made = await create('first', { memberIds: [mine.userId] })
    expect(made).toMatchObject({ status: 201, body: { name: 'first', memberIds: [mine.userId] } })
    const item = `${mine.base}/testgroup/${String(made.body['id'])}`
    expect((await platform.call('PATCH', item, { extension: '4100' })).body).toMatchObject({ name: 'first', extension: '4100', memberIds: [mine.userId] })
    expect((await platform.call('PATCH', item, { extension: null })).body).not.toHaveProperty('extension')
    expect((await platform.call('PUT', item, { name: 'renamed', memberIds: [] })).body).toMatchObject({ name: 'renamed', memberIds: [] })
    expect((await platform.call('GET', `${mine.base}/testgroup`)).list).toMatchObject([{ name: 'renamed' }])
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect((await platform.call('GET', item)).body).toMatchObject({ status: 404, data: { type: 'PickupGroup' } })
    const rows = await platform.plane.context.database.sql.selectFrom('account_history').select('action').where('type', '=', 'PICKUP_GROUP').execute()
    expect(rows.map((row) => row.action)).toEqual(['CREATE', 'UPDATE', 'UPDATE', 'UPDATE', 'DELETE'])
  })

  it('point only at what is on the same account', async () => {
    expect((await create('foreign', { memberIds: [theirs.userId] })).body).toMatchObject({ status: 404, data: { type: 'EndUser', id: theirs.userId } })
    expect((await create('foreign')).status).toBe(201)
    const [{ id } = {}] = (await platform.call('GET', `${mine.base}/testgroup`)).list
    expect((await platform.call('PATCH', `${mine.base}/testgroup/${String(id)}`, { memberIds: [theirs.userId] })).status).toBe(404)
    await platform.call('DELETE', `${mine.base}/testgroup/${String(id)}`)
  })

  it('are not deleted while something points at them, and the refusal says what', async () => {
    const userId = await newUser(mine.base, '4001')
    const made = await create('keeper', { memberIds: [userId] })
    const refused = await platform.call('DELETE', `${mine.base}/user/${userId}`)
    expect(refused.body).toMatchObject({ status: 400, errorCode: 'EndUserInUse', data: { usedBy: [{ type: 'PICKUP_GROUP', name: 'keeper', role: 'member' }] } })
    expect((await platform.call('GET', `${mine.base}/used-by/END_USER/${userId}`)).list).toMatchObject([{ id: made.body['id'], name: 'keeper' }])
    await platform.call('DELETE', `${mine.base}/testgroup/${String(made.body['id'])}`)
    expect((await platform.call('DELETE', `${mine.base}/user/${userId}`)).status).toBe(204)
  })

  it('never lose a race between pointing at and deleting', async () => {
    for (let round = 0; round < 10; round++) {
      const userId = await newUser(mine.base, `42${round}0`)
      const [made, deleted] = await Promise.all([create(`race ${round}`, { memberIds: [userId] }), platform.call('DELETE', `${mine.base}/user/${userId}`)])
      expect([made.status === 201, deleted.status === 204].filter(Boolean), JSON.stringify([made.body, deleted.body])).toHaveLength(1)
      if (made.status === 201) await platform.call('DELETE', `${mine.base}/testgroup/${String(made.body['id'])}`)
    }
  })

  it('share extensions with users, and have unique names of their kind, also in a race', async () => {
    expect((await create('taken', { extension: '4000' })).body['errorCode']).toBe('ExtensionAlreadyInUse')
    const both = await Promise.all([create('same'), create('same')])
    expect(both.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([201, 400])
    expect(both.find((answer) => answer.status === 400)?.body['errorCode']).toBe('DuplicateName')
    const blocker = await create('with extension', { extension: '4300' })
    const refused = await platform.call('POST', `${mine.base}/user`, { firstName: 'B', lastName: 'B', extension: '4300' })
    expect([blocker.status, refused.body['errorCode']]).toEqual([201, 'ExtensionAlreadyInUse'])
  })

  it('end at a limit', async () => {
    await create('third')
    expect((await create('fourth')).body['errorCode']).toBe('AccountPickupGroupLimitReached')
  })
})
