import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const WRONG = 'Wrong-horse-1'
const HOUR_MS = 3_600_000
let platform: TestControlPlane
let users = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function tryLogin(username: string, password: string, remoteAddress: string) {
  const reply = await platform.plane.http.inject({ method: 'POST', url: '/v2/authorize', remoteAddress, payload: { username, password } })
  return { status: reply.statusCode, retryAfter: Number(reply.headers['retry-after'] ?? 0), code: reply.json<{ errorCode?: string }>().errorCode }
}

async function tryTimes(times: number, username: string, remoteAddress: string): Promise<number[]> {
  const statuses = []
  for (let attempt = 0; attempt < times; attempt++) statuses.push((await tryLogin(username, WRONG, remoteAddress)).status)
  return statuses
}

async function newOperator(): Promise<{ username: string; password: string }> {
  users++
  const operator = { username: `guarded${users}@example.com`, password: 'Another-horse-2' }
  const path = `/v2/partition/${platform.partitionId}/managementuser`
  const created = await platform.call('POST', path, { ...operator, firstName: 'Some', lastName: 'Body' })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  return operator
}

// Every try costs a hash of the password, on whatever machine this runs.
describe('guessing a password', () => {
  it('S0-91: from one address has to wait after five tries, longer each time, also with the right password', async () => {
    const { username, password } = await newOperator()
    expect(await tryTimes(6, username, '198.51.100.1')).toEqual([401, 401, 401, 401, 401, 429])
    expect(await tryLogin(username, password, '198.51.100.1')).toMatchObject({ status: 429, code: 'TooManyLoginAttempts', retryAfter: 1 })
    platform.time.advance(1_001)
    expect((await tryLogin(username, WRONG, '198.51.100.1')).status).toBe(401)
    expect((await tryLogin(username, WRONG, '198.51.100.1')).retryAfter).toBe(2)
    platform.time.advance(2_001)
    expect((await tryLogin(username, password, '198.51.100.1')).status).toBe(200)
    expect(await tryTimes(5, username, '198.51.100.1')).toEqual([401, 401, 401, 401, 401])
  })

  it('cannot be used to lock somebody out: every other address still gets in', async () => {
    const { username, password } = await newOperator()
    expect((await tryLogin(username, password, '203.0.113.1')).status).toBe(200)
    for (let host = 1; host <= 15; host++) await tryTimes(2, username, `198.51.100.${host + 100}`)
    expect((await tryLogin(username, password, '203.0.113.1')).status).toBe(200)
    expect((await tryLogin(username, password, '203.0.113.77')).status).toBe(200)
  })

  it('a name tried from many places: a place it never came from gets one try, the user’s own gets all of his', async () => {
    const { username, password } = await newOperator()
    expect((await tryLogin(username, password, '203.0.113.2')).status).toBe(200)
    for (let host = 1; host <= 11; host++) await tryTimes(2, username, `192.0.2.${host}`)
    expect(await tryTimes(2, username, '192.0.2.200')).toEqual([401, 429])
    expect(await tryTimes(5, username, '203.0.113.2')).toEqual([401, 401, 401, 401, 401])
    expect((await tryLogin(username, password, '203.0.113.2')).status).toBe(200)
  })

  it('one address that tries many names waits for all of them, but not for those who log in from there', async () => {
    const { username, password } = await newOperator()
    const other = await newOperator()
    expect((await tryLogin(username, password, '198.51.100.9')).status).toBe(200)
    for (let name = 0; name < 30; name++) await tryLogin(`nobody${name}@example.com`, WRONG, '198.51.100.9')
    expect((await tryLogin(other.username, other.password, '198.51.100.9')).status).toBe(429)
    expect((await tryLogin(username, password, '198.51.100.9')).status).toBe(200)
  })

  it('guesses sent all at once count one after the other', async () => {
    const { username } = await newOperator()
    const answers = await Promise.all(Array.from({ length: 30 }, () => tryLogin(username, WRONG, '198.51.100.20')))
    expect(answers.filter((answer) => answer.status === 401).length).toBeLessThanOrEqual(5 + 3)
    expect(answers.filter((answer) => answer.status === 429).length).toBeGreaterThanOrEqual(22)
  })

  it('many right logins at once all get in', async () => {
    const { username, password } = await newOperator()
    const answers = await Promise.all(Array.from({ length: 30 }, () => tryLogin(username, password, '198.51.100.21')))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  })

  it('an unknown name is slowed down exactly like a known one', async () => {
    expect(await tryTimes(6, 'no.such.user@example.com', '198.51.100.30')).toEqual([401, 401, 401, 401, 401, 429])
  })

  it('one IPv6 host that changes its address is one source', async () => {
    const { username } = await newOperator()
    const statuses = []
    for (let host = 1; host <= 6; host++) statuses.push((await tryLogin(username, WRONG, `2001:db8:5:6::${host}`)).status)
    expect(statuses.at(-1)).toBe(429)
  })

  it('is forgotten after a while, and nothing of it is kept that tells the name', async () => {
    await tryTimes(5, 'typed.password.as.name', '198.51.100.40')
    const rows = await platform.plane.context.database.sql.selectFrom('login_failure').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('typed.password')
    platform.time.advance(2 * HOUR_MS)
    expect(await tryTimes(4, 'typed.password.as.name', '198.51.100.40')).toEqual([401, 401, 401, 401])
  })

  it('is not taken back by a dry run', async () => {
    const { username } = await newOperator()
    for (let attempt = 0; attempt < 5; attempt++)
      await platform.plane.http.inject({
        method: 'POST',
        url: '/v2/authorize?dryRun=true',
        remoteAddress: '198.51.100.50',
        headers: { 'idempotency-key': 'again' },
        payload: { username, password: WRONG },
      })
    expect((await tryLogin(username, WRONG, '198.51.100.50')).status).toBe(429)
  })
})

describe('a forgotten password', () => {
  const ask = (username: string) => platform.call('POST', '/v2/authorize/resetpassword', { username }, '')
  const redeem = (token: string, newPassword: string) => platform.call('PUT', '/v2/authorize/resetpassword', { token, newPassword }, '')

  async function mailedTokens(recipient: string): Promise<string[]> {
    const rows = await platform.plane.context.database.sql
      .selectFrom('outgoing_message')
      .select('body')
      .where('recipient', '=', recipient)
      .orderBy('created_at')
      .execute()
    return rows.flatMap((row) => /token: +(\S+)/.exec(row.body)?.[1] ?? [])
  }

  it('is replaced with the token of a mail, once; the old one works until then', async () => {
    const { username, password } = await newOperator()
    expect((await ask(username)).status).toBe(200)
    expect((await platform.logIn(username, password)).status).toBe(200)
    const [token = ''] = await mailedTokens(username)
    const rows = await platform.plane.context.database.sql.selectFrom('password_token').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(token)
    expect((await redeem(token, 'short')).body).toMatchObject({ messages: ['FailedToUpdate'], details: [{ field: 'newPassword' }] })
    const twice = await Promise.all([redeem(token, 'Brand-new-horse-3'), redeem(token, 'Brand-new-horse-4')])
    expect(twice.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 400])
    expect((await redeem(token, 'Brand-new-horse-5')).body).toMatchObject({ messages: ['PasswordTokenInvalid'] })
    expect((await platform.logIn(username, password)).status).toBe(401)
  })

  it('asking for somebody unknown answers the same and mails nothing; asking again at once mails once', async () => {
    const { username } = await newOperator()
    const [known, unknown] = [await ask(username), await ask('nobody.at.all@example.com')]
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
    await ask(username)
    expect(await mailedTokens(username)).toHaveLength(1)
    expect(await mailedTokens('nobody.at.all@example.com')).toEqual([])
  })

  it('a token ends after an hour', async () => {
    const { username } = await newOperator()
    await ask(username)
    const [token = ''] = await mailedTokens(username)
    platform.time.advance(HOUR_MS + 1_000)
    expect((await redeem(token, 'Brand-new-horse-3')).body).toMatchObject({ messages: ['PasswordTokenInvalid'] })
  })
})

describe('the password policy', () => {
  it('takes none of the last passwords again, and no password with the user name in it', async () => {
    const { username, password } = await newOperator()
    const change = async (from: string, to: string) => (await platform.call('PUT', '/v2/authorize', { username, password: from, newPassword: to }, '')).status
    expect(await change(password, 'Brand-new-horse-3')).toBe(200)
    expect(await change('Brand-new-horse-3', 'Brand-new-horse-4')).toBe(200)
    expect(await change('Brand-new-horse-4', 'Brand-new-horse-3')).toBe(400)
    expect(await change('Brand-new-horse-4', `${username.split('@')[0] ?? ''}-A1`)).toBe(400)
    expect(await change('Brand-new-horse-4', 'Brand-new-horse-5')).toBe(200)
  })
})

describe('GET /v2/language', () => {
  it.each([
    [undefined, 'en-US'],
    ['fr-CA,fr;q=0.9,en;q=0.8', 'fr-CA'],
    ['de-DE, fr;q=0.5, es;q=0.7', 'es-MX'],
    ['fr;q=0, *', 'en-US'],
    ['zz;q=nonsense,,;', 'en-US'],
  ])('%s → %s', async (header, expected) => {
    const headers = header === undefined ? {} : { 'accept-language': header }
    expect((await platform.plane.http.inject({ method: 'GET', url: '/v2/language', headers })).json()).toEqual({ prefLang: expected })
  })
})

describe('userinfo', () => {
  it('S1-08: says everything the login said, and never a hash', async () => {
    const { body } = await platform.logIn(OPERATOR.username, OPERATOR.password)
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, String(body['authToken']))).body).toEqual(body)
    expect(body).toMatchObject({ tokenSource: 'PASSWORD', mustAddEmail: false, grantedAuthorities: expect.arrayContaining(['Account:DELETE']) })
    expect(body).not.toHaveProperty('pwdHash')
  })
})
