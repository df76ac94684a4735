import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf } from './tenants/asking.ts'
import { type FurnishedTenant, furnishTenant } from './tenants/furnished-tenant.ts'
import { type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'

const HUNDRED_MEGABYTES = 100_000_000
/** Longer than this nobody waits to hear that it is too much: the best of three, for tests share their machine. */
const SLOWEST_MS = 1_000
const TURNS = 3
/** What the largest form may have, what a route reads beyond its limit to see that it is passed, and what lies in buffers between two sockets. */
const MOST_TAKEN_BYTES = 40_000_000
const PIECE = Buffer.alloc(65_536, 'x')
const AT_ONCE = 400
/** Its URL is its permission, asked for before anything is read. */
const SIGNED = 'PUT /v2/job/upload/{key}'

let platform: TestControlPlane
let tenant: FurnishedTenant
let writes: readonly PublishedOperation[]

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Large')
  writes = (await publishedOperations(platform)).operations.filter(({ method }) => method !== 'GET')
  await platform.plane.http.listen({ port: 0, host: '127.0.0.1' })
}, 300_000)
afterAll(() => platform.stop())

async function dial(): Promise<Socket> {
  const [address] = platform.plane.http.addresses()
  const socket = connect(address?.port ?? 0, '127.0.0.1').on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Header fields with which a body may be anything. */
function headOf(operation: PublishedOperation, length: string, contentType: string): string {
  const asked = operation.query.flatMap(({ name, required }) => (required === true ? [`${name}=${encodeURIComponent(tenant.ids[name] ?? '1')}`] : []))
  const line = `${operation.method} ${pathOf(operation, tenant.ids)}?${[...asked, 'dryRun=true'].join('&')} HTTP/1.1`
  return `${line}\r\nHost: a\r\nX-Auth-Token: ${tenant.token}\r\nContent-Type: ${contentType}\r\n${length}\r\n\r\n`
}

interface Heard {
  readonly status: number
  readonly ms: number
  readonly sentBytes: number
}

/** Sends until it is answered, or has sent all. */
async function pour(operation: PublishedOperation, contentType: string, isChunked: boolean): Promise<Heard> {
  const socket = await dial()
  const startMs = performance.now()
  let sentBytes = 0
  const answered = new Promise<Heard>((resolve) => {
    const say = (text: string): void => resolve({ status: Number(text.split(' ')[1] ?? 0), ms: performance.now() - startMs, sentBytes })
    socket.once('data', (piece) => say(piece.toString()))
    socket.once('close', () => say('closed'))
  })
  socket.write(headOf(operation, isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${HUNDRED_MEGABYTES}`, contentType))
  let isOver = false
  void answered.then(() => (isOver = true))
  const more = (): void => {
    while (!isOver && !socket.destroyed && sentBytes < HUNDRED_MEGABYTES) {
      sentBytes += PIECE.length
      if (isChunked) socket.write(`${PIECE.length.toString(16)}\r\n`)
      const isTaken = socket.write(PIECE)
      if (isChunked) socket.write('\r\n')
      if (!isTaken) return
    }
  }
  socket.on('drain', more)
  more()
  const heard = await answered
  socket.destroy()
  return heard
}

async function bestOf(operation: PublishedOperation, contentType: string, isChunked: boolean): Promise<Heard> {
  let best = await pour(operation, contentType, isChunked)
  for (let turn = 1; turn < TURNS && best.ms > SLOWEST_MS; turn++) best = await pour(operation, contentType, isChunked)
  return best
}

const FORM = 'multipart/form-data; boundary=x'

describe('100 MB sent to every operation that changes something', () => {
  it('there are many', () => {
    expect(writes.length).toBeGreaterThan(200)
  })

  it.each([
    ['with their length', 'application/json', false],
    ['without a length', 'application/json', true],
    ['as a form', FORM, true],
  ] as const)('%s are refused in a moment, and most of them are never read', { timeout: 240_000 }, async (_what, contentType, isChunked) => {
    const wrong: string[] = []
    for (const operation of writes) {
      const { status, ms, sentBytes } = await bestOf(operation, contentType, isChunked)
      const isRight = status === 413 || (status === 403 && nameOf(operation) === SIGNED)
      if (!isRight || ms > SLOWEST_MS || sentBytes > MOST_TAKEN_BYTES) wrong.push(`${nameOf(operation)}: ${status} in ${Math.round(ms)} ms after ${sentBytes}`)
    }
    expect(wrong).toEqual([])
  })
})

describe('a body that stops in the middle', () => {
  it('ends with its connection when the time for a request is over, at every operation', { timeout: 240_000 }, async () => {
    const { server } = platform.plane.http
    const { requestTimeout } = server
    server.requestTimeout = 1
    const wrong: string[] = []
    const halves = [...writes]
    const work = Array.from({ length: AT_ONCE }, async () => {
      for (let operation = halves.pop(); operation !== undefined; operation = halves.pop()) {
        const socket = await dial()
        let text = ''
        socket.on('data', (piece) => (text += piece.toString()))
        socket.write(`${headOf(operation, 'Content-Length: 1000', 'application/json')}{"name":`)
        await once(socket, 'close')
        if (!/^HTTP\/1\.1 4\d\d /.test(text)) wrong.push(`${nameOf(operation)}: ${text.slice(0, 100)}`)
      }
    })
    await Promise.all(work)
    server.requestTimeout = requestTimeout
    expect(wrong).toEqual([])
    await expect.poll(() => platform.plane.connections.size).toBe(0)
  })
})
