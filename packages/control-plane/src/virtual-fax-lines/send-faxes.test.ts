import { ManualTime, newUuid } from '@dialtone/foundation'
import type { DescribedCall, SendFaxOrder, TransferResult } from '@dialtone/softswitch'
import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemScope } from '../access/index.ts'
import { createDueRows } from '../due-work/index.ts'
import { NO_SWITCH } from '../no-switch.ts'
import { findOutboundFax, insertOutboundFax, outboundFile, type OutboundFaxRow } from './outbound-fax-queries.ts'
import { endFaxCall, type FaxCallReport, noteFaxPage, openFax, outboundFaxTask } from './send-faxes.ts'

const TO = '12125550142'
const [SECOND, MINUTE] = [1_000, 60_000]

let platform: TestControlPlane
let accountId: string
let from: string
let scope: ReturnType<typeof systemScope>
/** What the switch was asked for, what it answers (nothing: it does not), and the calls that go on there. */
const ordered: SendFaxOrder[] = []
let answer: TransferResult | undefined
const live = new Set<string>()

beforeAll(async () => {
  const describeCall = (sessionId: string): Promise<DescribedCall | undefined> =>
    Promise.resolve(live.has(sessionId) ? ({ sessionId, outcome: undefined } as DescribedCall) : undefined)
  const sendFax = (order: SendFaxOrder): Promise<TransferResult | undefined> => {
    ordered.push(order)
    return Promise.resolve(answer)
  }
  platform = await startTestControlPlane({ timers: new ManualTime(), calls: { ...NO_SWITCH, sendFax, describe: describeCall } })
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: 'fax', accountName: 'Fax' })).body['id'])
  from = await addNumberTo(platform, accountId, 1)
  scope = systemScope(platform.partitionId, accountId)
})
afterAll(() => platform.stop())

beforeEach(async () => {
  ordered.length = 0
  live.clear()
  answer = { result: 'done', sessionId: 'call-1' }
  await platform.plane.context.database.sql.deleteFrom('outbound_fax').execute()
  await allow(true)
})

async function allow(enabled: boolean): Promise<void> {
  const path = `/v2/partition/${platform.partitionId}/account/${accountId}/vfax/outbound`
  expect((await platform.call('PUT', path, { enabled, callerId: from })).status).toBe(200)
}

const database = () => platform.plane.context.database.sql
const context = () => platform.plane.context
const run = () => outboundFaxTask.run(context(), createDueRows(context(), 'faxes'))

/** A fax of three pages, which is to be called for now. */
async function wait(changes: Partial<OutboundFaxRow> = {}): Promise<string> {
  const id = newUuid()
  const now = new Date(platform.time.nowMs())
  const fax = { id, partition_id: platform.partitionId, account_id: accountId, to_number: TO, from_number: from, status: 'QUEUED', page_count: 3 } as const
  const before = { pages_sent: 0, pages_before: 0, attempts: 0, reason: null, remote_ident: '', session_id: null }
  await database().transaction().execute((sql) => insertOutboundFax(sql, { ...fax, ...before, created_at: now, changed_at: now, due_at: now, ...changes })) // prettier-ignore
  await context().files.store(outboundFile(id), oneOf('II*'), 100)
  return id
}

async function* oneOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}

/** What is known of it, and in how many milliseconds it is looked at. */
async function look(id: string) {
  const row = await findOutboundFax(database(), scope, id)
  const { status, reason, attempts, pages_sent: pagesSent, session_id: sessionId, due_at: dueAt } = row ?? {}
  return { status, reason, attempts, pagesSent, sessionId, inMs: dueAt === undefined || dueAt === null ? null : dueAt.getTime() - platform.time.nowMs() }
}

const report = (faxId: string, changes: Partial<FaxCallReport> = {}): FaxCallReport => ({
  ...{ faxId, sessionId: 'call-1', isComplete: false, code: 'CallEnded', statusCode: 200, pages: 0, remoteIdent: '+1 212' },
  ...changes,
})

async function told(faxId: string): Promise<readonly string[]> {
  const rows = await database().selectFrom('event_outbox').select(['type', 'payload']).where('type', 'like', 'fax.%').execute()
  return rows.filter(({ payload }) => JSON.stringify(payload).includes(faxId)).map(({ type }) => type)
}

describe('a fax whose time has come', () => {
  it('is called for, once, and looked after a minute later', async () => {
    const id = await wait()
    await run()
    await run()
    expect(ordered).toEqual([{ accountId, faxId: id, callerNumber: from, dialed: TO }])
    expect(await look(id)).toEqual({ status: 'SENDING', reason: null, attempts: 0, pagesSent: 0, sessionId: 'call-1', inMs: MINUTE })
  })

  it('waits where its time has not come', async () => {
    const id = await wait({ due_at: new Date(platform.time.nowMs() + SECOND) })
    await run()
    expect(ordered).toEqual([])
    expect(await look(id)).toMatchObject({ status: 'QUEUED', inMs: SECOND })
  })

  it.each([
    ['has no room', { result: 'TooManyCalls' }],
    ['does not answer', undefined],
  ] as const)('waits half a minute when the switch %s: that is no try', async (_what, given) => {
    answer = given
    const id = await wait()
    await run()
    expect(await look(id)).toMatchObject({ status: 'QUEUED', attempts: 0, inMs: 30 * SECOND })
  })

  it('fails at once where the switch will never call, is told, and its document goes', async () => {
    answer = { result: 'NoSuchLine' }
    const id = await wait()
    await run()
    expect(await look(id)).toMatchObject({ status: 'FAILED', reason: 'NoSuchLine', inMs: null })
    expect(await told(id)).toEqual(['fax.not-sent'])
    await expect.poll(() => context().files.open(outboundFile(id))).toBeUndefined()
  })

  it('fails without a call when the account sends none any more', async () => {
    const id = await wait()
    await allow(false)
    await run()
    expect(ordered).toEqual([])
    expect(await look(id)).toMatchObject({ status: 'FAILED', reason: 'OutboundFaxDisabled' })
  })
})

describe('a fax whose call is on', () => {
  const onCall = (changes: Partial<OutboundFaxRow> = {}) => wait({ status: 'SENDING', session_id: 'call-1', ...changes })

  it('is looked at every minute, and goes on by itself when the call is gone with its switch', async () => {
    live.add('call-1')
    const id = await onCall()
    await run()
    expect(await look(id)).toMatchObject({ status: 'SENDING', inMs: MINUTE })
    live.clear()
    platform.time.advance(MINUTE)
    await run()
    expect(await look(id)).toMatchObject({ status: 'QUEUED', reason: 'CallLost', attempts: 1, inMs: 0, sessionId: null })
  })

  it('begins behind the pages that an earlier call has confirmed, and counts those of its own call alone', async () => {
    const id = await onCall({ pages_sent: 1 })
    expect(await openFax(context(), scope, id, 'call-1')).toEqual({ from: 1 })
    await noteFaxPage(context(), scope, { faxId: id, sessionId: 'call-0', pages: 2 })
    expect(await look(id)).toMatchObject({ pagesSent: 1 })
    await noteFaxPage(context(), scope, { faxId: id, sessionId: 'call-1', pages: 1 })
    expect(await look(id)).toMatchObject({ pagesSent: 2 })
    await endFaxCall(context(), scope, report(id, { pages: 2 }))
    expect(await look(id)).toMatchObject({ status: 'SENT', pagesSent: 3, attempts: 1, inMs: null })
    expect(await told(id)).toEqual(['fax.sent'])
    // Nobody opens what is done.
    expect(await openFax(context(), scope, id, 'call-1')).toBeUndefined()
  })

  it.each([
    ['busy', { code: 'UserBusy', statusCode: 486 }, 180 * SECOND],
    ['nobody answers', { code: 'NoAnswer', statusCode: 480 }, 180 * SECOND],
    ['broken off', { code: 'CallEnded', statusCode: 200 }, 180 * SECOND],
    ['no T.38', { code: 'Refused', statusCode: 488 }, null],
    ['no such number', { code: 'UnknownNumber', statusCode: 404 }, null],
    ['forbidden', { code: 'AccountBlocked', statusCode: 403 }, null],
    ['no minutes', { code: 'PlanMinutesExhausted', statusCode: 402 }, null],
    ['a page that is refused', { code: 'PageRefused', statusCode: 200 }, null],
    ['nothing here that takes a fax', { code: 'DestinationNotAvailable', statusCode: 480 }, null],
  ] as const)('%s: tried again, or not', async (_why, how, inMs) => {
    const id = await onCall()
    await endFaxCall(context(), scope, report(id, how))
    expect(await look(id)).toMatchObject({ status: inMs === null ? 'FAILED' : 'QUEUED', reason: how.code, attempts: 1, inMs })
  })

  it('is tried three times, after three minutes and after ten', async () => {
    const id = await onCall({ attempts: 1 })
    const busy = report(id, { code: 'UserBusy', statusCode: 486 })
    await endFaxCall(context(), scope, busy)
    expect(await look(id)).toMatchObject({ status: 'QUEUED', attempts: 2, inMs: 600 * SECOND })
    // Said once more, by a call that is over, it is no other try.
    await endFaxCall(context(), scope, busy)
    expect(await look(id)).toMatchObject({ attempts: 2 })
    platform.time.advance(600 * SECOND)
    await run()
    await endFaxCall(context(), scope, busy)
    expect(await look(id)).toMatchObject({ status: 'FAILED', reason: 'UserBusy', attempts: 3, inMs: null })
    expect(await told(id)).toEqual(['fax.not-sent'])
  })

  it('is not changed by what another call or another account says', async () => {
    const id = await onCall()
    await endFaxCall(context(), scope, report(id, { sessionId: 'call-0', isComplete: true }))
    await endFaxCall(context(), systemScope(platform.partitionId, newUuid()), report(id, { isComplete: true }))
    expect(await look(id)).toMatchObject({ status: 'SENDING', attempts: 0 })
  })
})
