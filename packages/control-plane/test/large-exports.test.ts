import { connect, type AddressInfo, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { newUuid } from '@dialtone/foundation'
import type { CallRecord } from '@dialtone/softswitch'
import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { storeCallRecords } from '../src/call-records/index.ts'

const ROWS = 100_000
const MEBIBYTE = 1_048_576
/** Some pages of rows and their text: less than the file, which is 8 and 51 MiB, and much less than its rows. */
const MOST_HELD_MIB = { numbers: 5, calls: 20, report: 10 } as const
const LARGE_ENTRIES = 20_000
const LARGE_ENTRY_CHARACTERS = 4_000
/** Of the twenty of the audit: what the buffers of two sockets take, and a page or two ahead. */
const MOST_PAGES = 13
const LINE_FEED = 10
const MORE_THAN_MAY_BE_READ = 18

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

let platform: TestControlPlane
let base: string
let account: string
let port: number

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = `/v2/partition/${platform.partitionId}`
  const accountId = String((await platform.call('POST', `${base}/account`, { accountNumber: 'L-1', accountName: 'Large' })).body['id'])
  account = `${base}/account/${accountId}`
  await addNumberTo(platform, accountId, 1)
  await storeCallRecords(platform.plane.context, [callOf(accountId)])
  await multiply('telephone_number', sqlText`jsonb_build_object('phone_number', '1312' || lpad(turn::text, 7, '0'))`)
  await platform.plane.http.listen({ port: 0, host: '127.0.0.1' })
  port = (platform.plane.http.server.address() as AddressInfo).port
  await multiply(
    'call_record',
    sqlText`jsonb_build_object('id', gen_random_uuid(), 'session_id', gen_random_uuid(), 'started_at', row.started_at + turn * interval '1 ms')`,
  )
}, 120_000)
afterAll(() => platform.stop())
afterEach(() => {
  pg.Client.prototype.query = query
})

/** As many as the tests need, each like the one that is there but for what makes it itself. */
async function multiply(table: 'telephone_number' | 'call_record', itself: ReturnType<typeof sqlText>): Promise<void> {
  await sqlText`INSERT INTO ${sqlText.table(table)} SELECT made.* FROM ${sqlText.table(table)} row, generate_series(2, ${sqlText.lit(ROWS)}) turn,
    jsonb_populate_record(row, ${itself}) made`.execute(platform.plane.context.database.sql)
  await sqlText`ANALYZE ${sqlText.table(table)}`.execute(platform.plane.context.database.sql)
}

function callOf(accountId: string): CallRecord {
  const startedAtMs = platform.time.nowMs()
  return {
    id: newUuid(),
    sessionId: newUuid(),
    partitionId: platform.partitionId,
    accountId,
    legType: 'Origination',
    direction: 'OUTBOUND',
    startedAtMs,
    ringingAtMs: startedAtMs + 1_000,
    answeredAtMs: startedAtMs + 5_000,
    endedAtMs: startedAtMs + 70_400,
    dialedNumber: '8015550199',
    callingNumber: '18017690817',
    callingName: 'Cal Ler',
    calledNumber: '18015550199',
    origCategory: 'OnNet',
    termCategory: 'OffNet',
    disposition: 'ANSWERED',
    hangupBy: 'caller',
    sipStatusCode: 200,
    sipCallIds: ['a@b'],
  }
}

const { query } = pg.Client.prototype

/** Calls `seen` for each question about a table; it is asked all the same. A spy would keep the answers. */
function onQuestions(about: string, seen: () => void): void {
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [text] = given
    const words = typeof text === 'string' ? text : ((text as { readonly text?: string } | undefined)?.text ?? '')
    if (words.includes(about)) seen()
    return (query as (this: pg.Client, ...given: unknown[]) => unknown).apply(this, given)
  } as typeof query
}

/** What is in use when everything that nobody needs is gone. */
function heldMiB(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / MEBIBYTE
}

describe('an export of a hundred thousand rows', () => {
  it.each([
    ['numbers', () => `${base}/telephonenumber/export_2`, 'from "telephone_number"', MOST_HELD_MIB.numbers],
    ['call records', () => `${account}/cdrsearch/csv_2?startDate=2026-11-21&endDate=2026-11-21`, 'from "call_record"', MOST_HELD_MIB.calls],
  ])('of %s holds some pages of it at a time', { timeout: 60_000 }, async (_of, path, about, allowedMiB) => {
    let asked = 0
    let most = 0
    const before = heldMiB()
    onQuestions(about, () => {
      if (++asked % 20 === 0) most = Math.max(most, heldMiB() - before)
    })
    const job = await platform.call('GET', path())
    expect(job.status, JSON.stringify(job.body)).toBe(202)
    await platform.plane.jobsDone()
    expect(asked).toBeGreaterThan(40)
    const file = await platform.plane.http.inject({ url: `/v2/job/${String(job.body['id'])}/output`, headers: { 'x-auth-token': platform.token } })
    expect(file.body.split('\r\n').length - 2).toBe(ROWS)
    expect(most, `of ${file.body.length / MEBIBYTE} MiB`).toBeLessThan(allowedMiB)
  })
})

describe('who receives an export slowly', () => {
  let pages = 0

  beforeAll(async () => {
    await sqlText`INSERT INTO partition_history (id, partition_id, type, action, search_tags, old_value, reference_type, reference_id, reference_name, user_id, user_name, user_type, logged_at)
      SELECT 'large-' || turn, ${platform.partitionId}, 'PARTITION', 'UPDATE', '{}', to_jsonb(repeat('x', ${sqlText.lit(LARGE_ENTRY_CHARACTERS)})), 'Partition', 'x', 'x', 'x', 'x', 'System',
        ${new Date(platform.time.nowMs())} FROM generate_series(1, ${sqlText.lit(LARGE_ENTRIES)}) turn`.execute(platform.plane.context.database.sql)
  }, 60_000)

  /** Asks for the audit, eighty megabytes of it, and takes the first bytes. */
  async function beginning(): Promise<Socket> {
    pages = 0
    onQuestions('partition_history', () => pages++)
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET ${base}/audit?format=csv HTTP/1.1\r\nhost: x\r\nx-auth-token: ${platform.token}\r\nconnection: close\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    return socket
  }

  /** Until the server has done all it can without anybody taking anything. */
  async function untilNothingIsAsked(): Promise<number> {
    for (let [before, same] = [-1, 0]; same < 50; same = before === pages ? same + 1 : 0) {
      before = pages
      await platform.call('GET', `${base}/account`)
    }
    return pages
  }

  it('is waited for: no more is read meanwhile, no connection to the database is held, and he gets it all', { timeout: 60_000 }, async () => {
    const socket = await beginning()
    expect(await untilNothingIsAsked()).toBeLessThan(MOST_PAGES)
    await untilNoneRuns('partition_history')
    let received = 0
    socket.on('data', (chunk: Buffer) => (received += chunk.length))
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(pages).toBeGreaterThan(LARGE_ENTRIES / 1000)
    expect(received).toBeGreaterThan(LARGE_ENTRIES * LARGE_ENTRY_CHARACTERS - MEBIBYTE)
  })

  it('and goes away is read for no longer', { timeout: 60_000 }, async () => {
    const socket = await beginning()
    socket.destroy()
    expect(await untilNothingIsAsked()).toBeLessThan(MOST_PAGES)
    await untilNoneRuns('partition_history')
  })
})

describe('a report of a hundred thousand rows that is answered at once', () => {
  it('holds some pages of it at a time, and no connection to the database while somebody takes his time', { timeout: 60_000 }, async () => {
    const before = heldMiB()
    let [asked, most] = [0, 0]
    onQuestions('FETCH', () => {
      if (++asked % 20 === 0) most = Math.max(most, heldMiB() - before)
    })
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET ${base}/report/tn/csv?month=11&year=2026 HTTP/1.1\r\nhost: x\r\nx-auth-token: ${platform.token}\r\nconnection: close\r\n\r\n`)
    let [lines, received] = [0, 0]
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      for (const byte of chunk) if (byte === LINE_FEED) lines++
    })
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    await untilNoneRuns('rows_of_query')
    expect(asked).toBeGreaterThan(ROWS / 1000)
    most = Math.max(most, heldMiB() - before)
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(lines).toBeGreaterThanOrEqual(ROWS)
    expect(most, `of ${received / MEBIBYTE} MiB`).toBeLessThan(MOST_HELD_MIB.report)
  })

  it('is let go of when whoever asked has gone away before', { timeout: 20_000 }, async () => {
    for (let turn = 0; turn < MORE_THAN_MAY_BE_READ; turn++) {
      const socket = connect(port, '127.0.0.1')
      const isBeingRead = new Promise<void>((resolve) => onQuestions('FETCH', resolve))
      socket.write(`GET ${base}/report/account/csv HTTP/1.1\r\nhost: x\r\nx-auth-token: ${platform.token}\r\n\r\n`)
      await isBeingRead
      socket.destroy()
      await untilNoneRuns('rows_of_query')
    }
    const again = () => platform.plane.http.inject({ url: `${base}/report/account/csv`, headers: { 'x-auth-token': platform.token } })
    await vi.waitFor(async () => expect((await again()).statusCode).toBe(200))
  })
})

/** The one that was under way is over, and none waits with a transaction open. */
async function untilNoneRuns(about: string): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await sqlText`SELECT query FROM pg_stat_activity
      WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid() AND query ILIKE ${`%${about}%`}`.execute(
      platform.plane.context.database.sql,
    )
    expect(rows).toEqual([])
  })
}
