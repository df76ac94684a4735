import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differencesBetween } from './differences.ts'

let platform: TestControlPlane
let accounts: string
let count = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  accounts = `/v2/partition/${platform.partitionId}/account`
})
afterAll(() => platform.stop())

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Record<string, unknown>
}

async function send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, headers: Record<string, string> = {}, payload?: object): Promise<Answer> {
  const reply = await platform.plane.http.inject({
    method,
    url,
    headers: { 'x-auth-token': platform.token, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  })
  return {
    status: reply.statusCode,
    headers: reply.headers,
    text: reply.body,
    body: reply.body === '' ? {} : (JSON.parse(reply.body) as Record<string, unknown>),
  }
}

const newAccount = (accountNumber = `m-${++count}`) => ({ accountNumber, accountName: 'Manners' })
async function countAccounts(accountNumber: string): Promise<number> {
  const rows = await platform.plane.context.database.sql.selectFrom('account').select('id').where('account_number', '=', accountNumber).execute()
  return rows.length
}

describe('Idempotency-Key', () => {
  it('acts once: a repetition gets the first answer, byte for byte', async () => {
    const body = newAccount()
    const first = await send('POST', accounts, { 'idempotency-key': '"one"' }, body)
    const second = await send('POST', accounts, { 'idempotency-key': 'one' }, body)
    expect([first.status, second.status, second.text === first.text]).toEqual([200, 200, true])
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([undefined, 'true'])
    expect(await countAccounts(body.accountNumber)).toBe(1)
  })

  it('fifty at once act once, and all get the same answer', async () => {
    const body = newAccount()
    const answers = await Promise.all(Array.from({ length: 50 }, () => send('POST', accounts, { 'idempotency-key': 'fifty' }, body)))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect([answers[0]?.status, await countAccounts(body.accountNumber)]).toEqual([200, 1])
  })

  it('for another request is refused, for another user it is another key', async () => {
    await send('POST', accounts, { 'idempotency-key': 'mine' }, newAccount())
    const other = await send('POST', accounts, { 'idempotency-key': 'mine' }, newAccount())
    expect([other.status, other.body['errorCode']]).toEqual([422, 'IdempotencyKeyReused'])
    const manager = { username: 'keys@example.com', password: 'Another-horse-2', firstName: 'K', lastName: 'K' }
    const child = await send('POST', `/v2/partition/${platform.partitionId}/partition`, {}, { name: 'keys', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const theirs = await send('POST', `/v2/partition/${String(child.body['id'])}/account`, { 'idempotency-key': 'mine', 'x-auth-token': token }, newAccount())
    expect(theirs.status).toBe(200)
  })

  it('repeats a refusal too, and survives a restart: the answer is in the database, sealed', async () => {
    const body = { ...newAccount(), accountType: 'NONSENSE' }
    const first = await send('POST', accounts, { 'idempotency-key': 'refused' }, body)
    const taken = newAccount()
    await send('POST', accounts, {}, taken)
    const duplicate = await send('POST', accounts, { 'idempotency-key': 'duplicate' }, taken)
    const again = await send('POST', accounts, { 'idempotency-key': 'duplicate' }, taken)
    expect([first.status, duplicate.status, again.status, again.body['errorCode']]).toEqual([400, 400, 400, duplicate.body['errorCode']])
    const rows = await platform.plane.context.database.sql.selectFrom('idempotency_key').selectAll().where('key', '=', 'duplicate').execute()
    expect(rows).toHaveLength(1)
    expect(rows[0]?.answer_sealed).not.toContain('accountNumber')
  })

  it('a key that cannot be one is refused', async () => {
    expect((await send('POST', accounts, { 'idempotency-key': 'x'.repeat(300) }, newAccount())).body['errorCode']).toBe('InvalidIdempotencyKey')
  })

  it('is forgotten after a day', async () => {
    const body = newAccount()
    await send('POST', accounts, { 'idempotency-key': 'old' }, body)
    platform.time.advance(7 * 3_600_000)
    await send('GET', accounts)
    platform.time.advance(7 * 3_600_000)
    await send('GET', accounts)
    platform.time.advance(7 * 3_600_000)
    await send('GET', accounts)
    platform.time.advance(4 * 3_600_000)
    // However many others are forgotten with it: they are removed in passing, not all before it.
    const { sql } = platform.plane.context.database
    const ended = new Date(platform.time.nowMs() - 30 * 86_400_000)
    const others = Array.from({ length: 200 }, (_, index) => ({ owner: 'x', key: `${index}`, fingerprint: '', answer_sealed: '', expires_at: ended }))
    await sql.insertInto('idempotency_key').values(others).execute()
    expect((await send('POST', accounts, { 'idempotency-key': 'old' }, body)).body['errorCode']).toBe('DuplicateAccountNumber')
    expect((await sql.selectFrom('idempotency_key').select('key').where('owner', '=', 'x').execute()).length).toBeGreaterThan(100)
  })
})

describe('ETag and If-Match', () => {
  it('what was not changed is not sent again', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}`
    const read = await send('GET', item)
    const etag = String(read.headers['etag'])
    expect((await send('GET', item, { 'if-none-match': `W/${etag}` })).status).toBe(304)
    await send('PATCH', item, {}, { accountName: 'Changed' })
    expect((await send('GET', item, { 'if-none-match': etag })).status).toBe(200)
  })

  it('who read an older state changes nothing; of many at once one wins', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}`
    const etag = String((await send('GET', item)).headers['etag'])
    const writers = await Promise.all(
      Array.from({ length: 12 }, (_unused, index) => send('PATCH', item, { 'if-match': etag }, { accountName: `Writer ${index}` })),
    )
    const statuses = writers.map((writer) => writer.status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(11)
    expect((await send('DELETE', item, { 'if-match': etag })).body['errorCode']).toBe('PreconditionFailed')
    expect((await send('DELETE', item, { 'if-match': '*' })).status).toBe(200)
  })

  it('many at once who take any state are all served, one after the other', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}`
    const writers = Array.from({ length: 12 }, (_unused, index) => send('PATCH', item, { 'if-match': '*' }, { accountName: `Any ${index}` }))
    expect((await Promise.all(writers)).map(({ status }) => status)).toEqual(writers.map(() => 200))
  })

  it('If-Match where nothing has a tag is refused rather than ignored', async () => {
    expect((await send('POST', accounts, { 'if-match': '"x"' }, newAccount())).status).toBe(412)
  })
})

describe('?dryRun=true', () => {
  it('shows what would change, and changes nothing', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}`
    const user = await send('POST', `${item}/user`, {}, { firstName: 'Ann', lastName: 'Dry', extension: '4000' })
    const dry = await send('PATCH', `${item}?dryRun=true`, {}, { accountName: 'Would be' })
    expect(dry.body).toMatchObject({
      dryRun: true,
      would: { status: 200, body: { accountName: 'Would be' } },
      changes: [
        { event: 'account.updated', action: 'UPDATE', objectType: 'ACCOUNT', differences: [{ pointer: '/accountName', before: 'Manners', after: 'Would be' }] },
      ],
    })
    expect((await send('GET', item)).body['accountName']).toBe('Manners')
    const create = await send('POST', `${item}/user?dryRun=true`, {}, { firstName: 'Not', lastName: 'There', extension: '4001' })
    expect(create.body).toMatchObject({ would: { status: 200, body: { extension: '4001' } }, changes: [{ action: 'CREATE', objectType: 'END_USER' }] })
    expect((await send('DELETE', `${item}/user/${String(user.body['id'])}?dryRun=true`)).body).toMatchObject({ would: { status: 204 } })
    const users = await platform.call('GET', `${item}/user`)
    expect(users.list.map((one) => one['extension'])).toEqual(['4000'])
  })

  it('shows what GET of the same path would, and only to who may see it', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}/call-supervision`
    const dry = await send('PUT', `${item}?dryRun=true`, {}, { enabled: true, modes: ['LISTEN'], notice: 'TONE' })
    expect(dry.body['differences']).toContainEqual({ pointer: '/enabled', before: false, after: true })
    expect((await send('GET', item)).body['enabled']).toBe(false)
  })

  it('keeps no file and moves no clock', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const wav = Buffer.alloc(8044, 0x55)
    wav.write('RIFF', 0, 'latin1')
    wav.writeUInt32LE(8036, 4)
    wav.write('WAVEfmt ', 8, 'latin1')
    for (const [at, value] of [[16, 16], [24, 8000], [28, 8000], [40, 8000]] as const) wav.writeUInt32LE(value, at) // prettier-ignore
    for (const [at, value] of [[20, 7], [22, 1], [32, 1], [34, 8]] as const) wav.writeUInt16LE(value, at) // prettier-ignore
    wav.write('data', 36, 'latin1')
    const payload = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'),
      wav,
      Buffer.from('\r\n--b--\r\n'),
    ])
    const stored: string[] = []
    const { context, http } = platform.plane
    const store = context.files.store.bind(context.files)
    const counting: typeof store = (name, content, maxBytes) => {
      stored.push(name)
      return store(name, content, maxBytes)
    }
    Object.assign(context.files, { store: counting })
    const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=b' }
    const upload = (query: string) => http.inject({ method: 'POST', url: `${accounts}/${String(made.body['id'])}/media_2${query}`, headers, payload })
    const dry = await upload('?dryRun=true')
    expect([dry.statusCode, dry.json<{ dryRun: boolean }>().dryRun, stored]).toEqual([200, true, []])
    await upload('')
    expect(stored).toHaveLength(1)
    const before = context.clock.nowMs()
    await send('POST', '/v2/sandbox/clock/advance?dryRun=true', {}, { seconds: 3600 })
    expect(context.clock.nowMs() - before).toBeLessThan(3_600_000)
  })

  it('where GET of the same path cannot be asked without saying what for: a DELETE of what is not there is a 404', async () => {
    const made = await send('POST', accounts, {}, newAccount())
    const item = `${accounts}/${String(made.body['id'])}/media/nobody`
    expect((await send('DELETE', `${item}?dryRun=true`)).status).toBe(404)
    expect((await send('DELETE', item, { 'if-match': '"x"' })).status).toBe(400)
  })

  it('refuses what the request itself would be refused for', async () => {
    expect((await send('POST', `${accounts}?dryRun=true`, {}, { accountType: 'NONSENSE' })).status).toBe(400)
  })

  it('compares member by member', () => {
    expect(differencesBetween({ a: 1, b: { c: [1], 'd/e': 2 } }, { a: 1, b: { c: [1, 2] } })).toEqual([
      { pointer: '/b/c', before: [1], after: [1, 2] },
      { pointer: '/b/d~1e', before: 2 },
    ])
  })
})

describe('Accept: application/problem+json', () => {
  it('gets RFC 9457, everybody else the envelope of the interface', async () => {
    const problem = await send('POST', accounts, { accept: 'application/problem+json' }, { accountType: 'NONSENSE' })
    expect(String(problem.headers['content-type'])).toMatch(/^application\/problem\+json/)
    expect(problem.body).toMatchObject({ type: '/docs/errors#InvalidAccountType', status: 400, instance: accounts, errors: [{ pointer: '/accountType' }] })
    expect((await send('POST', accounts, {}, { accountType: 'NONSENSE' })).body).toHaveProperty('messages')
  })
})
