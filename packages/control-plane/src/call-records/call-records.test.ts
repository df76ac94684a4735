import type { CallRecord } from '@dialtone/softswitch'
import { newUuid, ok } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { sql as sqlText } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { write } from '../events/index.ts'
import { callRecordCsv } from './call-record-csv.ts'
import { storeCallRecords } from './index.ts'

let platform: TestControlPlane
let accountId: string
let userId: string
let base: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

beforeEach(async () => {
  sequence++
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: `C-${sequence}`, accountName: 'Calls', timeZone: 'US/Mountain' })).body['id'])
  base = `${accounts}/${accountId}`
  userId = String((await platform.call('POST', `${base}/user`, { firstName: 'Cal', lastName: 'Ler', extension: '4000' })).body['id'])
})

function record(overrides: Partial<CallRecord> = {}): CallRecord {
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
    callingUserId: userId,
    origCategory: 'OnNet',
    termCategory: 'OffNet',
    disposition: 'ANSWERED',
    hangupBy: 'caller',
    sipStatusCode: 200,
    sipCallIds: ['a@b'],
    ...overrides,
  }
}

const search = (query = ''): Promise<{ status: number; body: Record<string, unknown> }> =>
  platform.call('GET', `${base}/cdrsearch?startDate=2026-11-21&endDate=2026-11-21${query}`)

async function secondsRemaining(): Promise<number> {
  const plans = (await platform.call('GET', `${base}/callingplan?referenceId=${userId}`)).list
  return Number(plans[0]?.['secondsRemaining'])
}

describe('storing call records', () => {
  it('waits for no change of the account: each would hold what the other needs next, and the database would end one of them', async () => {
    const { context } = platform.plane
    const stored = await write(context, SYSTEM_ACTOR, async ({ sql }) => {
      await lockAccount(sql, systemScope(platform.partitionId, accountId))
      await storeCallRecords(context, [record()])
      return ok('stored')
    })
    expect(stored).toEqual(ok('stored'))
    expect((await search()).body).toMatchObject({ totalRecords: 1 })
  })

  it('keeps what was dialed, also a character that the database has no place for', async () => {
    await storeCallRecords(platform.plane.context, [record({ dialedNumber: 'a\0b', calledNumber: '\0', callingName: 'Cal\0' })])
    const { results } = (await search()).body as { results: readonly Record<string, unknown>[] }
    expect(results).toMatchObject([{ dialedNumber: 'a\uFFFDb', termNumber: '\uFFFD' }])
  })

  it('S0-52 S4-40: a call is stored once and charged once, however often it arrives', async () => {
    const call = record()
    await storeCallRecords(platform.plane.context, [call])
    await storeCallRecords(platform.plane.context, [call, call])
    const { body } = await search()
    expect(body).toMatchObject({
      totalRecords: 1,
      results: [
        {
          id: call.id,
          origNumber: '18017690817',
          termNumber: '18015550199',
          callType: 'OUTBOUND',
          callFlagType: 'ANSWERED',
          disconnectType: 'HangUp',
          actualCallLengthSeconds: 65,
          billCallLengthSeconds: 66,
          rateType: 'OnPlanMinutes',
          inPlan: true,
          cost: 0,
          connectTime: '2026-11-21T12:00:05.000Z',
          endTime: '2026-11-21T12:01:10.400Z',
        },
      ],
    })
    expect(await secondsRemaining()).toBe(1_200_000 - 66)
  })

  it('what the plan does not cover is charged exactly', async () => {
    await platform.plane.context.database.sql.updateTable('calling_plan').set({ seconds_remaining: 6 }).where('reference_id', '=', userId).execute()
    await storeCallRecords(platform.plane.context, [record()])
    // 60 seconds over at 0.03 a minute.
    expect((await search()).body['results']).toMatchObject([{ rateType: 'OnPlanRated', cost: 0.03, inPlan: false }])
    expect(await secondsRemaining()).toBe(0)
  })

  it('a call to a toll-free number is paid by who has it, by the inbound rate plan of the account and where it comes from', async () => {
    const tollFree = { direction: 'INBOUND', origCategory: 'OffNet', termCategory: 'OnNet', calledNumber: '18005550123', dialedNumber: '18005550123' } as const
    const cost = async (changes: Partial<CallRecord>) => {
      const stored = record({ ...tollFree, answeredAtMs: platform.time.nowMs(), endedAtMs: platform.time.nowMs() + 60_000, ...changes })
      await storeCallRecords(platform.plane.context, [stored])
      const found = (await search()).body['results'] as { id: string; rateType: string; ratePerMinute: number; cost: number }[]
      const { rateType, ratePerMinute, cost: charged } = found.find(({ id }) => id === stored.id) ?? {}
      return [rateType, ratePerMinute, charged]
    }
    expect(await cost({})).toEqual(['Free', 0, 0])
    const [plan] = (await platform.call('GET', `/v2/partition/${platform.partitionId}/inboundrateplanproduct`)).list
    await platform.call('PATCH', base, { inboundRatePlanProductId: plan?.['id'] })
    expect(await cost({})).toEqual(['TollFree', 0.03, 0.03])
    expect(await cost({ callingNumber: '14165550100' })).toEqual(['TollFree', 0.05, 0.05])
    expect((await cost({ answeredAtMs: undefined }))[2]).toBe(0)
    // Nobody's minutes: of the platform itself, to another number, from nowhere that has a price.
    for (const changes of [{ origCategory: 'OnNet' as const }, { calledNumber: '18015550123' }, { callingNumber: '442079460000' }])
      expect(await cost(changes)).toEqual(['Free', 0, 0])
    // The Caribbean is not taken by the plan that every partition begins with; the switch knows.
    expect(platform.plane.view.snapshotOf(accountId)?.tollFreeRefused).toEqual(['CARIBBEAN'])
  })

  it('S1-31: after the billing day the first call finds full minutes', async () => {
    await platform.plane.context.database.sql.updateTable('calling_plan').set({ seconds_remaining: 0 }).where('reference_id', '=', userId).execute()
    const startedAtMs = Date.UTC(2026, 11, 1, 0, 0, 1)
    await storeCallRecords(platform.plane.context, [record({ startedAtMs, answeredAtMs: startedAtMs, endedAtMs: startedAtMs + 60_000 })])
    const plan = await platform.plane.context.database.sql.selectFrom('calling_plan').selectAll().where('reference_id', '=', userId).executeTakeFirstOrThrow()
    expect([plan.seconds_remaining, plan.resets_at.toISOString()]).toEqual([String(1_200_000 - 60), '2027-01-01T00:00:00.000Z'])
  })
})

describe('cdrsearch', () => {
  it('filters, sorts and pages', async () => {
    const missed = record({
      direction: 'INBOUND',
      disposition: 'NO_ANSWER',
      answeredAtMs: undefined,
      sipStatusCode: 480,
      startedAtMs: platform.time.nowMs() + 1,
      callingUserId: undefined,
      calledUserId: userId,
    })
    await storeCallRecords(platform.plane.context, [record(), record({ termCategory: 'Emergency', dialedNumber: '911', calledNumber: '911' }), missed])
    expect((await search('&callType=INBOUND')).body).toMatchObject({
      totalRecords: 1,
      results: [{ id: missed.id, callFlagType: 'MISSED', disconnectType: 'NoAnswer', referenceId: userId }],
    })
    expect((await search('&callCategory=Emergency')).body['results']).toMatchObject([{ dialedNumber: '911', rateType: 'Free', cost: 0 }])
    expect((await search('&callFlagType=MISSED&callFlagType=BUSY')).body['totalRecords']).toBe(1)
    expect((await search('&dialedNumber=0199&maxResult=1')).body).toMatchObject({ totalRecords: 2, results: [{ id: missed.id }] })
  })

  it('C-25: numbers are found as people write them, and as the record shows them', async () => {
    await storeCallRecords(platform.plane.context, [record({ dialedNumber: '+18015550199', callingNumber: '18015550144' })])
    const found = async (query: string) => (await search(`&${query}`)).body['totalRecords']
    const forms = ['8015550144', '+18015550144', '(801) 555-0144', '801-555-0144'].map((form) => `origNumber=${encodeURIComponent(form)}`)
    const dialed = ['dialedNumber=%2B18015550199', 'dialedNumber=+18015550199', 'dialedNumber=555.0199']
    expect(await Promise.all([...forms, ...dialed].map(found))).toEqual([1, 1, 1, 1, 1, 1, 1])
    expect(await Promise.all(['origNumber=%2B18015550145', 'origNumber=%2B', 'dialedNumber=%2B44'].map(found))).toEqual([0, 0, 0])
  })

  it('days are those of the account: 23:30 UTC-7 belongs to the day before', async () => {
    const startedAtMs = Date.parse('2026-11-22T06:30:00Z')
    await storeCallRecords(platform.plane.context, [record({ startedAtMs, answeredAtMs: undefined, endedAtMs: startedAtMs, disposition: 'BUSY' })])
    expect((await search()).body['totalRecords']).toBe(1)
  })

  it('a time ends when its minute, or its second, is over', async () => {
    const startedAtMs = Date.parse('2026-11-21T12:00:30.500Z')
    await storeCallRecords(platform.plane.context, [record({ startedAtMs })])
    const found = async (endTime: string) => (await search(`&endTime=${endTime}`)).body['totalRecords']
    expect(await Promise.all(['04:59', '05:00', '05:00:29', '05:00:30', '05:00:30.499', '05:00:30.500'].map(found))).toEqual([0, 1, 0, 1, 0, 1])
  })

  it.each([
    ['startDate is missing', '?endDate=2026-11-21', 'StartDateRequired'],
    ['the date does not exist', '?startDate=2026-02-30&endDate=2026-11-21', 'InvalidStartDate'],
    ['the time does not exist', '?startDate=2026-11-21&endDate=2026-11-21&startTime=25:00', 'InvalidStartTime'],
    ['the last time does not exist', '?startDate=2026-11-21&endDate=2026-11-21&endTime=noon', 'InvalidEndTime'],
    ['the end is before the start', '?startDate=2026-11-21&endDate=2026-11-20', 'InvalidEndDate'],
  ])('refuses a search in which %s', async (_case, query, code) => {
    expect((await platform.call('GET', `${base}/cdrsearch${query}`)).body['errorCode']).toBe(code)
  })
})

describe('call records as CSV', () => {
  it.each(['DATE', 'COST'] as const)('by %s: calls that end while the file is written neither repeat a row nor hide one', async (sort) => {
    const { sql } = platform.plane.context.database
    await storeCallRecords(platform.plane.context, [record()])
    const copies = (name: string, count: number, apartMs: number) =>
      sqlText`
        INSERT INTO call_record
        SELECT (jsonb_populate_record(c, jsonb_build_object('id', ${name} || n, 'started_at', c.started_at + n * ${apartMs}::int * interval '1 millisecond'))).*
        FROM call_record c, generate_series(1, ${count}::int) n WHERE c.account_id = ${accountId} AND c.id NOT LIKE '%copy%'`.execute(sql)
    await copies(`${sort} old copy `, 2400, -10)
    const asked = {
      ...{ from: new Date(platform.time.nowMs() - 3_600_000), to: new Date(platform.time.nowMs() + 3_600_000), sort, descending: true },
      ...{ direction: undefined, flags: undefined, categories: undefined, dialedNumber: undefined, origNumber: undefined, termNumber: undefined },
      ...{ minCost: undefined, firstResultIndex: 0, maxResult: 10 },
    }
    const lines: string[] = []
    for await (const piece of callRecordCsv(sql, systemScope(platform.partitionId, accountId), asked, 10_000)) {
      if (lines.length === 0) await copies(`${sort} new copy `, 7, 10)
      lines.push(...piece.trim().split('\r\n'))
    }
    const old = lines.filter((line) => line.includes('old copy '))
    expect([old.length, new Set(old).size]).toEqual([2400, 2400])
  })

  const headersOf = (file: string) => (file.split('\r\n')[0] ?? '').split(',')
  const csv = async (path: string) => platform.plane.http.inject({ method: 'GET', url: `${base}${path}`, headers: { 'x-auth-token': platform.token } })

  it('at once and as a job: the same search, the same rows, the members of the record as columns, no formula', async () => {
    await storeCallRecords(platform.plane.context, [record({ callingName: '=1+1' }), record({ direction: 'INBOUND', calledUserId: userId })])
    const query = '?startDate=2026-11-21&endDate=2026-11-21&callType=OUTBOUND'
    const now = await csv(`/cdrsearch/csv${query}`)
    expect([now.statusCode, now.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(headersOf(now.body)).toEqual(expect.arrayContaining(['id', 'startTime', 'cost', 'origNumber', 'termNumber', 'accountNumber', 'serviceType']))
    expect(now.body.trim().split('\r\n')).toHaveLength(2)
    expect(now.body).toContain("'=1+1")
    const started = await platform.call('GET', `${base}/cdrsearch/csv_2${query}`)
    expect([started.status, started.body]).toMatchObject([202, { status: 'PENDING' }])
    await platform.plane.settled()
    await platform.plane.jobsDone()
    const output = await platform.plane.http.inject({
      method: 'GET',
      url: `/v2/job/${String(started.body['id'])}/output`,
      headers: { 'x-auth-token': platform.token },
    })
    expect(output.body).toBe(now.body)
    expect((await csv('/cdrsearch/csv_2?startDate=x&endDate=2026-11-21')).json<unknown>()).toMatchObject({ status: 400, errorCode: 'InvalidStartDate' })
  })

  it('say whose call it was, and where the platform’s own numbers are', async () => {
    await storeCallRecords(platform.plane.context, [record()])
    expect((await search()).body['results']).toMatchObject([
      {
        accountNumber: `C-${sequence}`,
        accountTimeZone: 'US/Mountain',
        accountBillingCycleDay: 1,
        referenceName: 'Cal Ler',
        accountBillableNumber: '18017690817',
        serviceType: 'INTRASTATE',
      },
    ])
  })

  it('know the places of all numbers of the NANP, between states or in one, and who sent a call on', async () => {
    const forwarding = { userId, number: '18017690817', reason: 'busy' }
    const away = record({ legType: 'Forward', calledNumber: '12125550123', forwarding, reasonCode: 'CalleeHungUp' })
    const own = record({
      direction: 'INBOUND',
      calledNumber: '18017690817',
      calledUserId: userId,
      forwardedTo: '12125550123',
      startedAtMs: away.startedAtMs - 1,
    })
    const abroad = record({ calledNumber: '442079460105', startedAtMs: away.startedAtMs + 1 })
    const tollFree = record({ calledNumber: '18005550123', startedAtMs: away.startedAtMs + 2 })
    await storeCallRecords(platform.plane.context, [own, away, abroad, tollFree])
    const results = (await search('&sort=DATE&sortOrder=ASC')).body['results'] as Record<string, unknown>[]
    expect(results).toMatchObject([
      { legType: 'Origination', callType: 'INBOUND', callFlagType: 'FORWARDED', disconnectType: 'Forward' },
      {
        ...{
          legType: 'Forward',
          callType: 'OUTBOUND',
          callFlagType: 'ANSWERED',
          disconnectType: 'HangUp',
          reasonCode: 'CalleeHungUp',
          serviceType: 'INTERSTATE',
        },
        ...{ forwardingNumber: '18017690817', forwardingNumberState: 'UT', origState: 'UT', termState: 'NY', termCountry: 'USA', referenceId: userId },
      },
      { serviceType: 'INTERNATIONAL', rateType: 'OffPlanRated' },
      { serviceType: 'TOLL_FREE', rateType: 'TollFree' },
    ])
    const forwarded = (await search('&callFlagType=FORWARDED')).body['results'] as Record<string, unknown>[]
    expect(forwarded.map(({ id }) => id)).toEqual([own.id])
  })
})
