import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

const body = (overrides: Record<string, unknown>): Record<string, unknown> => ({ accountNumber: 'T-1', accountName: 'Text', ...overrides })

describe('text the database cannot hold is refused before it gets there', () => {
  it.each([
    ['NUL in a text', body({ accountName: 'a\u0000b' }), 'accountName', 'InvalidAccountName'],
    ['NUL inside an object', body({ address: { city: 'x\u0000' } }), 'address.city', 'InvalidCity'],
    ['NUL in the name of a field', body({ address: { 'a\u0000': 'x' } }), 'address', 'InvalidAddress'],
    ['half of a surrogate pair', body({ accountName: 'a\uD800b' }), 'accountName', 'InvalidAccountName'],
    ['half of a surrogate pair inside an object', body({ address: { city: '\uDC00' } }), 'address.city', 'InvalidCity'],
  ])('%s of a body: 400 naming the field', async (_case, request, field, code) => {
    const answer = await platform.call('POST', `${partition}/account`, request)
    expect(answer.body).toMatchObject({ status: 400, errorCode: code, details: [{ field }] })
  })

  it('a whole surrogate pair is text like any other', async () => {
    const answer = await platform.call('POST', `${partition}/account`, body({ accountNumber: 'T-2', accountName: 'Café 😀' }))
    expect(answer.body).toMatchObject({ accountName: 'Café 😀' })
  })

  it('NUL in a patch: 400 and nothing changed', async () => {
    const id = String((await platform.call('POST', `${partition}/account`, body({ accountNumber: 'T-3' }))).body['id'])
    expect((await platform.call('PATCH', `${partition}/account/${id}`, { customField: '\u0000' })).body).toMatchObject({
      status: 400,
      errorCode: 'InvalidCustomField',
    })
    expect((await platform.call('GET', `${partition}/account/${id}`)).status).toBe(200)
  })

  it('NUL in the user name of a login: 400', async () => {
    expect((await platform.logIn('a\u0000b', 'x')).body).toMatchObject({ status: 400, errorCode: 'InvalidUsername' })
  })

  it.each([
    ['an account id', '/account/a%00b', 'accountId'],
    ['an id below an account', '/account/x/user/%00', 'userId'],
    ['a search term', '/account/search?q=%00', 'q'],
    ['a list of query values', '/account/search?q=a&q=%00', 'q.1'],
    ['a calling plan id', '/callingplanproduct/%00', 'cppId'],
  ])('a NUL in %s: 400 naming it', async (_case, path, field) => {
    expect((await platform.call('GET', `${partition}${path}`)).body).toMatchObject({ status: 400, details: [{ field }] })
  })

  it('%00 in a partition id: 400, without telling whether it exists', async () => {
    expect((await platform.call('GET', '/v2/partition/%00/account')).body).toMatchObject({ status: 400, details: [{ field: 'partitionId' }] })
  })

  it('bytes that are no UTF-8 in a path: 400 in the envelope of every failure', async () => {
    const answer = await platform.call('GET', `${partition}/account/%ED%A0%80`)
    expect(answer.body).toMatchObject({ status: 400, errorCode: 'InvalidPath' })
  })

  it('a body nested deeper than any object of ours: 400, not a full stack', async () => {
    const depth = 200_000
    const payload = `{"accountName":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const reply = await platform.plane.http.inject({
      method: 'POST',
      url: `${partition}/account`,
      headers: { 'x-auth-token': platform.token, 'content-type': 'application/json' },
      payload,
    })
    expect([reply.statusCode, reply.json<{ errorCode: string }>().errorCode]).toEqual([400, 'NestedTooDeep'])
  })

  it.each(['/account?offset=1e30', '/account?page=9999999999', '/users?offset=9999999999999'])(
    'a page further out than the database counts: 400 (%s)',
    async (path) => {
      expect((await platform.call('GET', `${partition}${path}`)).status).toBe(400)
    },
  )
})
