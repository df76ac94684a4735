import { beforeAll, describe, expect, inject, it } from 'vitest'
import { type ErrorBody, HttpClient } from './http-client.ts'
import { Tenant, unique } from './tenant.ts'

interface Login {
  readonly authToken: string
  readonly userId: string
  readonly userType: string
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly partitionId: string
  readonly partitionName: string
  readonly expiresIn: number
  readonly permissions: Readonly<Record<string, string>>
}

const platform = inject('platform')
const http = new HttpClient(platform.httpUrl)
const credentials = { username: platform.username, password: platform.password }

describe('POST /v2/authorize', () => {
  it('S1-05 S1-06 S1-07 S4-10: username and password give a token and the partition id', async () => {
    const answer = await http.post<Login>('/v2/authorize', credentials)
    expect(answer.status).toBe(200)
    expect(answer.body.authToken).toMatch(/^[A-Za-z0-9_-]{20,}$/)
    expect(answer.body.partitionId).toBe(platform.partitionId)
  })

  it('S1-08: the answer carries every field of the example', async () => {
    const { body } = await http.post<Login>('/v2/authorize', credentials)
    expect(body.userId).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(body.userType).not.toBe('')
    expect(body.username).toBe(platform.username)
    for (const name of ['firstName', 'lastName', 'partitionName'] as const) expect(typeof body[name]).toBe('string')
    expect(body.permissions['Account']).toBe('DELETE')
  })

  it('S0-11 S0-12 S0-13: userName works as well, and expiresIn says how long the token lives unused', async () => {
    const answer = await http.post<Login>('/v2/authorize', { userName: platform.username, password: platform.password })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      authToken: expect.any(String),
      userId: expect.any(String),
      partitionId: platform.partitionId,
      userType: expect.any(String),
    })
    expect(answer.body.expiresIn).toBe(28_800)
  })

  it('never shows a password or a hash of one', async () => {
    const { text } = await http.post('/v2/authorize', credentials)
    expect(text).not.toContain(platform.password)
    expect(text).not.toMatch(/pwdHash|passwordHash|scrypt|argon/i)
  })

  it('C-04: a wrong password and an unknown user are told apart by nobody', async () => {
    const wrong = await http.post<ErrorBody>('/v2/authorize', { ...credentials, password: 'wrong' })
    const unknown = await http.post<ErrorBody>('/v2/authorize', { username: unique('nobody@'), password: 'wrong' })
    expect([wrong.status, wrong.body.messages]).toEqual([401, ['LoginInvalid']])
    expect([unknown.status, unknown.body.messages]).toEqual([401, ['LoginInvalid']])
  })
})

describe('the token', () => {
  let tenant: Tenant

  beforeAll(async () => {
    tenant = await Tenant.logIn()
  })

  it('S0-14 S1-09: goes into X-AUTH-TOKEN', async () => {
    expect((await tenant.http.get(`${tenant.path}/account`)).status).toBe(200)
    const created = await tenant.http.post<{ id: string }>(`${tenant.path}/account`, {
      partitionId: tenant.partitionId,
      accountNumber: unique('T-'),
      accountName: 'By token',
    })
    expect(created.status).toBe(200)
  })

  it('C-05: is accepted as a Bearer token too', async () => {
    const answer = await http.get(`${tenant.path}/account`, { headers: { authorization: `Bearer ${tenant.http.token}` } })
    expect(answer.status).toBe(200)
  })

  it('S0-10 S0-15 S0-17: without a valid one every call is refused with 401', async () => {
    for (const client of [http, http.withToken('no-such-token')])
      for (const [method, path] of [
        ['GET', `${tenant.path}/account`],
        ['POST', `${tenant.path}/account`],
        ['GET', `${tenant.path}/users`],
        ['GET', '/v2/address/validate?address=x&country=USA'],
        ['GET', '/v2/authorize/userinfo'],
        ['GET', `${tenant.path}/callingplanproduct`],
      ] as const) {
        const answer = await client.send<ErrorBody>(method, path, method === 'POST' ? {} : undefined)
        expect([method, path, answer.status]).toEqual([method, path, 401])
        expect(answer.body).toMatchObject({ status: 401, message: 'Unauthorized', messages: expect.any(Array) })
      }
  })

  it('S0-18: logging in again gives a new token while the old one stays good', async () => {
    const again = await http.post<Login>('/v2/authorize', credentials)
    expect(again.status).toBe(200)
    expect(again.body.authToken).not.toBe(tenant.http.token)
    for (const token of [again.body.authToken, tenant.http.token ?? '']) expect((await http.withToken(token).get(`${tenant.path}/account`)).status).toBe(200)
  })

  it('GET /v2/authorize/userinfo says who the token belongs to', async () => {
    const answer = await tenant.http.get<Login>('/v2/authorize/userinfo')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ username: platform.username, partitionId: platform.partitionId })
  })

  it('S0-21: is worth nothing after PUT /v2/authorize/logout', async () => {
    const { authToken } = (await http.post<Login>('/v2/authorize', credentials)).body
    const client = http.withToken(authToken)
    expect((await client.put('/v2/authorize/logout')).status).toBe(200)
    expect((await client.get(`${tenant.path}/account`)).status).toBe(401)
  })
})
