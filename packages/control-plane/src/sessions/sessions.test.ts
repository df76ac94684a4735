import { silentLogger, systemTimers } from '@dialtone/foundation'
import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSealer } from '../access/index.ts'
import { createControlPlane } from '../create-control-plane.ts'

const HOUR_MS = 3_600_000
let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

const tokenOf = async (): Promise<string> => String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
const userinfo = (token: string) => platform.call('GET', '/v2/authorize/userinfo', undefined, token)

async function newOperator(username: string): Promise<{ username: string; password: string; partitionId: string }> {
  const manager = { username, password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: username, manager }, await tokenOf())
  expect(child.status, JSON.stringify(child.body)).toBe(200)
  return { ...manager, partitionId: String(child.body['id']) }
}

describe('logging in', () => {
  it.each(['username', 'userName', 'email'])('C-01: takes the user name as %s, in any case, and answers with every spelling', async (spelling) => {
    const answer = await platform.call('POST', '/v2/authorize', { [spelling]: OPERATOR.username.toUpperCase(), password: OPERATOR.password }, '')
    expect(answer).toMatchObject({
      status: 200,
      body: { username: OPERATOR.username, userName: OPERATOR.username, emailAddress: OPERATOR.username, userType: 'ManagementUser' },
    })
  })

  it('S1-05 … S1-08: answers with the token, whose it is, his partition and what he may do', async () => {
    const { body } = await platform.logIn(OPERATOR.username, OPERATOR.password)
    expect(body).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 28_800,
      maxLifeInHours: 8,
      partitionId: platform.partitionId,
      partitionName: 'First partition',
      permissions: { Account: 'DELETE' },
      mustChangePassword: false,
    })
    expect(String(body['authToken'])).toMatch(/^[\w-]{32}$/)
    expect((await userinfo(String(body['authToken']))).body).toEqual(body)
  })

  it.each([
    ['a wrong password', { username: OPERATOR.username, password: 'Wrong-horse-1' }, 401, 'LoginInvalid'],
    ['an unknown user, in the same words', { username: 'nobody@example.com', password: 'Wrong-horse-1' }, 401, 'LoginInvalid'],
    ['no user name', { password: 'x' }, 400, 'UsernameRequired'],
    ['an empty user name', { username: '', password: 'x' }, 400, 'UsernameRequired'],
    ['no password', { username: OPERATOR.username }, 400, 'PasswordRequired'],
  ])('C-04: refuses %s', async (_case, request, status, code) => {
    const answer = await platform.call('POST', '/v2/authorize', request, '')
    expect(answer.body).toMatchObject({ status, messages: [code] })
    expect(answer.body).not.toHaveProperty('authToken')
  })

  it('stores only the hash of the token', async () => {
    const token = await tokenOf()
    const rows = await platform.plane.context.database.sql.selectFrom('session_token').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('compatibility switches', () => {
  it('C-03 C-04 C-40: 201 for a login, 400 for a wrong password and for a foreign partition, when the deployment asks for it', async () => {
    const older = await startTestControlPlane({ compatibility: { authorizeCreated: true, loginInvalid400: true, notPermitted400: true } })
    try {
      expect((await older.logIn(OPERATOR.username, OPERATOR.password)).status).toBe(201)
      expect((await older.logIn(OPERATOR.username, 'Wrong-horse-1')).body).toMatchObject({ status: 400, messages: ['LoginInvalid'] })
      expect((await older.call('GET', '/v2/partition/elsewhere/account')).body).toMatchObject({ status: 400, messages: ['NotPermitted'] })
    } finally {
      await older.stop()
    }
  })
})

describe('a token', () => {
  it('C-05: is taken from X-AUTH-TOKEN and from Authorization: Bearer, in any case of the scheme', async () => {
    const token = await tokenOf()
    const status = async (headers: Record<string, string>) =>
      (await platform.plane.http.inject({ method: 'GET', url: '/v2/authorize/userinfo', headers })).statusCode
    expect(await status({ 'x-auth-token': token })).toBe(200)
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    expect(await status({ authorization: `bearer ${token}` })).toBe(200)
    expect(await status({ authorization: `Basic ${token}` })).toBe(401)
    expect(await status({ authorization: 'Bearer' })).toBe(401)
  })

  it('S1-04 C-02: lives eight hours from its last use, not from the login', async () => {
    const token = await tokenOf()
    for (let use = 0; use < 3; use++) {
      platform.time.advance(8 * HOUR_MS - 1_000)
      expect((await userinfo(token)).status).toBe(200)
    }
    platform.time.advance(8 * HOUR_MS + 1_000)
    expect((await userinfo(token)).body).toMatchObject({ status: 401, message: 'Unauthorized', messages: ['ExpiredAuthToken'] })
  })

  it('S0-20: logging in again leaves older tokens alone', async () => {
    const first = await tokenOf()
    const second = await tokenOf()
    expect([(await userinfo(first)).status, (await userinfo(second)).status]).toEqual([200, 200])
  })

  it('ends with the logout, at once, and no other does', async () => {
    const [token, other] = [await tokenOf(), await tokenOf()]
    expect((await userinfo(token)).status).toBe(200)
    expect((await platform.call('PUT', '/v2/authorize/logout', undefined, token)).status).toBe(200)
    expect((await userinfo(token)).status).toBe(401)
    expect((await userinfo(other)).status).toBe(200)
  })

  it('C-10: of one environment is unknown in another, also on the same database', async () => {
    const token = await tokenOf()
    const { context } = platform.plane
    const beta = await createControlPlane({
      database: context.database,
      clock: platform.time,
      timers: systemTimers,
      logger: silentLogger,
      settings: { ...context.settings, environment: 'beta' },
      sealer: createSealer(Buffer.alloc(32, 7)),
      files: context.files,
      registrations: context.registrations,
      furtherOperations: [],
      subscribers: [],
    })
    try {
      const ask = (plane: TestControlPlane['plane']) => plane.http.inject({ method: 'GET', url: '/v2/authorize/userinfo', headers: { 'x-auth-token': token } })
      expect((await ask(beta)).statusCode).toBe(401)
      expect((await ask(platform.plane)).statusCode).toBe(200)
    } finally {
      await beta.stop()
    }
  })
})

describe('changing the password', () => {
  const change = (username: string, password: string, changed: Record<string, unknown>) =>
    platform.call('PUT', '/v2/authorize', { username, password, ...changed }, '')

  it.each(['changePassword', 'newPassword'])('with %s: answers with a new session; the old password and every older session end', async (spelling) => {
    const user = await newOperator(`${spelling}@example.com`)
    const old = String((await platform.logIn(user.username, user.password)).body['authToken'])
    expect((await userinfo(old)).status).toBe(200)
    const answer = await change(user.username, user.password, { [spelling]: 'Brand-new-horse-3' })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect((await userinfo(String(answer.body['authToken']))).body['username']).toBe(user.username)
    expect((await userinfo(old)).status).toBe(401)
    expect((await platform.logIn(user.username, user.password)).status).toBe(401)
    expect((await platform.logIn(user.username, 'Brand-new-horse-3')).status).toBe(200)
  })

  it.each([
    ['too short', 'Short-1'],
    ['of one kind of character', 'onlylowercaseletters'],
    ['the old one', 'Another-horse-2'],
  ])('refuses a new password that is %s with FailedToUpdate, and keeps the old one', async (kind, wanted) => {
    const user = await newOperator(`${kind.replaceAll(' ', '-')}@example.com`)
    expect((await change(user.username, user.password, { changePassword: wanted })).body).toMatchObject({
      status: 400,
      messages: ['FailedToUpdate'],
      details: [{ field: 'changePassword' }],
    })
    expect((await platform.logIn(user.username, user.password)).status).toBe(200)
  })

  it('two at once with the old one: one is done, the other is told that it is not the password any more', async () => {
    const user = await newOperator('two-at-once@example.com')
    const wanted = ['Brand-new-horse-4', 'Brand-new-horse-5'] as const
    const answers = await Promise.all(wanted.map((changePassword) => change(user.username, user.password, { changePassword })))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401])
    const done = wanted[answers.findIndex(({ status }) => status === 200)] ?? ''
    expect((await platform.logIn(user.username, done)).status).toBe(200)
  })

  it('a login that proved the old one before is no session after', async () => {
    const { sql } = platform.plane.context.database
    const user = await newOperator('late-login@example.com')
    const [locked, held] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    const changing = sql.transaction().execute(async (transaction) => {
      await transaction.updateTable('management_user').set({ password_hash: 'another' }).where('username', '=', user.username).execute()
      locked.resolve(undefined)
      await held.promise
    })
    await locked.promise
    const login = platform.logIn(user.username, user.password)
    let isAnswered = false
    void login.then(() => (isAnswered = true))
    const waiting = sqlText`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await expect.poll(async () => isAnswered || (await waiting.execute(sql)).rows.length === 1, { timeout: 10_000 }).toBe(true)
    held.resolve(undefined)
    await changing
    expect((await login).status).toBe(401)
  })

  it('needs the old password and the new one', async () => {
    expect((await change(OPERATOR.username, 'Wrong-horse-1', { changePassword: 'Brand-new-horse-3' })).body).toMatchObject({
      status: 401,
      messages: ['LoginInvalid'],
    })
    expect((await change(OPERATOR.username, OPERATOR.password, {})).body['errorCode']).toBe('ChangePasswordRequired')
  })
})
