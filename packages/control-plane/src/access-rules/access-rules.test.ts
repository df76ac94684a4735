import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let brands = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

interface Brand {
  readonly path: string
  readonly token: string
  readonly credentials: { readonly username: string; readonly password: string }
}

async function brand(of = `/v2/partition/${platform.partitionId}`): Promise<Brand> {
  brands++
  const manager = { username: `rules${brands}@example.com`, password: 'Another-horse-2', firstName: 'Ru', lastName: 'Les' }
  const child = await platform.call('POST', `${of}/partition`, { name: `Rules ${brands}`, manager })
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  return { path: `/v2/partition/${String(child.body['id'])}`, token, credentials: manager }
}

async function ask(
  brandAsked: Brand,
  remoteAddress: string,
  path = `${brandAsked.path}/account`,
  token = brandAsked.token,
): Promise<readonly [number, unknown]> {
  const reply = await platform.plane.http.inject({ method: 'GET', url: path, remoteAddress, headers: { 'x-auth-token': token } })
  return [reply.statusCode, reply.statusCode === 200 ? undefined : reply.json<{ errorCode: string }>().errorCode]
}

/** From an address that stays let in. */
async function rule(of: Brand, action: 'allow' | 'deny', cidr: string, further: Record<string, unknown> = {}) {
  const headers = { 'x-auth-token': platform.token }
  const payload = { action, cidr, ...further }
  const reply = await platform.plane.http.inject({ method: 'POST', url: `${of.path}/accessrule`, remoteAddress: '192.0.2.1', headers, payload })
  return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() }
}

const SHUT_OUT = [403, 'AddressNotAllowed'] as const
const INSIDE = '192.0.2.10'
const OUTSIDE = '198.51.100.10'

describe('access rules', () => {
  it('C-09: no list lets everybody in, an allow list only those on it, denying always wins', async () => {
    const mine = await brand()
    expect(await ask(mine, OUTSIDE)).toEqual([200, undefined])
    expect((await rule(mine, 'allow', '192.0.2.77/24')).body).toMatchObject({ scope: 'api', action: 'allow', cidr: '192.0.2.0/24', enabled: true })
    expect(await ask(mine, INSIDE)).toEqual([200, undefined])
    expect(await ask(mine, `::ffff:${INSIDE}`)).toEqual([200, undefined])
    expect(await ask(mine, OUTSIDE)).toEqual(SHUT_OUT)
    await rule(mine, 'deny', INSIDE)
    expect(await ask(mine, INSIDE)).toEqual(SHUT_OUT)
    expect(await ask(mine, '192.0.2.11')).toEqual([200, undefined])
  })

  it('C-09: are asked before who calls: a wrong token and none are shut out in the same words', async () => {
    const mine = await brand()
    await rule(mine, 'deny', OUTSIDE)
    expect(await ask(mine, OUTSIDE, `${mine.path}/account`, 'made-up')).toEqual(SHUT_OUT)
    expect(await ask(mine, OUTSIDE, `${mine.path}/nothing-there-and-no-route`)).toEqual([404, 'ResourceNotFound'])
    expect(await ask(mine, INSIDE, `${mine.path}/account`, 'made-up')).toEqual([401, 'Unauthorized'])
  })

  it('S1-11: count for everything below: a denied block everywhere, an allow list below narrows the one above', async () => {
    const above = await brand()
    const below = await brand(above.path)
    const beside = await brand()
    await rule(above, 'deny', OUTSIDE)
    expect([await ask(below, OUTSIDE), await ask(beside, OUTSIDE)]).toEqual([SHUT_OUT, [200, undefined]])
    await rule(above, 'allow', '192.0.2.0/24')
    await rule(below, 'allow', '192.0.2.0/28')
    expect([await ask(below, '192.0.2.1'), await ask(below, '192.0.2.99'), await ask(above, '192.0.2.99')]).toEqual([
      [200, undefined],
      SHUT_OUT,
      [200, undefined],
    ])
    await rule(below, 'allow', '203.0.113.0/24')
    expect(await ask(below, '203.0.113.1')).toEqual(SHUT_OUT)
  })

  it('are asked at the login, which answers as if the password were wrong, and for paths without a partition', async () => {
    const mine = await brand()
    await rule(mine, 'deny', OUTSIDE)
    const logIn = async (remoteAddress: string) =>
      (await platform.plane.http.inject({ method: 'POST', url: '/v2/authorize', remoteAddress, payload: mine.credentials })).statusCode
    expect([await logIn(OUTSIDE), await logIn(INSIDE)]).toEqual([401, 200])
    expect(await ask(mine, OUTSIDE, '/v2/authorize/userinfo')).toEqual(SHUT_OUT)
  })

  it('cannot shut their author out by a slip, and can when he says so', async () => {
    const mine = await brand()
    const create = (query: string) => platform.call('POST', `${mine.path}/accessrule${query}`, { action: 'allow', cidr: INSIDE }, mine.token)
    expect((await create('')).body).toMatchObject({ status: 400, messages: ['WouldLockYouOut'] })
    expect((await platform.call('GET', `${mine.path}/accessrule`, undefined, mine.token)).list).toEqual([])
    expect((await create('?confirmLockout=true')).status).toBe(200)
    expect((await platform.call('GET', `${mine.path}/account`, undefined, mine.token)).body).toMatchObject({ errorCode: 'AddressNotAllowed' })
  })

  it('are changed, switched off and deleted; rules for SIP do not count here; the partition remembers', async () => {
    const mine = await brand()
    const created = await rule(mine, 'deny', OUTSIDE, { description: 'noisy' })
    const item = `${mine.path}/accessrule/${String(created.body['id'])}`
    expect((await platform.call('GET', item)).body).toEqual(created.body)
    expect((await platform.call('PATCH', item, { enabled: false })).body).toMatchObject({ enabled: false, description: 'noisy' })
    expect(await ask(mine, OUTSIDE)).toEqual([200, undefined])
    expect((await platform.call('PUT', item, { action: 'deny', cidr: OUTSIDE, scope: 'sip' })).body).toMatchObject({
      scope: 'sip',
      enabled: true,
      description: '',
    })
    expect(await ask(mine, OUTSIDE)).toEqual([200, undefined])
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect((await platform.call('GET', item)).status).toBe(404)
    const history = await platform.call('GET', `${mine.path}/data-history?tag=IP_WHITELIST`)
    expect((history.body['results'] as { actionType: string }[]).map((row) => row.actionType)).toEqual(['DELETE', 'UPDATE', 'UPDATE', 'CREATE'])
  })

  it.each([
    [{ action: 'deny', cidr: '192.0.2.0/33' }, 'InvalidCidr'],
    [{ action: 'deny', cidr: 'example.com' }, 'InvalidCidr'],
    [{ action: 'block', cidr: INSIDE }, 'InvalidAction'],
    [{ cidr: INSIDE }, 'ActionRequired'],
    [{ action: 'deny', cidr: INSIDE, scope: 'ftp' }, 'InvalidScope'],
  ])('%j is refused with %s', async (body, code) => {
    const mine = await brand()
    expect((await platform.call('POST', `${mine.path}/accessrule`, body)).body).toMatchObject({ status: 400, errorCode: code })
  })

  it('one block stands there once, however it is written, also in a race', async () => {
    const mine = await brand()
    const answers = await Promise.all(['198.51.100.1/24', '198.51.100.2/24', '198.51.100.0/24'].map((cidr) => rule(mine, 'deny', cidr)))
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 400, 400])
  })

  it('S3-94: of an allow and a deny rule for one block that come together one stands', async () => {
    const mine = await brand()
    for (const third of Array.from({ length: 8 }, (_, index) => index)) {
      const both = await Promise.all((['allow', 'deny'] as const).map((action) => rule(mine, action, `198.51.${third}.0/24`, { scope: 'sip' })))
      expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 400])
    }
  })

  it('do not shut their author out by two deletions at once, each of which would leave him in', async () => {
    const mine = await brand()
    const allowed = [await rule(mine, 'allow', '192.0.2.0/24'), await rule(mine, 'allow', '192.0.2.0/28'), await rule(mine, 'allow', OUTSIDE)]
    const headers = { 'x-auth-token': platform.token }
    const deleted = await Promise.all(
      allowed.slice(0, 2).map(({ body }) => {
        const url = `${mine.path}/accessrule/${String(body['id'])}`
        return platform.plane.http.inject({ method: 'DELETE', url, remoteAddress: '192.0.2.1', headers })
      }),
    )
    expect(deleted.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)).toEqual([204, 400])
    expect(await ask(mine, INSIDE)).toEqual([200, undefined])
  })

  it('that would shut their author out, many at once, wait for nothing but each other', async () => {
    const mine = await brand()
    const slips = await Promise.all(Array.from({ length: 40 }, (_, index) => rule(mine, 'deny', `192.0.2.0/${index % 2 === 0 ? 24 : 28}`)))
    expect(new Set(slips.map(({ body }) => body['errorCode']))).toEqual(new Set(['WouldLockYouOut']))
  })

  it('of a sub-partition are not found through its parent', async () => {
    const mine = await brand()
    const created = await rule(mine, 'deny', OUTSIDE)
    const path = `/v2/partition/${platform.partitionId}/accessrule/${String(created.body['id'])}`
    for (const method of ['GET', 'DELETE'] as const) expect((await platform.call(method, path)).status).toBe(404)
  })
})

describe('a phone that is registered', () => {
  it('is not rung any more as soon as a rule of its partition, or of one above, shuts its address out (S3-85)', async () => {
    const above = await brand()
    const [below, beside] = [await brand(above.path), await brand()]
    const line = async ({ path, token }: Brand) => {
      const created = await platform.call('POST', `${path}/account`, { accountNumber: 'H-1', accountName: 'Green Leaf' }, token)
      const account = `${path}/account/${String(created.body['id'])}`
      const user = await platform.call('POST', `${account}/user`, { firstName: 'Ann', lastName: 'Lee', extension: '4001' }, token)
      const given = { userId: user.body['id'], deviceTypeId: 'GENERIC_SIP', deviceName: 'desk', lineNumber: 1 }
      const id = String((await platform.call('POST', `${account}/deviceline`, given, token)).body['id'])
      platform.registered.add(id)
      return id
    }
    const lines = [await line(above), await line(below), await line(beside)]
    const registered = () => lines.map((id) => platform.registered.has(id))
    await rule(above, 'deny', '192.0.2.0/24', { scope: 'sip' })
    await rule(above, 'deny', '198.51.100.0/25', { scope: 'api' })
    expect(registered()).toEqual([true, true, true])
    await rule(below, 'allow', '203.0.113.0/24', { scope: 'sip' })
    expect(registered()).toEqual([true, false, true])
    await rule(above, 'deny', '198.51.100.7', { scope: 'sip' })
    expect(registered()).toEqual([false, false, true])
  })
})

describe('what a rule is made of', () => {
  it('a member of the body that is none of its own never becomes a column: no rule moves into the partition of another (S0-02)', async () => {
    const [mine, theirs] = [await brand(), await brand()]
    const [own, foreign] = [mine, theirs].map(({ path }) => path.split('/').at(-1))
    const made = await rule(mine, 'deny', '198.51.100.7', { partition_id: foreign, id: 'another', unknown: 1 })
    expect([made.status, made.body['partitionId']]).toEqual([200, own])
    const { id } = made.body
    for (const stray of [{ partition_id: foreign }, { account_id: 'some', id: 'another', partitionId: 'x', unknown: 1 }])
      for (const method of ['PUT', 'PATCH'] as const) {
        const changed = await platform.call(method, `${mine.path}/accessrule/${String(id)}`, { action: 'deny', cidr: '198.51.100.8', ...stray }, mine.token)
        expect([method, changed.status, changed.body['id'], changed.body['partitionId']]).toEqual([method, 200, id, own])
      }
    expect((await platform.call('GET', `${theirs.path}/accessrule`, undefined, theirs.token)).body).toEqual([])
  })
})
