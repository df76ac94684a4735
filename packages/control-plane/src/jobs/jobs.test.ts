import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { ManualTime, silentLogger } from '@dialtone/foundation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemPartition } from '../access/index.ts'
import { type Job, type JobWorker, startJob, startJobRunner } from './index.ts'

const LEASE_MS = 15_000

/** A job that adds its lines one after the other, each with a checkpoint. */
const seen: string[] = []
let onLine: ((line: string) => Promise<void> | void) | undefined
const lines: JobWorker = {
  name: 'test-lines',
  run: async (context, _job, input, progress) => {
    let text = ''
    for await (const piece of input ?? []) text += piece
    const all = text.split('\n').filter((line) => line !== '')
    const errors = []
    for (let index = Number(progress.checkpoint ?? 0); index < all.length; index++) {
      const line = all[index] ?? ''
      await onLine?.(line)
      if (line.startsWith('bad')) errors.push({ error: 'InvalidLine', lineNumber: index + 1, column: 'line', input: line })
      await context.database.sql.transaction().execute(async (sql) => {
        await progress.save(sql, index + 1, { done: index + 1, total: all.length })
        seen.push(line)
      })
    }
    return { status: 'DONE', errors, output: { content: seen.join(','), contentType: 'text/csv; charset=utf-8', fileName: 'lines.csv' } }
  },
}

let platform: TestControlPlane
let otherToken: string

beforeAll(async () => {
  platform = await startTestControlPlane({ furtherJobWorkers: [lines] })
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })
  otherToken = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
})
afterAll(() => platform.stop())

async function newInput(): Promise<{ url: string; key: string }> {
  const answer = await platform.call('POST', '/v2/job/input')
  expect(answer.status).toBe(200)
  return { url: String(answer.body['url']), key: String(answer.body['key']) }
}

function put(url: string, body: string | Buffer, contentType?: string) {
  const { pathname, search } = new URL(url)
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  return platform.plane.http.inject({ method: 'PUT', url: pathname + search, payload: body, headers })
}

async function start(text: string): Promise<string> {
  const { url, key } = await newInput()
  expect((await put(url, text, 'text/csv')).statusCode).toBe(200)
  return startWith(key)
}

async function operator(of = platform) {
  const info = await of.call('GET', '/v2/authorize/userinfo')
  return {
    userId: String(info.body['userId'] ?? info.body['id']),
    userType: 'ManagementUser' as const,
    username: 'operator',
    partitionId: of.partitionId,
    visiblePartitionIds: [of.partitionId],
    accountId: undefined,
    permissions: {},
  }
}

const keys = () => `/v2/partition/${platform.partitionId}/apikey`
const users = () => `/v2/partition/${platform.partitionId}/managementuser`

async function newKey(): Promise<string> {
  const { status, body } = await platform.call('POST', keys(), { name: 'A program', permissions: { Account: 'READ' } })
  expect(status).toBe(200)
  return String(body['id'])
}

async function newUser(): Promise<string> {
  const answer = await platform.call('POST', users(), { username: 'leaving@example.com', password: 'Another-horse-5', firstName: 'L', lastName: 'Eaving' })
  expect(answer.status).toBe(200)
  return String(answer.body['id'])
}

/** Uploaded by somebody. */
async function stored(text: string, userId: string): Promise<string> {
  const { url, key } = await newInput()
  await put(url, text, 'text/csv')
  await platform.plane.context.database.sql.updateTable('job_upload').set({ user_id: userId }).where('key', '=', key).execute()
  return key
}

async function startWith(inputKey: string | undefined, work = lines.name): Promise<string> {
  return startOf(await operator(), inputKey, work)
}

async function startOf(principal: Awaited<ReturnType<typeof operator>>, inputKey: string | undefined, work = lines.name): Promise<string> {
  const scope = systemPartition(platform.partitionId)
  const started = await startJob(platform.plane.context, principal, scope, { name: 'Lines', work, inputKey })
  if (!started.ok) throw new Error(JSON.stringify(started.error))
  return started.value.id
}

const read = async (id: string) => (await platform.call('GET', `/v2/job/${id}`)).body

/** How a job ended that nobody who may read it is left for. */
const ended = (id: string) =>
  platform.plane.context.database.sql.selectFrom('job').select(['status', 'errors', 'progress']).where('id', '=', id).executeTakeFirst()

describe('the input of a job', () => {
  it('is uploaded to a pre-signed URL without a token, and comes back as it was', async () => {
    const { url, key } = await newInput()
    const bytes = Buffer.alloc(3_000_000, Buffer.from([0xff, 0x00, 0x0d, 0x41]))
    expect((await put(url, bytes)).json()).toEqual({ key, bytes: 3_000_000 })
    const id = await startWith(key)
    await platform.plane.jobsDone()
    const back = await platform.plane.http.inject({ method: 'GET', url: `/v2/job/${id}/input`, headers: { 'x-auth-token': platform.token } })
    expect(back.rawPayload.equals(bytes)).toBe(true)
    expect(back.headers['content-disposition']).toContain('attachment')
  })

  it('a URL with another key, another time or without its signature uploads nothing', async () => {
    const [one, two] = [await newInput(), await newInput()]
    expect((await put(one.url.replace(one.key, two.key), 'x')).statusCode).toBe(403)
    expect((await put(one.url.replace(/expires=\d+/, 'expires=99999999999999'), 'x')).statusCode).toBe(403)
    expect((await put(one.url.replace(/&signature=.*/, ''), 'x')).statusCode).toBe(400)
    expect((await put(one.url.replace('/upload/', '/download/'), 'x')).statusCode).toBe(405)
  })

  it('the URL is good for an hour', async () => {
    const { url } = await newInput()
    platform.time.advance(3_600_001)
    expect((await put(url, 'x')).json()).toMatchObject({ status: 403, errorCode: 'UrlExpired' })
  })

  it('cannot be changed any more once a job uses it; is needed before one starts', async () => {
    const { url, key } = await newInput()
    const refused = await startJob(platform.plane.context, await operator(), systemPartition(platform.partitionId), {
      name: 'x',
      work: lines.name,
      inputKey: key,
    })
    expect(refused).toMatchObject({ ok: false, error: { code: 'InputNotUploaded' } })
    await put(url, 'first')
    expect((await put(url, 'second')).statusCode).toBe(200)
    await startWith(key)
    expect((await put(url, 'third')).json()).toMatchObject({ status: 400, errorCode: 'InputInUse' })
    await platform.plane.jobsDone()
  })

  it('of somebody else is not found', async () => {
    const foreign = await platform.call('POST', '/v2/job/input', undefined, otherToken)
    await put(String(foreign.body['url']), 'x')
    const request = { name: 'x', work: lines.name, inputKey: String(foreign.body['key']) }
    const refused = await startJob(platform.plane.context, await operator(), systemPartition(platform.partitionId), request)
    expect(refused).toMatchObject({ ok: false, error: { code: 'EntityNotFound' } })
  })
})

describe('a job', () => {
  it('runs after its commit and ends DONE with the errors of its lines and an output', async () => {
    seen.length = 0
    const id = await start('one\nbad two\nthree\n')
    await platform.plane.jobsDone()
    expect(await read(id)).toMatchObject({
      id,
      name: 'Lines',
      status: 'DONE',
      errors: [{ error: 'InvalidLine', lineNumber: 2, column: 'line', input: 'bad two' }],
      progress: { done: 3, total: 3 },
    })
    const output = await platform.plane.http.inject({ method: 'GET', url: `/v2/job/${id}/output`, headers: { 'x-auth-token': platform.token } })
    expect([output.statusCode, output.headers['content-type'], output.body]).toEqual([200, 'text/csv; charset=utf-8', 'one,bad two,three'])
  })

  it('that ends with failures is told of at IntegrationNotificationEmail; one that went well or was cancelled is not', async () => {
    const setting = `/v2/partition/${platform.partitionId}/setting/IntegrationNotificationEmail`
    await platform.call('PUT', setting, { value: 'ops@example.com' })
    const bad = await start('one\nbad two\n')
    await platform.plane.jobsDone()
    await start('one\n')
    await platform.plane.jobsDone()
    let id = ''
    onLine = async () => void (await platform.call('POST', `/v2/job/${id}/cancel`))
    id = await start('one\ntwo\n')
    await platform.plane.jobsDone()
    onLine = undefined
    await platform.call('DELETE', setting)
    await start('bad again\n')
    await platform.plane.jobsDone()
    const mails = await platform.plane.context.database.sql.selectFrom('outgoing_message').select(['recipient', 'subject', 'body']).execute()
    expect(mails).toEqual([
      { recipient: 'ops@example.com', subject: `Job ${bad} ended with failures`, body: expect.stringContaining('line 2, line: InvalidLine') },
    ])
    expect(mails[0]?.body).not.toContain('bad two')
  })

  it('its output URL needs no token, for a quarter of an hour', async () => {
    seen.length = 0
    const id = await start('one\n')
    await platform.plane.jobsDone()
    const { pathname, search } = new URL(String((await platform.call('GET', `/v2/job/${id}/output-url`)).body['url']))
    const download = () => platform.plane.http.inject({ method: 'GET', url: pathname + search })
    expect((await download()).body).toBe('one')
    platform.time.advance(900_001)
    expect((await download()).statusCode).toBe(403)
  })

  it('belongs to the user who started it: 404 for everybody else', async () => {
    const id = await start('one\n')
    await platform.plane.jobsDone()
    for (const path of ['', '/input', '/output', '/output-url'])
      expect((await platform.call('GET', `/v2/job/${id}${path}`, undefined, otherToken)).body).toMatchObject({ status: 404, errorCode: 'EntityNotFound' })
    expect((await platform.call('POST', `/v2/job/${id}/cancel`, undefined, otherToken)).status).toBe(404)
    expect((await platform.call('GET', '/v2/job', undefined, otherToken)).list).toEqual([])
  })

  it('one without output or input has none to give', async () => {
    const id = await startWith(undefined)
    expect((await platform.call('GET', `/v2/job/${id}/input`)).status).toBe(404)
    await platform.plane.jobsDone()
  })

  it('cancelled in the middle it ends FAILED; what it did stays', async () => {
    seen.length = 0
    let id = ''
    onLine = async (line) => {
      if (line === 'two') expect((await platform.call('POST', `/v2/job/${id}/cancel`)).status).toBe(202)
    }
    id = await start('one\ntwo\nthree\n')
    await platform.plane.jobsDone()
    onLine = undefined
    expect(await read(id)).toMatchObject({ status: 'FAILED', errors: [{ error: 'Cancelled' }], progress: { done: 1 } })
    expect(seen).toEqual(['one'])
    expect((await platform.call('POST', `/v2/job/${id}/cancel`)).body).toMatchObject({ status: 400, errorCode: 'JobFinished' })
  })

  it('ends with PartitionArchived when the partition of its user is archived, at the next row or before the first', async () => {
    seen.length = 0
    const manager = { username: 'gone@example.com', password: 'Another-horse-4', firstName: 'G', lastName: 'One' }
    const partition = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Gone', manager })
    const partitionId = String(partition.body['id'])
    const { id: userId } = await platform.plane.context.database.sql
      .selectFrom('management_user')
      .select('id')
      .where('username', '=', manager.username)
      .executeTakeFirstOrThrow()
    const theirs = { ...(await operator()), userId, partitionId }
    const archive = async (status: string) => expect((await platform.call('PATCH', `/v2/partition/${partitionId}`, { status })).status).toBe(200)
    onLine = async (line) => {
      if (line === 'two') await archive('ARCHIVED')
    }
    const running = await startOf(theirs, await stored('one\ntwo\nthree\n', userId))
    await platform.plane.jobsDone()
    onLine = undefined
    const waiting = await startOf(theirs, await stored('four\n', userId))
    await platform.plane.jobsDone()
    const archived = { error: 'PartitionArchived', lineNumber: 0, column: '', input: '' }
    expect(await ended(running)).toEqual({ status: 'FAILED', errors: [archived], progress: { done: 1, total: 3 } })
    expect(await ended(waiting)).toEqual({ status: 'FAILED', errors: [archived], progress: null })
    expect(seen).toEqual(['one'])
    // What the operator above does is his own.
    await start('five\n')
    await platform.plane.jobsDone()
    expect(seen).toEqual(['one', 'five'])
    await archive('ACTIVE')
  })

  it.each([
    ['user is deleted', newUser, users],
    ['key is revoked', newKey, keys],
  ] as const)('ends with NoLongerAuthorized when its %s, at the next row or before the first', async (_what, begin, collection) => {
    seen.length = 0
    const userId = await begin()
    const theirs = { ...(await operator()), userId }
    onLine = async (line) => {
      if (line === 'two') expect((await platform.call('DELETE', `${collection()}/${userId}`)).status).toBeLessThan(300)
    }
    const [running, waiting] = [await startOf(theirs, await stored('one\ntwo\nthree\n', userId)), await startOf(theirs, await stored('four\n', userId))]
    await platform.plane.jobsDone()
    onLine = undefined
    const gone = { error: 'NoLongerAuthorized', lineNumber: 0, column: '', input: '' }
    expect(await ended(running)).toEqual({ status: 'FAILED', errors: [gone], progress: { done: 1, total: 3 } })
    expect(await ended(waiting)).toEqual({ status: 'FAILED', errors: [gone], progress: null })
    expect(seen).toEqual(['one'])
  })

  it('waits for one job of each other user at most, and is over at once when it is cancelled before its turn', async () => {
    seen.length = 0
    const held = Promise.withResolvers<undefined>()
    const isRunning = Promise.withResolvers<undefined>()
    onLine = async (line) => {
      isRunning.resolve(undefined)
      if (line === 'first') await held.promise
    }
    const mine = [await start('first\n')]
    await isRunning.promise
    for (const line of ['second', 'third', 'cancelled']) mine.push(await start(`${line}\n`))
    const userId = await newKey()
    await startOf({ ...(await operator()), userId }, await stored('theirs\n', userId))
    expect((await platform.call('POST', `/v2/job/${mine[3]}/cancel`)).body).toMatchObject({ status: 'FAILED', errors: [{ error: 'Cancelled' }], errorCount: 1 })
    held.resolve(undefined)
    await platform.plane.jobsDone()
    onLine = undefined
    expect(seen).toEqual(['first', 'theirs', 'second', 'third'])
    expect(await read(mine[3] ?? '')).toMatchObject({ status: 'FAILED', errorCount: 1 })
  })

  it('cancelled while its output is written it ends too, without one', async () => {
    const time = new ManualTime(0)
    const started = Promise.withResolvers<string>()
    let last = 0
    async function* pieces(): AsyncGenerator<string> {
      for (let piece = 0; piece < 500; piece++) {
        last = piece
        const id = await started.promise
        if (piece === 0) {
          expect((await platform.call('POST', `/v2/job/${id}/cancel`)).status).toBe(202)
          // The next heartbeat learns of it.
          time.advance(4_000)
        } else await read(id)
        yield 'x'
      }
    }
    const endless: JobWorker = {
      name: 'test-endless',
      run: () => Promise.resolve({ status: 'DONE', output: { content: pieces(), contentType: 'text/plain', fileName: 'endless.txt' } }),
    }
    // The platform's own runner does not know this work.
    const runner = startJobRunner({ context: platform.plane.context, workers: [endless], timers: time, logger: silentLogger })
    const id = await startWith(undefined, endless.name)
    started.resolve(id)
    await runner.settled()
    await runner.stop()
    expect(await read(id)).toMatchObject({ status: 'FAILED', errors: [{ error: 'Cancelled' }] })
    expect(last).toBeLessThan(499)
    expect((await platform.call('GET', `/v2/job/${id}/output`)).status).toBe(404)
  })

  it('a run that breaks is tried again from its checkpoint', async () => {
    seen.length = 0
    let breaks = 2
    onLine = (line) => {
      if (line === 'two' && breaks-- > 0) throw new Error('the network is down')
    }
    const id = await start('one\ntwo\nthree\n')
    for (let turn = 0; turn < 3; turn++) {
      await platform.plane.jobsDone()
      platform.time.advance(5_000)
    }
    await platform.plane.jobsDone()
    onLine = undefined
    expect(await read(id)).toMatchObject({ status: 'DONE' })
    expect(seen).toEqual(['one', 'two', 'three'])
  })

  it('one that always breaks is given up, and stands in nobody’s way', async () => {
    onLine = () => {
      throw new Error('never')
    }
    const id = await start('one\n')
    for (let turn = 0; turn < 6; turn++) {
      await platform.plane.jobsDone()
      platform.time.advance(5_000)
    }
    onLine = undefined
    expect(await read(id)).toMatchObject({ status: 'FAILED', errors: [{ error: 'InternalError' }] })
  })
})

describe('a node that dies', () => {
  it('its job goes on at the last checkpoint once the lease has run out; the dead node can change nothing any more', async () => {
    seen.length = 0
    // The platform's own runner never looks: two others share the job.
    const time = new ManualTime(platform.time.nowMs())
    const second = await startTestControlPlane({ furtherJobWorkers: [], timers: time })
    const { context } = second.plane
    let goOn = (): void => undefined
    const stuck = new Promise<void>((resolve) => (goOn = resolve))
    let isStuck = (): void => undefined
    const reached = new Promise<void>((resolve) => (isStuck = resolve))
    let runs = 0
    const worker: JobWorker = {
      name: 'test-two-nodes',
      run: async (_context, _job: Job, _input, progress) => {
        const run = ++runs
        for (let index = Number(progress.checkpoint ?? 0); index < 3; index++) {
          if (run === 1 && index === 1) {
            isStuck()
            await stuck
          }
          await context.database.sql.transaction().execute(async (sql) => {
            await progress.save(sql, index + 1)
            seen.push(`${run}:${index}`)
          })
        }
        return { status: 'DONE' }
      },
    }
    try {
      const principal = await operator(second)
      const started = await startJob(context, principal, systemPartition(second.partitionId), { name: 'x', work: worker.name })
      const id = started.ok ? started.value.id : ''
      const first = startJobRunner({ context, workers: [worker], timers: new ManualTime(0), logger: silentLogger })
      first.kick()
      await reached
      const next = startJobRunner({ context, workers: [worker], timers: new ManualTime(0), logger: silentLogger })
      await next.settled()
      expect(seen).toEqual(['1:0'])
      second.time.advance(LEASE_MS)
      await next.settled()
      expect(seen).toEqual(['1:0', '2:1', '2:2'])
      goOn()
      await first.settled()
      expect(seen).toEqual(['1:0', '2:1', '2:2'])
      const row = await context.database.sql.selectFrom('job').select(['status', 'checkpoint']).where('id', '=', id).executeTakeFirst()
      expect(row).toEqual({ status: 'DONE', checkpoint: 3 })
      await Promise.all([first.stop(), next.stop()])
    } finally {
      await second.stop()
    }
  })
})
