import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string
let users: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  users = `${partition}/managementuser`
})
afterAll(() => platform.stop())

const request = (changes: Record<string, unknown> = {}) => {
  made++
  return { username: `operator${made}@example.com`, firstName: 'Olga', lastName: `Operator ${made}`, ...changes }
}

async function create(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { status, body } = await platform.call('POST', users, request(changes))
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function lastToken(recipient: unknown): Promise<string> {
  const rows = await platform.plane.context.database.sql
    .selectFrom('outgoing_message')
    .select('body')
    .where('recipient', '=', String(recipient))
    .orderBy('created_at', 'desc')
    .limit(1)
    .execute()
  return /token: +(\S+)/.exec(rows[0]?.body ?? '')?.[1] ?? ''
}

const setPassword = (token: string, newPassword: string) => platform.call('PUT', '/v2/authorize/resetpassword', { token, newPassword }, '')

describe('an operator', () => {
  it('S0-03: is invited by mail, chooses a password, and is in with what his roles give', async () => {
    const user = await create({ roles: ['administrator'] })
    expect(user).toMatchObject({ partitionId: platform.partitionId, emailAddress: user['username'], mustChangePassword: true, languageTag: 'en-US', roles: ['Administrator'] })
    expect(user['groupIds']).toHaveLength(1)
    expect((await platform.logIn(String(user['username']), '')).status).toBe(400)
    expect((await setPassword(await lastToken(user['username']), 'Brand-new-horse-3')).status).toBe(200)
    const session = await platform.logIn(String(user['username']), 'Brand-new-horse-3')
    expect(session.body).toMatchObject({ userId: user['id'], userType: 'ManagementUser', mustChangePassword: false, permissions: { Account: 'DELETE' } })
  }) // prettier-ignore

  it('chooses a password while many others do', async () => {
    const invited = await Promise.all(Array.from({ length: 24 }, () => create()))
    const tokens = await Promise.all(invited.map((user) => lastToken(user['username'])))
    const chosen = await Promise.all(tokens.map((token) => setPassword(token, 'Brand-new-horse-3')))
    expect(chosen.map(({ status }) => status)).toEqual(chosen.map(() => 200))
  })

  it('without a role can log in and do nothing', async () => {
    const user = await create({ password: 'Another-horse-2' })
    const { body } = await platform.logIn(String(user['username']), 'Another-horse-2')
    expect(body['permissions']).toEqual({})
    expect((await platform.call('GET', `${partition}/account`, undefined, String(body['authToken']))).status).toBe(403)
  })

  it('is read, listed, replaced, patched and deleted; every step is in the history of the partition, no secret is', async () => {
    const user = await create({ password: 'Another-horse-2' })
    const item = `${users}/${String(user['id'])}`
    expect((await platform.call('GET', item)).body).toEqual(user)
    expect((await platform.call('GET', users)).list).toContainEqual(user)
    expect((await platform.call('PATCH', item, { languageTag: 'fr-CA' })).body).toEqual({ ...user, languageTag: 'fr-CA' })
    const replaced = { username: user['username'], firstName: 'New', lastName: 'Name', roles: ['Administrator'] }
    expect((await platform.call('PUT', item, replaced)).body).toMatchObject({ ...replaced, languageTag: 'en-US' })
    expect((await platform.call('GET', `${item}/sso`)).body).toEqual({ ssoStatus: 'INACTIVE' })
    expect((await platform.call('DELETE', item)).status).toBe(200)
    expect((await platform.call('GET', item)).body).toMatchObject({ status: 404, data: { type: 'ManagementUser', id: user['id'] } })
    expect((await platform.logIn(String(user['username']), 'Another-horse-2')).status).toBe(401)
    const history = await platform.call('GET', `${partition}/data-history?tag=${String(user['id'])}`)
    expect((history.body['results'] as { type: string; actionType: string }[]).map((row) => `${row.type} ${row.actionType}`)).toEqual([
      'PLATFORM_USER DELETE',
      'PLATFORM_USER UPDATE',
      'PLATFORM_USER UPDATE',
      'PLATFORM_USER CREATE',
    ])
    expect(JSON.stringify(history.body)).not.toMatch(/Another-horse|argon2/)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no e-mail address as user name', { username: 'operator' }, 'InvalidUsername'],
    ['an unknown role', { roles: ['Nobody'] }, 'InvalidRoles'],
    ['an unknown group', { groupIds: ['nothing'] }, 'InvalidGroupIds'],
    ['a language of nobody', { languageTag: 'de-DE' }, 'InvalidLanguageTag'],
    ['a weak password', { password: 'short' }, 'InvalidPassword'],
    ['a password with the user name in it', { username: 'gandalf@example.com', password: 'Gandalf-horse-2' }, 'InvalidPassword'],
    ['no last name', { lastName: null }, 'LastNameRequired'],
  ])('%s is refused and leaves nothing', async (_case, changes, code) => {
    const before = (await platform.call('GET', users)).list.length
    expect((await platform.call('POST', users, request(changes))).body).toMatchObject({ status: 400, errorCode: code })
    expect((await platform.call('GET', users)).list).toHaveLength(before)
  })

  it('S1-49: a user name is given once, over operators, account users and end users, also in a race', async () => {
    const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'names', accountName: 'Names' })
    const end = `${partition}/account/${String(account.body['id'])}/user`
    const username = 'contested@example.com'
    const answers = await Promise.all([
      platform.call('POST', users, request({ username })),
      platform.call('POST', users, request({ username: username.toUpperCase() })),
      platform.call('POST', end, { firstName: 'Eva', lastName: 'End', extension: '4000', username, emailAddress: username, allowPortalAccess: true }),
    ])
    expect(
      answers.map((answer) => answer.status).toSorted((one, other) => one - other),
      JSON.stringify(answers.map((answer) => answer.body)),
    ).toEqual([200, 400, 400])
    for (const answer of answers) if (answer.status === 400) expect(answer.body['errorCode']).toBe('DuplicateUsername')
    expect((await platform.call('GET', `${users}/validateproperties?email=${username}`)).body).toMatchObject({ errorCode: 'DuplicateUsername' })
    const free = await platform.plane.http.inject({ url: `${users}/validateproperties?email=free@example.com`, headers: { 'x-auth-token': platform.token } })
    expect([free.statusCode, free.json()]).toEqual([200, true])
  })

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

  it('loses his password and sessions when it is reset, and gets a mail for a new one', async () => {
    const user = await create({ password: 'Another-horse-2' })
    const username = String(user['username'])
    const token = String((await platform.logIn(username, 'Another-horse-2')).body['authToken'])
    expect((await platform.call('PUT', `${users}/${String(user['id'])}/resetpassword`)).body).toMatchObject({ id: user['id'], mustChangePassword: true })
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, token)).status).toBe(401)
    expect((await platform.logIn(username, 'Another-horse-2')).status).toBe(401)
    expect((await setPassword(await lastToken(username), 'Brand-new-horse-3')).status).toBe(200)
    expect((await platform.logIn(username, 'Brand-new-horse-3')).status).toBe(200)
  })

  it('cannot delete himself, nor take over somebody who can do more than he', async () => {
    await platform.call('POST', `${partition}/security`, { name: 'Users only', permissions: [{ type: 'ProductUsers', accessType: 'DELETE' }] })
    const weak = await create({ password: 'Another-horse-2', roles: ['Users only'] })
    const token = String((await platform.logIn(String(weak['username']), 'Another-horse-2')).body['authToken'])
    const chief = (await platform.call('GET', users)).list.find((user) => user['username'] === OPERATOR.username)
    const item = `${users}/${String(chief?.['id'])}`
    for (const [method, path, body] of [
      ['PATCH', item, { username: 'mine@example.com' }],
      ['PUT', `${item}/resetpassword`, undefined],
      ['DELETE', item, undefined],
    ] as const)
      expect((await platform.call(method, path, body, token)).body).toMatchObject({ status: 403, messages: ['NotPermitted'] })
    expect((await platform.call('DELETE', `${users}/${String(weak['id'])}`, undefined, token)).body).toMatchObject({ messages: ['CannotDeleteYourself'] })
    expect((await platform.logIn(OPERATOR.username, OPERATOR.password)).status).toBe(200)
  })

  it('takes no permission from himself: the last one who could give it back would be gone', async () => {
    const chief = (await platform.call('GET', users)).list.find((user) => user['username'] === OPERATOR.username)
    const item = `${users}/${String(chief?.['id'])}`
    const lines = [{ type: 'ProductUsers', accessType: 'DENIED' }]
    await platform.call('POST', `${partition}/security`, { name: 'No users', permissions: lines })
    for (const [method, body] of [
      ['PATCH', { roles: [] }],
      ['PATCH', { roles: ['Users only'] }],
      ['PATCH', { roles: ['Administrator', 'No users'] }],
      ['PUT', { ...request({ username: OPERATOR.username }), roles: [] }],
    ] as const)
      expect((await platform.call(method, item, body)).body, JSON.stringify(body)).toMatchObject({ status: 400, messages: ['CannotWeakenYourself'] })
    expect((await platform.call('PATCH', item, { firstName: 'Olaf', roles: ['Administrator', 'Users only'] })).body).toMatchObject({ firstName: 'Olaf' })
    const other = await create({ roles: ['Users only'] })
    expect((await platform.call('PATCH', `${users}/${String(other['id'])}`, { roles: [] })).body).toMatchObject({ roles: [] })
  })

  it('of a sub-partition is not found through its parent, whatever id stands in the path', async () => {
    const manager = { username: 'below@example.com', password: 'Another-horse-2', firstName: 'Be', lastName: 'Low' }
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Below', manager })
    const [below] = (await platform.call('GET', `/v2/partition/${String(child.body['id'])}/managementuser`)).list
    expect(below).toMatchObject({ username: 'below@example.com', roles: ['Administrator'] })
    for (const method of ['GET', 'DELETE'] as const) expect((await platform.call(method, `${users}/${String(below?.['id'])}`)).status).toBe(404)
    const roleBelow = (await platform.call('GET', `/v2/partition/${String(child.body['id'])}/security`)).list[0]
    expect((await platform.call('POST', users, request({ groupIds: [roleBelow?.['id']] }))).body['errorCode']).toBe('InvalidGroupIds')
    expect((await platform.call('GET', `${partition}/security/${String(roleBelow?.['id'])}`)).status).toBe(404)
  })
})

describe('finding operators', () => {
  it('by part of a name, sorted and in pages, with the number of all', async () => {
    for (const firstName of ['Zoe', 'adam', 'Mia']) await create({ firstName, lastName: 'Findable_100%' })
    const search = (query: string) => platform.call('GET', `${users}/search?searchString=${encodeURIComponent('findable_100%')}&${query}`)
    const sorted = await search('sortColumn=firstName')
    expect([sorted.body['totalRecords'], (sorted.body['results'] as { firstName: string }[]).map((user) => user.firstName)]).toEqual([
      3,
      ['adam', 'Mia', 'Zoe'],
    ])
    const page = await search('sortColumn=firstName&descending=true&firstResultIndex=1&maxResult=1')
    expect([page.body['totalRecords'], (page.body['results'] as { firstName: string }[]).map((user) => user.firstName)]).toEqual([3, ['Mia']])
    const byBoth = await platform.call('GET', `${users}/search?searchString=${encodeURIComponent('zoe findable_100%')}&sortColumn=username`)
    expect(byBoth.body['totalRecords']).toBe(1)
    expect((await search('sortColumn=password')).body['errorCode']).toBe('InvalidSortColumn')
    expect((await platform.call('GET', `${users}/search?sortColumn=firstName`)).body['errorCode']).toBe('SearchStringRequired')
  })
})

describe('roles as a CSV file', () => {
  const upload = async (text: string) => {
    const form = `--x\r\nContent-Disposition: form-data; name="file"; filename="roles.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n--x--\r\n`
    const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=x' }
    const reply = await platform.plane.http.inject({ method: 'POST', url: `${users}/usergroups`, headers, payload: form })
    return { status: reply.statusCode, body: reply.json<unknown>() }
  }

  it('goes out and comes back: all lines, or none when one is wrong', async () => {
    await platform.call('POST', `${partition}/security`, { name: 'Reader', permissions: [{ type: 'Account', accessType: 'READ' }] })
    const [one, two] = [await create({ firstName: '=HYPERLINK("x")' }), await create()]
    const wrong = await upload(`username,roles\r\n${String(one['username'])},Reader\r\n${String(two['username'])},Nobody\r\nwho@example.com,Reader\r\n`)
    expect(wrong.status).toBe(400)
    expect(wrong.body).toEqual([
      { lineNumber: 3, column: 'roles', error: 'InvalidRoles', input: `${String(two['username'])},Nobody` },
      { lineNumber: 4, column: 'username', error: 'EntityNotFound', input: 'who@example.com,Reader' },
    ])
    expect((await platform.call('GET', `${users}/${String(one['id'])}`)).body['roles']).toEqual([])
    const right = await upload(`username,roles\r\n${String(one['username'])},Reader\r\n${String(two['username'])},Reader;Administrator\r\n`)
    expect([right.status, new Set(right.body as string[])]).toEqual([200, new Set([one['username'], two['username']])])
    const file = await platform.plane.http.inject({ url: `${users}/usergroups`, headers: { 'x-auth-token': platform.token } })
    expect(file.headers['content-type']).toContain('text/csv')
    expect(file.body).toContain(`${String(two['username'])},Olga,${String(two['lastName'])},Administrator;Reader`)
    expect(file.body).toContain(`"'=HYPERLINK(""x"")"`)
    expect((await upload('a,b\r\n1,2\r\n')).body).toMatchObject([{ error: 'ColumnRequired', column: 'username' }])
  })
})
