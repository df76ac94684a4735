import { connect } from 'node:net'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  await platform.plane.http.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => platform.stop())

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

async function send(method: Method, url: string, headers: Record<string, string> = {}, payload?: string | Buffer) {
  const answer = await platform.plane.http.inject({
    method,
    url,
    headers: { 'x-auth-token': platform.token, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : answer.json<Record<string, unknown>>() }
}

const port = (): number => platform.plane.http.addresses()[0]?.port ?? 0

/** What comes back while the rest of the request does not come. */
function firstLineAfter(head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port(), '127.0.0.1', () => socket.write(head))
    socket.once('data', (piece) => {
      resolve(piece.toString().split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

const newAccount = (changes: Record<string, unknown>) =>
  platform.call('POST', `${partition}/account`, { accountNumber: 'H-1', accountName: 'Hostile', ...changes })

describe('a method a path does not know (RFC 9110 section 15.5.6)', () => {
  it('is 405 and says which it knows', async () => {
    const answer = await send('DELETE', `${partition}/account`)
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
    expect(answer.body).toMatchObject({
      status: 405,
      messages: ['MethodNotAllowed'],
      errorCode: 'MethodNotAllowed',
      data: { allowed: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
    })
  })

  it('of the Telephony Resources is told in their envelope', async () => {
    const answer = await send('PATCH', '/siptrunk/trunk_1')
    expect(answer).toMatchObject({ status: 405, body: { success: false, error: { code: 'MethodNotAllowed' } } })
  })

  it('OPTIONS tells what a path allows', async () => {
    const answer = await send('OPTIONS', `${partition}/account/x`)
    expect([answer.status, answer.headers['allow']]).toEqual([204, 'DELETE, GET, HEAD, PATCH, PUT, OPTIONS'])
  })

  it('a path nobody knows is 404 for every method', async () => {
    for (const method of ['GET', 'DELETE', 'OPTIONS'] as const) expect((await send(method, '/v2/nothing')).status).toBe(404)
  })

  it('a path that ends in a slash names nothing', async () => {
    expect(await send('GET', `${partition}/account/`)).toMatchObject({ status: 404, body: { errorCode: 'ResourceNotFound' } })
  })
})

describe('bodies that are not what they say', () => {
  const json = { 'content-type': 'application/json' }

  it('with Content-Encoding are 415, and the answer says why', async () => {
    const answer = await send('POST', `${partition}/account`, { ...json, 'content-encoding': 'gzip' }, Buffer.from([0x1f, 0x8b, 8]))
    expect(answer).toMatchObject({ status: 415, body: { errorCode: 'UnsupportedMediaType', message: expect.stringContaining('Content-Encoding') as string } })
  })

  it('that are no UTF-8 are told so', async () => {
    const answer = await send('POST', `${partition}/account`, json, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'InvalidJson', message: expect.stringContaining('UTF-8') as string } })
  })

  it.each([
    ['a line break in a name', { accountName: 'a\r\nX-Evil: 1' }, 'accountName', 'text of one line'],
    ['a line break in a number', { accountNumber: 'a\nb' }, 'accountNumber', 'text of one line'],
    ['an escape character', { customField: '\u001B[2J' }, 'customField', 'text without U+0001 to U+001F and U+007F'],
    ['a name of blanks', { accountName: '   ' }, 'accountName', 'must hold more than blanks'],
  ])('%s is refused with field and rule', async (_what, changes, field, rule) => {
    expect(await newAccount(changes)).toMatchObject({ status: 400, body: { details: [{ field, rule }] } })
  })

  it('prose may have lines', async () => {
    expect(await newAccount({ accountNumber: 'H-2', customField: 'one\ntwo' })).toMatchObject({ status: 200, body: { customField: 'one\ntwo' } })
  })

  it.each(['1e400', '12345678901234567890'])('a number that would be kept as another one is refused: %s', async (number) => {
    const answer = await send('POST', `${partition}/account`, json, `{"accountName":"n","accountNumber":${number}}`)
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field: 'accountNumber' }] } })
  })
})

describe('a query', () => {
  it.each(['limit=1&limit=2', 'pageSize=1&pageSize=2', 'cursor=a&cursor=b'])('that says one thing twice is refused: %s', async (query) => {
    expect(await send('GET', `${partition}/account?${query}`)).toMatchObject({ status: 400, body: { details: [{ reason: 'is given more than once' }] } })
  })

  it.each(['dryRun=1', 'dryRun', 'dryRun=TRUE', 'dryRun=false&dryRun=true'])(
    'that means to try something is never taken for the real thing: %s',
    async (query) => {
      const answer = await platform.call('POST', `${partition}/account?${query}`, { accountNumber: 'H-dry', accountName: 'Dry' })
      expect(answer).toMatchObject({ status: 400, body: { errorCode: 'InvalidDryRun' } })
    },
  )
})

it('S0-19: nothing in between keeps an answer; an object may be kept to ask whether it is still so', async () => {
  const kept = async (method: Method, url: string) => (await send(method, url)).headers['cache-control']
  expect([await kept('GET', `${partition}/account`), await kept('GET', partition), await kept('GET', `${partition}/account/x`)]).toEqual([
    'no-store',
    'private, no-cache',
    'no-store',
  ])
})

describe('a body nobody asked for', () => {
  const form = { 'content-type': 'multipart/form-data; boundary=x' }

  it('of more than 16 KiB is refused where no token is asked for, as a form too', async () => {
    const login = JSON.stringify({ username: 'a', password: 'x'.repeat(17_000) })
    for (const headers of [{ 'content-type': 'application/json' }, form])
      expect(await send('POST', '/v2/authorize', headers, login)).toMatchObject({ status: 413, body: { errorCode: 'BodyTooLarge' } })
  })

  it('as a form is not kept beyond 1 MiB where no form is taken', async () => {
    const answer = await send('POST', `${partition}/account`, form, Buffer.alloc(1_100_000))
    expect(answer).toMatchObject({ status: 413, body: { errorCode: 'BodyTooLarge' } })
  })

  it.each([
    ['404 at a path that nobody knows', 'POST /v2/nothing', 404],
    ['405 at one that does not take it', 'PATCH /v2/authorize', 405],
    ['401 without a token', 'POST /v2/job/input', 401],
  ])('is answered %s before it has come', async (_what, line, status) => {
    const head = `${line} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{`
    expect(await firstLineAfter(head)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })
})

it('bodies of one partition have 128 MiB together while they come, and the next one is told to wait; it comes back with them', async () => {
  const head = `POST ${partition}/account HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${platform.token}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{`
  const answers: string[] = []
  const sockets = Array.from({ length: 150 }, () => {
    const socket = connect(port(), '127.0.0.1', () => socket.write(head))
    socket.on('data', (piece) => answers.push(piece.toString().split('\r\n', 1)[0] ?? ''))
    return socket.on('error', () => undefined)
  })
  await expect.poll(() => answers.length, { timeout: 10_000 }).toBe(150 - 134)
  expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 429 Too Many Requests']))
  expect(await send('GET', `${partition}/account`)).toMatchObject({ status: 200 })
  for (const socket of sockets) socket.destroy()
  await expect.poll(async () => (await newAccount({ accountNumber: 'H-room', customField: 'x'.repeat(900_000) })).status, { timeout: 10_000 }).not.toBe(429)
})

it('what is no HTTP gets the envelope of every failure', async () => {
  const text = await new Promise<string>((resolve, reject) => {
    let received = ''
    const socket = connect(port(), '127.0.0.1', () => socket.write('FOO / HTTP/1.1\r\n\r\n'))
    socket.on('data', (piece) => (received += piece.toString())).on('end', () => resolve(received)).on('error', reject) // prettier-ignore
  })
  const [head = '', body = ''] = text.split('\r\n\r\n')
  expect([head.split('\r\n')[0], JSON.parse(body)]).toMatchObject([
    'HTTP/1.1 400 Bad Request',
    { status: 400, messages: ['InvalidRequest'], details: [{ rule: 'RFC 9112' }] },
  ])
})
