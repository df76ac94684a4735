import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let [mine, theirs]: readonly Place[] = []
let made = 0

interface Place {
  readonly query: string
  readonly partitionId: string
  readonly accountId: string
  readonly token: string
  readonly users: readonly string[]
}

beforeAll(async () => {
  platform = await startTestControlPlane()
  mine = await newPlace('mine')
  theirs = await newPlace('theirs')
})
afterAll(() => platform.stop())

async function newPlace(name: string): Promise<Place> {
  const manager = { username: `${name}@example.com`, password: 'Another-horse-2', firstName: name, lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name, manager })
  const partitionId = String(child.body['id'])
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: name, accountName: name }, token)
  const accountId = String(account.body['id'])
  const users = []
  for (const extension of ['4001', '4002']) {
    const body = { firstName: 'U', lastName: extension, extension, endUserType: extension === '4001' ? 'BASIC_ADMIN' : 'STANDARD' }
    users.push(String((await platform.call('POST', `/v2/partition/${partitionId}/account/${accountId}/user`, body, token)).body['id']))
  }
  return { query: `partitionId=${partitionId}&accountId=${accountId}`, partitionId, accountId, token, users }
}

function places(): { mine: Place; theirs: Place } {
  if (mine === undefined || theirs === undefined) throw new Error('the tenants were not made')
  return { mine, theirs }
}

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', query: string, body?: unknown, token = places().mine.token) =>
  platform.call(method, `/v2/user-groups/settings?${query}`, body, token)

async function create(changes: Record<string, unknown> = {}) {
  made++
  return ask('POST', places().mine.query, { groupName: `Group ${made}`, userIds: [], ...changes })
}

describe('a group of users', () => {
  it('is created, found by its id and by a user in it, replaced and deleted; the account remembers', async () => {
    const { query, accountId, partitionId, users } = places().mine
    const [chief = '', other = ''] = users
    const group = (await create({ groupDescription: 'The first', userIds: [{ userId: chief }] })).body
    expect(group).toMatchObject({ partitionId, accountId, groupDescription: 'The first', userIds: [{ userId: chief, endUserType: 'BASIC_ADMIN' }] })
    const byId = `${query}&groupId=${String(group['groupId'])}`
    expect((await ask('GET', byId)).body).toEqual({ ...group, groups: [group] })
    expect((await ask('GET', `${query}&userId=${chief}`)).body).toMatchObject({ groupId: group['groupId'] })
    expect((await ask('GET', `${query}&userId=${other}`)).status).toBe(204)
    expect((await ask('PUT', byId, { groupName: 'Renamed', userIds: [{ userId: other }] })).status).toBe(200)
    expect((await ask('GET', byId)).body).toMatchObject({ groupName: 'Renamed', groupDescription: '', userIds: [{ userId: other, endUserType: 'STANDARD' }] })
    expect((await ask('DELETE', byId)).status).toBe(200)
    expect((await ask('GET', byId)).body).toMatchObject({ status: 404, data: { type: 'UserGroup' } })
    const rows = await platform.plane.context.database.sql.selectFrom('account_history').select('action').where('type', '=', 'USER_GROUP').where('reference_id', '=', String(group['groupId'])).execute()
    expect(rows.map((row) => row.action)).toEqual(['CREATE', 'UPDATE', 'DELETE'])
  }) // prettier-ignore

  it('has a name of its own in the account, and users of the account, each once', async () => {
    const { mine: here, theirs: there } = places()
    const group = (await create()).body
    expect((await create({ groupName: String(group['groupName']).toUpperCase() })).body).toMatchObject({ status: 400, errorCode: 'DuplicateGroupName' })
    expect((await create({ userIds: [{ userId: there.users[0] }] })).body).toMatchObject({ status: 404, messages: ['EntityNotFound'] })
    expect((await create({ userIds: [{ userId: here.users[0] }, { userId: here.users[0] }] })).body).toMatchObject({ errorCode: 'InvalidUserIds' })
    expect((await create({ groupName: '' })).status).toBe(400)
  })

  it('keeps its users from being deleted silently', async () => {
    const { partitionId, accountId, token, users } = places().mine
    await create({ userIds: [{ userId: users[1] }] })
    const deleted = await platform.call('DELETE', `/v2/partition/${partitionId}/account/${accountId}/user/${users[1]}`, undefined, token)
    expect(deleted.body).toMatchObject({ status: 400, messages: ['EndUserInUse'] })
  })

  it('of a foreign tenant is closed, whichever of the ids in the query is foreign', async () => {
    const { mine: here, theirs: there } = places()
    const group = await ask('POST', there.query, { groupName: 'Theirs' }, there.token)
    const groupId = String(group.body['groupId'])
    const queries = [there.query, `partitionId=${here.partitionId}&accountId=${there.accountId}`, `partitionId=${there.partitionId}&accountId=${here.accountId}`]
    for (const query of queries)
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
        const answer = await ask(method, `${query}${method === 'POST' ? '' : `&groupId=${groupId}`}`, method === 'POST' || method === 'PUT' ? { groupName: 'Mine' } : undefined)
        expect([403, 404], `${method} ${query}`).toContain(answer.status)
      }
    for (const [method, body] of [['GET', undefined], ['PUT', { groupName: 'Mine' }], ['DELETE', undefined]] as const)
      expect((await ask(method, `${here.query}&groupId=${groupId}`, body)).status).toBe(404)
    expect((await ask('GET', `${there.query}&groupId=${groupId}`, undefined, there.token)).body).toMatchObject({ groupName: 'Theirs' })
  }) // prettier-ignore
})
