import { beforeAll, describe, expect, inject, it } from 'vitest'
import { type ErrorBody, HttpClient, type HttpAnswer } from './http-client.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

const NOBODY = 'AAAAAAAAAAAAAAAAAAAAAA'
/** What must never leave the server. */
const LEAKS = /node_modules|packages\/|\.ts:\d|\bat [A-Za-z.]+ \(|SELECT |INSERT |postgres|kysely|password_hash/

let tenant: Tenant
let account: Account
let accountsBefore: number

const http = new HttpClient(inject('platform').httpUrl)
const countAccounts = async (): Promise<number> => done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/account`)).length

beforeAll(async () => {
  const owner = await Tenant.logIn()
  // A partition of its own: what other files make at the same time is not counted.
  const manager = { username: `${unique('bad')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Bad', lastName: 'Input' }
  done(await owner.http.post(`${owner.path}/partition`, { name: unique('Bad input'), manager }))
  tenant = await Tenant.logIn({ ...inject('platform'), username: manager.username, password: manager.password })
  account = await tenant.createAccount()
  accountsBefore = await countAccounts()
})

/** The union error body of C-40, with nothing of the inside. */
function expectProblem(answer: HttpAnswer<ErrorBody>, status: number, code?: string): void {
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(/^\{/)])
  expect(answer.body).toMatchObject({
    status,
    messages: [expect.any(String)],
    errorCode: expect.stringMatching(/^[A-Z][A-Za-z0-9]*(:[\w.]+)?$/),
    message: expect.stringMatching(/./),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    path: expect.stringMatching(/^\//),
    requestId: expect.stringMatching(/./),
    traceId: expect.stringMatching(/./),
  })
  expect(answer.body).toHaveProperty('data')
  expect(answer.body).toHaveProperty('details')
  if (code !== undefined) expect(answer.body.messages[0]).toBe(code)
  expect(answer.text).not.toMatch(LEAKS)
}

describe('a body that is no JSON object', () => {
  it.each([
    ['malformed JSON', '{"accountName": ', 'application/json'],
    ['a lone brace', '{', 'application/json'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'application/json'],
    ['an array', '[]', 'application/json'],
    ['a number', '42', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a text', '"text"', 'application/json'],
    ['nothing', '', 'application/json'],
    ['ten thousand brackets', '['.repeat(10_000), 'application/json'],
  ])('%s is refused with 400', async (_what, content, contentType) => {
    expectProblem(await tenant.http.post<ErrorBody>(`${tenant.path}/account`, undefined, { raw: { content, contentType } }), 400)
  })

  it('another content type is refused with 415 (or 400)', async () => {
    const answer = await tenant.http.post<ErrorBody>(`${tenant.path}/account`, undefined, { raw: { content: '<account/>', contentType: 'application/xml' } })
    expect([400, 415]).toContain(answer.status)
    expectProblem(answer, answer.status)
  })

  it('20 MB are refused with 413, or not even read to the end', async () => {
    const content = `{"accountName":"${'x'.repeat(20_000_000)}"}`
    const raw = { content, contentType: 'application/json' }
    // A server that hangs up on what it will not read shows as a broken connection.
    const answer = await tenant.http.post<ErrorBody>(`${tenant.path}/account`, undefined, { raw }).catch(() => undefined)
    if (answer !== undefined) expectProblem(answer, 413)
    expect((await http.get('/health/live')).status).toBe(200)
  })
})

describe('missing and wrong fields', () => {
  it('are named together', async () => {
    const answer = await tenant.http.post<ErrorBody & { details: unknown }>(`${tenant.path}/account`, {
      billingCycleDay: 99,
      extensionLength: 1,
      timeZone: 'Mars',
    })
    expectProblem(answer, 400)
    for (const field of ['billingCycleDay', 'extensionLength']) expect(JSON.stringify(answer.body.details)).toContain(field)
  })

  it.each([
    ['an object for a text', { accountName: { $gt: '' } }],
    ['an array for a text', { accountName: ['a'] }],
    ['a NUL in a text', { accountName: 'a\u0000b' }],
    ['a text of 10000 characters', { accountName: 'x'.repeat(10_000) }],
    ['a number beyond all bounds', { billingCycleDay: 1e308 }],
  ])('%s is refused with 400', async (_what, changes) => {
    const body = { accountName: 'Bad', accountNumber: unique('B-'), timeZone: 'US/Mountain', ...changes }
    expectProblem(await tenant.http.post<ErrorBody>(`${tenant.path}/account`, body), 400)
  })

  it('id, partitionId and accountId in a body never win over the path', async () => {
    const body = { id: NOBODY, partitionId: 'other', accountId: NOBODY, accountName: 'Path wins', accountNumber: unique('P-'), timeZone: 'US/Mountain' }
    const created = done(await tenant.http.post<Identified & { partitionId: string }>(`${tenant.path}/account`, body))
    accountsBefore++
    expect(created.partitionId).toBe(tenant.partitionId)
    expect(created.id).not.toBe(NOBODY)
  })

  it('a __proto__ in a body changes nothing', async () => {
    const content = `{"accountName":"Proto","accountNumber":"${unique('Y-')}","timeZone":"US/Mountain","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`
    const answer = await tenant.http.post(`${tenant.path}/account`, undefined, { raw: { content, contentType: 'application/json' } })
    if (answer.status === 200) accountsBefore++
    else expect(answer.status).toBe(400)
    expect((await tenant.http.get(`${tenant.path}/account`)).text).not.toContain('polluted')
  })
})

describe('ids', () => {
  it('that nobody has are answered with 404 EntityNotFound and the type', async () => {
    for (const [path, type] of [
      [`${tenant.path}/account/${NOBODY}`, 'Account'],
      [`${account.path}/user/${NOBODY}`, /User/],
      [`${account.path}/deviceline/${NOBODY}`, /Device/],
      [`${account.path}/telephonenumber/12125550000`, /TelephoneNumber/],
      [`${tenant.path}/callingplanproduct/${NOBODY}`, /CallingPlan/],
    ] as const) {
      const answer = await tenant.http.get<ErrorBody>(path)
      expectProblem(answer, 404, 'EntityNotFound')
      expect(answer.body.data?.type).toMatch(type)
    }
  })

  it.each([
    ['a NUL', '%00'],
    ['a path', '..%2f..%2fetc'],
    ['a piece of SQL', "'%20OR%201=1--"],
    ['3000 characters', 'x'.repeat(3000)],
    ['an emoji', '%F0%9F%92%A9'],
    ['no UTF-8', '%ff'],
    ['a negative number', '-1'],
    ['null', 'null'],
  ])('%s is no id and no way in', async (_what, id) => {
    for (const path of [`${tenant.path}/account/${id}`, `${account.path}/user/${id}`, `/v2/partition/${id}/account`]) {
      const answer = await tenant.http.get<ErrorBody>(path)
      expect([400, 403, 404, 414]).toContain(answer.status)
      expect(answer.text).not.toMatch(LEAKS)
    }
  })

  it('an unknown path is answered with 404 ResourceNotFound, another method with 404 or 405', async () => {
    expectProblem(await tenant.http.get<ErrorBody>('/v2/nothing/here'), 404, 'ResourceNotFound')
    expect([404, 405]).toContain((await tenant.http.delete('/v2/authorize')).status)
  })

  it('a partition of somebody else is refused with 403 NotPermitted', async () => {
    const answer = await tenant.http.get<ErrorBody>(`/v2/partition/${NOBODY}/account`)
    expectProblem(answer, 403, 'NotPermitted')
  })
})

describe('taken and reserved', () => {
  it('a taken extension, and a number reserved by another account, are refused and store nothing', async () => {
    await account.createUser('4000')
    expectProblem(
      await account.http.post<ErrorBody>(`${account.path}/user`, { firstName: 'A', lastName: 'B', extension: '4000' }),
      400,
      'ExtensionAlreadyInUse',
    )
    expect(done(await account.http.get<readonly unknown[]>(`${account.path}/user`))).toHaveLength(1)
    const other = await tenant.createAccount()
    accountsBefore++
    const [number] = done(await tenant.http.get<readonly { phoneNumber: string }[]>(`${tenant.path}/telephonenumber/search?type=LAT_LONG&lat=42.1&long=-75.9`))
    done(await account.http.put(`${account.path}/telephonenumber/${number?.phoneNumber}/reserve`))
    const body = {
      customerServiceRecord: {
        customerType: 'BUSINESS',
        businessName: 'X',
        customerName: 'X',
        streetNumber: '1',
        streetName: 'Main',
        city: 'Binghamton',
        state: 'NY',
        postalCode: '13901',
        country: 'USA',
      },
      directoryListing: { listed: false, type: 'NOT_LIST_NOT_PUBLISH' },
      telephoneNumbers: [{ phoneNumber: number?.phoneNumber }],
    }
    expectProblem(await other.http.post<ErrorBody>(`${other.path}/telephonenumber`, body), 400, 'TelephoneNumberReserved')
    expect(done(await other.http.get(`${other.path}/telephonenumber`))).toEqual([])
  })

  it('two users who want the same extension at the same moment do not both get it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => account.http.post<ErrorBody>(`${account.path}/user`, { firstName: 'A', lastName: 'B', extension: '4999' })),
    )
    expect(answers.map((answer) => answer.status).toSorted((left, right) => left - right)).toEqual([200, ...Array.from({ length: 7 }, () => 400)])
  })
})

describe('afterwards', () => {
  it('nothing was stored, every request has its own id, and the server lives', async () => {
    expect(await countAccounts()).toBe(accountsBefore)
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await http.get<ErrorBody>('/v2/partition/x/account')).body.requestId))
    expect(new Set(ids).size).toBe(5)
    expect((await http.get('/health/live')).status).toBe(200)
  })
})
