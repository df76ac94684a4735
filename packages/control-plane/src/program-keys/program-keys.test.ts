import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const HOUR_MS = 3_600_000
let platform: TestControlPlane
let partition: string
let keys: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  keys = `${partition}/apikey`
})
afterAll(() => platform.stop())

async function issue(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  made++
  const { status, body } = await platform.call('POST', keys, { name: `Key ${made}`, permissions: { Account: 'READ' }, ...changes })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function ask(headers: Record<string, string>, o: { url?: string; remoteAddress?: string } = {}): Promise<number> {
  const { url = `${partition}/account`, remoteAddress = '192.0.2.1' } = o
  return (await platform.plane.http.inject({ method: 'GET', url, headers, remoteAddress })).statusCode
}

const withKey = (key: unknown) => ({ 'x-auth-token': String(key) })

describe('a key for programs', () => {
  it('says what it opens and where, works in both headers, does what it may and no more, and is stored as a hash', async () => {
    const { key, ...shown } = await issue()
    expect(String(key)).toMatch(/^dtk_partition_development_[A-Za-z0-9-]{38}$/)
    expect(await ask(withKey(key))).toBe(200)
    expect(await ask({ authorization: `Bearer ${String(key)}` })).toBe(200)
    expect((await platform.call('POST', `${partition}/account`, { accountNumber: 'k', accountName: 'key' }, String(key))).body).toMatchObject({ status: 403 })
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, String(key))).body).toMatchObject({ tokenSource: 'API_KEY', userId: shown['id'], permissions: { Account: 'READ' } })
    const rows = await platform.plane.context.database.sql.selectFrom('program_key').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(String(key))
    const read = (await platform.call('GET', `${keys}/${String(shown['id'])}`)).body
    expect(read).toMatchObject({ lastUsedAddress: '192.0.2.1', keyStart: String(key).slice(0, 30) })
    expect(JSON.stringify([read, (await platform.call('GET', keys)).list])).not.toContain(String(key))
  }) // prettier-ignore

  it('mistyped, cut off, of another environment or unknown is refused', async () => {
    const { key } = await issue()
    const text = String(key)
    for (const wrong of [text.slice(0, -1), `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`, text.replace('development', 'production'), text.replace('partition', 'account'), 'dtk_'])
      expect(await ask(withKey(wrong)), wrong).toBe(401)
  }) // prettier-ignore

  it('is bound to addresses, expires, and ends at once when it is revoked', async () => {
    const { key: bound } = await issue({ allowedAddresses: ['192.0.2.0/30'] })
    expect([await ask(withKey(bound)), await ask(withKey(bound), { remoteAddress: '192.0.2.4' })]).toEqual([200, 403])
    const { key: short } = await issue({ expiresDate: new Date(platform.time.nowMs() + HOUR_MS).toISOString() })
    expect(await ask(withKey(short))).toBe(200)
    platform.time.advance(HOUR_MS)
    expect(await ask(withKey(short))).toBe(401)
    const revoked = await issue()
    expect(await ask(withKey(revoked['key']))).toBe(200)
    expect((await platform.call('DELETE', `${keys}/${String(revoked['id'])}`, undefined, String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken']))).status).toBe(204)
    expect(await ask(withKey(revoked['key']))).toBe(401)
  }) // prettier-ignore

  it('is rotated with an overlap: both secrets work until it ends, then only the new one', async () => {
    const first = await issue()
    const rotated = await platform.call('POST', `${keys}/${String(first['id'])}/rotate`, { overlapSeconds: 3600 })
    expect(rotated.body).toMatchObject({ id: first['id'], name: first['name'] })
    expect([await ask(withKey(first['key'])), await ask(withKey(rotated.body['key']))]).toEqual([200, 200])
    platform.time.advance(HOUR_MS + 1_000)
    expect([await ask(withKey(first['key'])), await ask(withKey(rotated.body['key']))]).toEqual([401, 200])
    const now = await platform.call('POST', `${keys}/${String(first['id'])}/rotate`, { overlapSeconds: 0 })
    expect([await ask(withKey(rotated.body['key'])), await ask(withKey(now.body['key']))]).toEqual([401, 200])
  })

  it('for one account opens that account only, and nothing of the partition', async () => {
    const [mine, other] = await Promise.all(
      ['k-1', 'k-2'].map((accountNumber) => platform.call('POST', `${partition}/account`, { accountNumber, accountName: accountNumber })),
    )
    const accountId = String(mine?.body['id'])
    const { key } = await issue({ accountId, permissions: { Account: 'READ', EU_User: 'DELETE' } })
    expect(String(key)).toContain('dtk_account_')
    expect(await ask(withKey(key), { url: `${partition}/account/${accountId}/user` })).toBe(200)
    expect(await ask(withKey(key), { url: `${partition}/account/${String(other?.body['id'])}/user` })).toBe(403)
    expect(await ask(withKey(key), { url: `${partition}/users` })).toBe(403)
    expect(await ask(withKey(key), { url: `${partition}/account` })).toBe(403)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown permission', { permissions: { Everything: 'READ' } }, 'InvalidPermissions'],
    ['an unknown level', { permissions: { Account: 'WRITE' } }, 'InvalidAccount'],
    ['an account of nobody', { accountId: 'nobody' }, 'InvalidAccountId'],
    ['a wrong address', { allowedAddresses: ['here'] }, 'InvalidAllowedAddresses'],
    ['an end in the past', { expiresDate: '2020-01-01T00:00:00Z' }, 'InvalidExpiresDate'],
    ['a public key that is none', { kind: 'OAUTH_CLIENT', publicKey: 'pem' }, 'InvalidPublicKey'],
  ])('with %s is refused', async (_case, changes, code) => {
    expect((await platform.call('POST', keys, { name: 'Wrong', permissions: {}, ...changes })).body).toMatchObject({ status: 400, errorCode: code })
  })

  it('cannot make or renew a key stronger than itself', async () => {
    const { key } = await issue({ permissions: { ProductUsers: 'DELETE' } })
    const strong = await issue()
    expect((await platform.call('POST', keys, { name: 'More', permissions: { Account: 'READ' } }, String(key))).body).toMatchObject({
      errorCode: 'PermissionNotHeld',
    })
    expect((await platform.call('POST', `${keys}/${String(strong['id'])}/rotate`, {}, String(key))).status).toBe(403)
  })

  it('of a sub-partition is not found through its parent', async () => {
    const child = await platform.call('POST', `${partition}/partition`, { name: 'With keys' })
    const below = `/v2/partition/${String(child.body['id'])}`
    const created = await platform.call('POST', `${below}/apikey`, { name: 'Below', permissions: { Account: 'READ' } })
    expect(await ask(withKey(created.body['key']), { url: `${below}/account` })).toBe(200)
    expect(await ask(withKey(created.body['key']))).toBe(403)
    for (const method of ['GET', 'DELETE'] as const) expect((await platform.call(method, `${keys}/${String(created.body['id'])}`)).status).toBe(404)
    expect((await platform.call('POST', `${keys}/${String(created.body['id'])}/rotate`, {})).status).toBe(404)
  })
})

describe('an OAuth client', () => {
  const token = (payload: string, headers: Record<string, string> = {}) =>
    platform.plane.http.inject({
      method: 'POST',
      url: '/v2/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload,
    })

  it('gets a token for its id and secret, as a form, as JSON, and as Basic; it lasts an hour, used or not', async () => {
    const { clientId, clientSecret } = await issue({ kind: 'OAUTH_CLIENT' })
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: String(clientId), client_secret: String(clientSecret) })
    const answer = await token(form.toString())
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { token_type: 'Bearer', expires_in: 3600, scope: 'Account:READ' }])
    const basic = { authorization: `Basic ${Buffer.from(`${String(clientId)}:${String(clientSecret)}`).toString('base64')}` }
    expect((await token('grant_type=client_credentials', basic)).statusCode).toBe(200)
    const json = await platform.call('POST', '/v2/oauth/token', Object.fromEntries(form), '')
    expect(json.status).toBe(200)
    const { access_token: accessToken } = answer.json<{ access_token: string }>()
    expect(await ask({ authorization: `Bearer ${accessToken}` })).toBe(200)
    expect((await platform.call('GET', '/v2/authorize/userinfo', undefined, accessToken)).body).toMatchObject({
      tokenSource: 'CLIENT_CREDENTIALS',
      expiresIn: 3600,
    })
    platform.time.advance(HOUR_MS / 2)
    expect(await ask({ authorization: `Bearer ${accessToken}` })).toBe(200)
    platform.time.advance(HOUR_MS / 2)
    expect(await ask({ authorization: `Bearer ${accessToken}` })).toBe(401)
  })

  it('with a wrong secret, as an API key, or with another grant gets an error of RFC 6749', async () => {
    const { clientId, clientSecret } = await issue({ kind: 'OAUTH_CLIENT' })
    const wrong = await token(`grant_type=client_credentials&client_id=${String(clientId)}&client_secret=${String(clientSecret)}x`)
    expect([wrong.statusCode, wrong.json<{ error: string }>().error, wrong.headers['www-authenticate']]).toEqual([
      401,
      'invalid_client',
      'Basic realm="dialtone"',
    ])
    expect((await token('grant_type=password')).json()).toMatchObject({ error: 'unsupported_grant_type' })
    expect(await ask(withKey(clientSecret))).toBe(401)
    const apiKey = await issue()
    expect((await token(`grant_type=client_credentials&client_id=${String(apiKey['id'])}&client_secret=${String(apiKey['key'])}`)).statusCode).toBe(401)
  })

  it('loses its tokens when it is deleted', async () => {
    const client = await issue({ kind: 'OAUTH_CLIENT' })
    const answer = await token(`grant_type=client_credentials&client_id=${String(client['clientId'])}&client_secret=${String(client['clientSecret'])}`)
    const { access_token: accessToken } = answer.json<{ access_token: string }>()
    const operator = String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
    await platform.call('DELETE', `${keys}/${String(client['id'])}`, undefined, operator)
    expect(await ask({ authorization: `Bearer ${accessToken}` })).toBe(401)
  })

  it('a form is taken nowhere else', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await platform.plane.http.inject({ method: 'POST', url: '/v2/authorize', headers, payload: 'username=a&password=b' })).statusCode).toBe(415)
  })
})

describe('a login by assertion', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const pem = publicKey.export({ type: 'spki', format: 'pem' })

  function jwt(claims: Record<string, unknown>, key: KeyObject = privateKey, alg = 'EdDSA'): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`
    return `${signed}.${alg === 'none' ? '' : sign(null, Buffer.from(signed), key).toString('base64url')}`
  }

  async function prepared() {
    made++
    const operator = String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
    await platform.call('POST', `${partition}/security`, { name: `Portal ${made}`, permissions: [{ type: 'Account', accessType: 'READ' }] }, operator)
    const username = `portal${made}@example.com`
    const user = { username, password: 'Another-horse-2', firstName: 'Po', lastName: 'Rtal', roles: [`Portal ${made}`] }
    expect((await platform.call('POST', `${partition}/managementuser`, user, operator)).status).toBe(200)
    const client = await platform.call('POST', keys, { name: 'Portal', kind: 'OAUTH_CLIENT', permissions: { Account: 'READ' }, publicKey: pem }, operator)
    const claims = { iss: client.body['clientId'], sub: username, aud: 'development', exp: platform.time.nowMs() / 1000 + 60, jti: `once-${made}` }
    const logIn = (assertion: unknown) => platform.call('POST', '/v2/authorize/jwt', assertion, '')
    return { claims, logIn, username }
  }

  it('opens a session of the user, once', async () => {
    const { claims, logIn, username } = await prepared()
    const answers = await Promise.all([logIn(jwt(claims)), logIn(jwt(claims))])
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 401])
    expect(answers.find((answer) => answer.status === 200)?.body).toMatchObject({ username, tokenSource: 'JWT', permissions: { Account: 'READ' } })
  })

  it('is refused when anything about it is wrong', async () => {
    const { claims, logIn } = await prepared()
    const now = platform.time.nowMs() / 1000
    const wrong = [
      jwt({ ...claims, sub: 'operator@example.com' }),
      jwt({ ...claims, aud: 'production' }),
      jwt({ ...claims, exp: now - 1 }),
      jwt({ ...claims, exp: now + 3_600 }),
      jwt({ ...claims, nbf: now + 120 }),
      jwt({ ...claims, iss: 'nobody' }),
      jwt(claims, generateKeyPairSync('ed25519').privateKey),
      jwt(claims, privateKey, 'none'),
      jwt(claims, privateKey, 'RS256'),
      'not.a.jwt',
      '..',
      `${jwt(claims)}.more`,
    ]
    for (const assertion of wrong) expect((await logIn(assertion)).body, assertion).toMatchObject({ status: 401, messages: ['LoginInvalid'] })
    expect((await logIn(jwt(claims))).status).toBe(200)
  })
})
