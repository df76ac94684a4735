import { readFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import type { SecureVersion, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { eventually } from './eventually.ts'
import { type ErrorBody, HttpClient } from './http-client.ts'
import { Platform } from './platform.ts'
import { done, type Identified, Tenant, unique } from './tenant.ts'

interface Message {
  readonly recipient?: string
  readonly to?: string
  readonly body: string
}

const PASSWORD = 'Correct-Horse-7-Battery'
const http = new HttpClient(inject('platform').httpUrl)
let owner: Tenant
/** A sub-partition of this file alone, so that its rules shut nobody else out. */
let brand: Tenant

beforeAll(async () => {
  owner = await Tenant.logIn()
  brand = await newBrand(owner)
})

async function newBrand(above: Tenant, fields: Readonly<Record<string, unknown>> = {}): Promise<Tenant> {
  const manager = { username: `${unique('brand')}@example.com`, password: PASSWORD, firstName: 'Brand', lastName: 'Operator' }
  done(await above.http.post<Identified>(`${above.path}/partition`, { name: unique('Brand'), manager, ...fields }))
  return Tenant.logIn({ ...inject('platform'), username: manager.username, password: PASSWORD })
}

async function logIn(username: string, password: string): Promise<HttpClient> {
  return http.withToken(done(await http.post<{ authToken: string }>('/v2/authorize', { username, password })).authToken)
}

/** The token of the newest mail to somebody. */
async function mailedToken(recipient: string): Promise<string> {
  return eventually('the mail', 5_000, async () => {
    const messages = done(await brand.http.get<readonly Message[]>('/v2/sandbox/messages'))
    const mail = messages.findLast((message) => JSON.stringify(message).includes(recipient) && message.body.includes('token:'))
    return /token: +(\S+)/.exec(mail?.body ?? '')?.[1]
  })
}

describe('partitions', () => {
  it('S0-01 S0-09: accounts are below the partition, users and devices below the account, in every path', async () => {
    const { paths } = done(await http.get<{ paths: Readonly<Record<string, unknown>> }>('/openapi.json'))
    for (const path of ['', '/{accountId}', '/{accountId}/user', '/{accountId}/device'])
      expect(Object.keys(paths)).toContain(`/v2/partition/{partitionId}/account${path}`)
    const inAccount = Object.keys(paths).filter((path) => path.includes('{accountId}'))
    expect(inAccount.filter((path) => !path.startsWith('/v2/partition/{partitionId}/') && !path.startsWith('/v2/authn/'))).toEqual([])
  })

  it('S1-11 S1-12: a sub-partition has its own id, inherits what it does not decide itself, and is closed to its siblings', async () => {
    const above = await newBrand(owner, { defaultTimeZone: 'US/Pacific' })
    const below = await newBrand(above, { defaultExtensionLength: 5 })
    const seen = done(await below.http.get<Record<string, unknown>>(below.path))
    expect(seen).toMatchObject({ id: below.partitionId, parentId: above.partitionId, defaultTimeZone: 'US/Pacific', defaultExtensionLength: 5 })
    const carriers = async (tenant: Tenant) => done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/inboundcarriers`)).map((carrier) => carrier.id)
    expect(await carriers(below)).toEqual(await carriers(above))
    expect((await below.http.get(above.path)).status).toBe(403)
    expect((await brand.http.get(below.path)).status).toBe(403)
  })

  it('S4-03 S1-09: the cURL example works, whatever partition its body names', async () => {
    const body = `{"partitionId": "string", "accountNumber": "${unique('C-')}", "accountName": "From cURL", "timeZone": "US/Mountain"}`
    const answer = await brand.http.post<Record<string, unknown>>(`${brand.path}/account`, undefined, {
      raw: { content: body, contentType: 'application/json' },
    })
    expect(done(answer)).toMatchObject({ partitionId: brand.partitionId, accountName: 'From cURL' })
  })
})

describe('who may do what', () => {
  it('S0-03: an operator is invited by mail, sets his password once, and does what his roles give and no more', async () => {
    const role = unique('Reader')
    done(await brand.http.post(`${brand.path}/security`, { name: role, permissions: [{ type: 'Account', accessType: 'READ' }] }))
    const username = `${unique('invited')}@example.com`
    done(await brand.http.post(`${brand.path}/managementuser`, { username, firstName: 'In', lastName: 'Vited', roles: [role] }))
    const token = await mailedToken(username)
    expect((await http.put('/v2/authorize/resetpassword', { token, newPassword: PASSWORD })).status).toBe(200)
    expect((await http.put('/v2/authorize/resetpassword', { token, newPassword: `${PASSWORD}!` })).status).toBe(400)
    const reader = await logIn(username, PASSWORD)
    expect((await reader.get(`${brand.path}/account`)).status).toBe(200)
    expect((await reader.post(`${brand.path}/account`, { accountNumber: unique('R-'), accountName: 'No' })).status).toBe(403)
    expect((await reader.get(`${brand.path}/security`)).status).toBe(403)
  })

  it('S1-48: a STANDARD user has his own settings only, an administrator kind manages the users of the account', async () => {
    const account = await brand.createAccount()
    const person = async (extension: string, endUserType: string) => {
      const username = `${unique('person')}@example.com`
      const user = await account.createUser(extension, { username, emailAddress: username, allowPortalAccess: true, endUserType })
      const mail = await eventually('the welcome mail', 5_000, async () =>
        done(await brand.http.get<readonly Message[]>('/v2/sandbox/messages')).findLast((message) => JSON.stringify(message).includes(username)),
      )
      return { ...user, http: await logIn(username, /password: +(\S+)/.exec(mail.body)?.[1] ?? '') }
    }
    const [standard, admin] = [await person('4001', 'STANDARD'), await person('4002', 'STANDARD_ADMIN')]
    const item = (user: { readonly userId: string }) => `${account.path}/user/${user.userId}`
    expect((await standard.http.patch(item(standard), { firstName: 'Own' })).status).toBe(200)
    expect((await standard.http.patch(item(standard), { endUserType: 'SUPER_ADMIN' })).status).toBe(403)
    expect((await standard.http.get(item(admin))).status).toBe(403)
    expect((await admin.http.patch(item(standard), { firstName: 'Managed' })).status).toBe(200)
    expect((await admin.http.patch(item(admin), { endUserType: 'SUPER_ADMIN' })).status).toBe(403)
    expect((await admin.http.get(`${brand.path}/account`)).status).toBe(403)
  })

  it('S0-10 S0-14: a long-lived key works in both headers for what it may do, and no longer once it is revoked', async () => {
    const issued = done(await brand.http.post<{ id: string; key: string }>(`${brand.path}/apikey`, { name: 'Billing', permissions: { Account: 'READ' } }))
    const ask = async (headers: Record<string, string>) => (await http.get(`${brand.path}/account`, { headers })).status
    expect([await ask({ 'x-auth-token': issued.key }), await ask({ authorization: `Bearer ${issued.key}` })]).toEqual([200, 200])
    expect((await http.withToken(issued.key).post(`${brand.path}/account`, {})).status).toBe(403)
    expect((await brand.http.get(`${brand.path}/apikey/${issued.id}`)).text).not.toContain(issued.key)
    expect((await brand.http.delete(`${brand.path}/apikey/${issued.id}`)).status).toBe(204)
    expect(await ask({ 'x-auth-token': issued.key })).toBe(401)
  })

  it('guessing a password is slowed down, with Retry-After, and an unknown name no differently', async () => {
    for (const username of [`${unique('nobody')}@example.com`, `${unique('somebody')}@example.com`]) {
      if (username.startsWith('somebody'))
        done(await brand.http.post(`${brand.path}/managementuser`, { username, password: PASSWORD, firstName: 'S', lastName: 'B' }))
      const answers = []
      for (let attempt = 0; attempt < 6; attempt++) answers.push(await http.post<ErrorBody>('/v2/authorize', { username, password: 'Wrong-Horse-1' }))
      expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401, 429])
      expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    }
  })

  it('S0-91: an address rule shuts out who it names, before anything else is looked at', async () => {
    const shut = await newBrand(brand)
    expect((await shut.http.post<ErrorBody>(`${shut.path}/accessrule`, { action: 'deny', cidr: '127.0.0.0/8' })).body.errorCode).toBe('WouldLockYouOut')
    done(await shut.http.post(`${shut.path}/accessrule?confirmLockout=true`, { action: 'allow', cidr: '192.0.2.0/24' }))
    expect((await shut.http.get<ErrorBody>(`${shut.path}/account`)).body).toMatchObject({ status: 403, errorCode: 'AddressNotAllowed' })
    expect((await http.get(`${shut.path}/account`)).status).toBe(403)
    expect((await brand.http.get(`${brand.path}/account`)).status).toBe(200)
  })

  it('the history of the partition tells who changed what', async () => {
    const { results } = done(await brand.http.get<{ results: readonly { type: string; userName: string }[] }>(`${brand.path}/data-history?maxResult=100`))
    expect(new Set(results.map((row) => row.type))).toEqual(new Set(['PARTITION', 'PLATFORM_USER', 'PLATFORM_USER_GROUP']))
  })
})

describe('environments', () => {
  let beta: Platform

  beforeAll(async () => {
    beta = await Platform.start({ environment: { DIALTONE_ENVIRONMENT: 'beta', DIALTONE_RATE_LIMIT: '100', DIALTONE_HTTPS_PORT: '0' } })
  })
  afterAll(() => beta.discard())

  it('S1-03 S0-70: tokens, credentials and ids of one are not valid in another', async () => {
    const there = await Tenant.logIn(beta.address)
    expect(there.partitionId).not.toBe(owner.partitionId)
    expect((await there.http.withToken(owner.http.token ?? '').get(there.path)).status).toBe(401)
    expect((await http.withToken(there.http.token ?? '').get(owner.path)).status).toBe(401)
    expect((await there.http.get(owner.path)).status).toBe(403)
    const { username, password } = inject('platform')
    expect((await there.http.post('/v2/authorize', { username, password })).status).toBe(401)
    const { key } = done(await there.http.post<{ key: string }>(`${there.path}/apikey`, { name: 'Beta', permissions: { Account: 'READ' } }))
    expect(key).toContain('_beta_')
    expect((await http.withToken(key).get(`${owner.path}/account`)).status).toBe(401)
  })

  it('S0-90: any system integrates by JSON over HTTPS, from TLS 1.2 on and not below', async () => {
    const { httpsPort } = JSON.parse(readFileSync(join(beta.dataDirectory, 'first-run.json'), 'utf8')) as { httpsPort: number }
    const { username, password } = beta.address
    const overTls = (version: SecureVersion, method: string, path: string, body?: object, token = '') =>
      new Promise<{ status: number | undefined; text: string; protocol: string | null }>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'x-auth-token': token }
        const options = {
          host: '127.0.0.1',
          port: httpsPort,
          method,
          path,
          headers,
          rejectUnauthorized: false,
          agent: false,
          minVersion: version,
          maxVersion: version,
        }
        const request = httpsRequest({ ...options, ...(version < 'TLSv1.2' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}) }, (response) => {
          const { statusCode: status, socket } = response
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          response.on('end', () => resolve({ status, text, protocol: (socket as TLSSocket).getProtocol() }))
        })
        request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
      })
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const login = await overTls(version, 'POST', '/v2/authorize', { username, password })
      expect([login.status, login.protocol]).toEqual([200, version])
      const { authToken, partitionId } = JSON.parse(login.text) as { authToken: string; partitionId: string }
      const listed = await overTls(version, 'GET', `/v2/partition/${partitionId}/account`, undefined, authToken)
      expect([listed.status, Array.isArray(JSON.parse(listed.text))]).toEqual([200, true])
    }
    await expect(overTls('TLSv1.1', 'GET', '/health/live')).rejects.toThrow(/version|protocol|alert/i)
  })

  it('S0-91: a token may ask a hundred times a second; then 429 says when to come again', async () => {
    const there = await Tenant.logIn(beta.address)
    const answers = await Promise.all(Array.from({ length: 300 }, () => there.http.get('/v2/ref/timezones')))
    const refused = answers.filter((answer) => answer.status === 429)
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(100)
    expect(refused.length).toBeGreaterThan(0)
    for (const name of ['retry-after', 'ratelimit', 'ratelimit-policy', 'x-ratelimit-limit']) expect(refused[0]?.headers.get(name), name).not.toBeNull()
    const other = await Tenant.logIn(beta.address)
    expect((await other.http.get('/v2/ref/timezones')).status).toBe(200)
  })
})
