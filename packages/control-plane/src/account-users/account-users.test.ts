import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateToLatest } from '../database/index.ts'

let platform: TestControlPlane
let partition: string
let account: string
let users: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  account = await newAccount('first')
  users = `${account}/accountuser`
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string): Promise<string> {
  const created = await platform.call('POST', `${partition}/account`, { accountNumber, accountName: accountNumber })
  return `${partition}/account/${String(created.body['id'])}`
}

const request = (changes: Record<string, unknown> = {}) => {
  made++
  return { username: `admin${made}@example.com`, firstName: 'Ada', lastName: 'Admin', password: 'Another-horse-2', ...changes }
}

async function create(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { status, body } = await platform.call('POST', users, request(changes))
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const tokenOf = async (user: Record<string, unknown>) => String((await platform.logIn(String(user['username']), 'Another-horse-2')).body['authToken'])

describe('an account user', () => {
  it('is created, read by id and by name, listed, changed and deleted; the account remembers every step', async () => {
    const user = await create({ subDomain: 'brand.example.com' })
    const item = `${users}/${String(user['id'])}`
    expect(user).toMatchObject({ userId: user['id'], partitionId: platform.partitionId, subDomain: 'brand.example.com', mustChangePassword: false, languageTag: 'en-US', roles: [] })
    expect((await platform.call('GET', item)).body).toEqual(user)
    expect((await platform.call('GET', `${users}/${String(user['username']).toUpperCase()}?idType=UserName`)).body).toEqual(user)
    expect((await platform.call('GET', users)).list).toContainEqual(user)
    expect((await platform.call('GET', `${users}?limitedData=true`)).list).toContainEqual({ id: user['id'], userId: user['id'], username: user['username'], firstName: 'Ada', lastName: 'Admin' })
    expect((await platform.call('PATCH', item, { languageTag: 'fr-CA', subDomain: null })).body).toEqual({ ...user, languageTag: 'fr-CA', subDomain: undefined })
    expect((await platform.call('PUT', item, { username: user['username'], firstName: 'New', lastName: 'Name' })).body).toMatchObject({ firstName: 'New', languageTag: 'en-US' })
    expect((await platform.call('DELETE', item)).status).toBe(200)
    expect((await platform.call('GET', item)).body).toMatchObject({ status: 404, data: { type: 'AccountUser' } })
    const rows = await platform.plane.context.database.sql.selectFrom('account_history').select(['type', 'action']).where('reference_id', '=', String(user['id'])).orderBy('sequence').execute()
    expect(rows.map((row) => `${row.type} ${row.action}`)).toEqual(['ACCOUNT_USER CREATE', 'ACCOUNT_USER UPDATE', 'ACCOUNT_USER UPDATE', 'ACCOUNT_USER DELETE'])
  }) // prettier-ignore

  it('logs in and runs his account, and reaches nothing of the partition nor of another account', async () => {
    const user = await create()
    const login = await platform.logIn(String(user['username']), 'Another-horse-2')
    expect(login.body).toMatchObject({ userType: 'AccountUser', accountId: account.split('/').at(-1), permissions: { EU_User: 'DELETE', Account: 'READ' }, subPartitionIds: [] })
    const token = String(login.body['authToken'])
    const other = await newAccount(`other${made}`)
    const status = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => (await platform.call(method, path, body, token)).status
    expect(await status('GET', account)).toBe(200)
    expect(await status('POST', `${account}/user`, { firstName: 'Eva', lastName: 'End', extension: '4000' })).toBe(200)
    expect(await status('PATCH', account, { status: 'DISABLED' })).toBe(403)
    for (const path of [partition, `${partition}/account`, `${partition}/users`, `${partition}/managementuser`, `${partition}/security`, other, `${other}/user`])
      expect(await status('GET', path), path).toBe(403)
  }) // prettier-ignore

  it('has what his roles give when he has any', async () => {
    const role = { name: 'Looks on', userType: 'AccountUser', permissions: [{ type: 'EU_User', accessType: 'READ' }] }
    await platform.call('POST', `${partition}/security`, role)
    const token = await tokenOf(await create({ roles: ['Looks on'] }))
    expect((await platform.call('GET', users, undefined, token)).status).toBe(200)
    expect((await platform.call('POST', users, request(), token)).status).toBe(403)
    expect((await platform.call('POST', users, request({ roles: ['Administrator'] }))).body).toMatchObject({ errorCode: 'InvalidRoles' })
  })

  it('cannot make anybody stronger than himself', async () => {
    await platform.call('POST', `${partition}/security`, { name: 'Makes users', userType: 'AccountUser', permissions: [{ type: 'EU_User', accessType: 'DELETE' }] })
    const full = await create()
    const token = await tokenOf(await create({ roles: ['Makes users'] }))
    expect((await platform.call('POST', users, request(), token)).body).toMatchObject({ status: 403, messages: ['NotPermitted'] })
    expect((await platform.call('POST', users, request({ roles: ['Makes users'] }), token)).status).toBe(200)
    for (const [method, body] of [['PATCH', { username: 'mine-now@example.com' }], ['DELETE', undefined]] as const)
      expect((await platform.call(method, `${users}/${String(full['id'])}`, body, token)).status).toBe(403)
  }) // prettier-ignore

  it('has his password changed by nobody who changes him', async () => {
    const user = await create({ password: 'Another-horse-2' })
    const item = `${users}/${String(user['id'])}`
    const put = { username: user['username'], firstName: 'Ada', lastName: 'Admin', password: 'Brand-new-horse-3' }
    for (const [method, body] of [['PATCH', { password: 'Brand-new-horse-3' }], ['PATCH', { password: null }], ['PUT', put]] as const) {
      const refused = await platform.call(method, item, body)
      expect(refused.body).toMatchObject({ status: 400, errorCode: 'InvalidPassword', details: [{ field: 'password', rule: expect.stringContaining('resetpassword') }] })
    }
    expect((await platform.logIn(String(user['username']), 'Another-horse-2')).status).toBe(200)
  }) // prettier-ignore

  it('loses password and sessions at a reset, and gets a mail for a new one', async () => {
    const user = await create()
    const token = await tokenOf(user)
    expect((await platform.call('PUT', `${users}/${String(user['id'])}/resetpassword`)).body).toMatchObject({ id: user['id'], mustChangePassword: true })
    expect((await platform.call('GET', account, undefined, token)).status).toBe(401)
    const mails = await platform.plane.context.database.sql
      .selectFrom('outgoing_message')
      .select('body')
      .where('recipient', '=', String(user['username']))
      .execute()
    const mailed = /token: +(\S+)/.exec(mails[0]?.body ?? '')?.[1] ?? ''
    expect((await platform.call('PUT', '/v2/authorize/resetpassword', { token: mailed, newPassword: 'Brand-new-horse-3' }, '')).status).toBe(200)
    expect((await platform.logIn(String(user['username']), 'Brand-new-horse-3')).body).toMatchObject({ mustChangePassword: false })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no first name', { firstName: null }, 'FirstNameRequired'],
    ['a user name with a space', { username: 'a b' }, 'InvalidUsername'],
    ['neither password nor e-mail address', { username: 'nomail', password: null }, 'EmailAddressRequired'],
    ['a weak password', { password: 'short' }, 'InvalidPassword'],
    ['a password with the user name in it', { username: 'gandalf@example.com', password: 'Gandalf-horse-2' }, 'InvalidPassword'],
    ['a language of nobody', { languageTag: 'de-DE' }, 'InvalidLanguageTag'],
  ])('%s is refused and leaves nothing', async (_case, changes, code) => {
    const before = (await platform.call('GET', users)).list.length
    const details = [{ field: expect.any(String), rule: expect.any(String) }]
    expect((await platform.call('POST', users, request(changes))).body).toMatchObject({ status: 400, errorCode: code, details })
    expect((await platform.call('GET', users)).list).toHaveLength(before)
  })

  it('S1-49: one user name is given once on the platform, also when it is asked for twice at once', async () => {
    const username = 'twice.at.once@example.com'
    const answers = await Promise.all([
      platform.call('POST', users, request({ username })),
      platform.call('POST', `${partition}/managementuser`, request({ username })),
    ])
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 400])
    expect(answers.find((answer) => answer.status === 400)?.body).toMatchObject({ errorCode: 'DuplicateUsername' })
  })

  it('of another account is not found, whatever id stands in the path', async () => {
    const other = await newAccount('foreign')
    const theirs = (await platform.call('POST', `${other}/accountuser`, request())).body
    for (const [method, body] of [['GET', undefined], ['PATCH', {}], ['DELETE', undefined]] as const)
      expect((await platform.call(method, `${users}/${String(theirs['id'])}`, body)).status).toBe(404)
    expect((await platform.call('GET', `${users}/${String(theirs['username'])}?idType=UserName`)).status).toBe(404)
  }) // prettier-ignore

  it('leaves his name and his role behind when his account is deleted, for nobody could take them from him any more', async () => {
    const role = await platform.call('POST', `${partition}/security`, {
      name: 'Left behind',
      userType: 'AccountUser',
      permissions: [{ type: 'EU_User', accessType: 'READ' }],
    })
    const gone = await newAccount('gone')
    const user = request({ roles: ['Left behind'] })
    const first = await platform.call('POST', `${gone}/accountuser`, user)
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    expect((await platform.call('DELETE', gone)).status).toBe(200)
    expect((await platform.call('POST', users, { ...user, roles: [] })).status).toBe(200)
    expect((await platform.call('GET', `${partition}/security/${String(role.body['id'])}`)).body['userCount']).toBe(0)
    expect((await platform.call('DELETE', `${partition}/security/${String(role.body['id'])}`)).status).toBe(204)
    const { sql } = platform.plane.context.database
    const rows = await sql
      .selectFrom('account_history')
      .select(['type', 'action'])
      .where('reference_id', '=', String(first.body['id']))
      .orderBy('sequence')
      .execute()
    expect(rows.map((row) => `${row.type} ${row.action}`)).toEqual(['ACCOUNT_USER CREATE', 'ACCOUNT_USER DELETE'])
  })

  it('left over from an account that was deleted before that goes when the database is brought up to date', async () => {
    const [gone, kept] = [await newAccount('left-over'), await create()]
    const user = request()
    const left = (await platform.call('POST', `${gone}/accountuser`, user)).body
    const token = await tokenOf(left)
    const { sql } = platform.plane.context.database
    // As accounts were deleted then.
    await sql.updateTable('account').set({ status: 'DELETED', deleted_at: new Date(platform.time.nowMs()) }).where('id', '=', gone.split('/').at(-1) ?? '').execute()
    expect((await platform.call('POST', users, user)).body).toMatchObject({ status: 400, errorCode: 'DuplicateUsername' })
    await sqlText`DELETE FROM kysely_migration WHERE name = '0135-administrators-left-over'`.execute(sql)
    await migrateToLatest(sql)
    expect((await platform.call('POST', users, user)).status).toBe(200)
    expect((await platform.call('GET', `${users}/${String(kept['id'])}`)).status).toBe(200)
    expect(await sql.selectFrom('session_token').select('user_id').where('user_id', '=', String(left['id'])).execute()).toEqual([])
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, token)).status).toBe(401)
  }) // prettier-ignore

  it('is out when his account is deleted', async () => {
    const gone = await newAccount('gone')
    const user = (await platform.call('POST', `${gone}/accountuser`, request())).body
    const token = await tokenOf(user)
    expect((await platform.call('DELETE', gone)).status).toBe(200)
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, token)).status).toBe(401)
    expect((await platform.logIn(String(user['username']), 'Another-horse-2')).status).toBe(401)
  })
})
