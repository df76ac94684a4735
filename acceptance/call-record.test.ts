import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { type CallRecord, done } from './tenant.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/

let parties: TwoParties
let caller: ScriptedPhone
let callee: ScriptedPhone
let number: string
let seen = 0

beforeAll(async () => {
  parties = await makeTwoParties()
  number = await parties.account.addNumber()
  await parties.account.assignNumber(number, parties.caller.userId)
  ;[caller, callee] = await makeScriptedPhones(parties)
})

afterAll(() => {
  caller.close()
  callee.close()
})

/** The one record that the last call added; a second one would be a mistake. */
async function newRecord(): Promise<CallRecord> {
  const records = await eventually('the record of the call', 5000, async () => {
    const all = await parties.account.callRecords()
    return all.length > seen ? all : undefined
  })
  expect(records).toHaveLength(seen + 1)
  seen++
  const newest = records.at(-1)
  if (newest === undefined) throw new Error('no record')
  return newest
}

/** Answers the next call at the callee and lets it talk. */
async function talk(durationMs: number): Promise<number> {
  const call = await caller.call(parties.callee.extension)
  const ringing = await callee.nextCall()
  ringing.ring()
  await ringing.answer()
  await call.finalStatus()
  const startedMs = performance.now()
  await pause(durationMs)
  await call.hangUp()
  return (performance.now() - startedMs) / 1000
}

describe('cdrsearch', () => {
  it('S0-52: an answered internal call is there once, with times, parties, category, cost and a duration within a second', async () => {
    const startedAt = Date.now()
    const talkedSeconds = await talk(3000)
    const record = await newRecord()
    expect(record.id).toMatch(UUID)
    expect(record).toMatchObject({
      accountId: parties.account.id,
      partitionId: parties.tenant.partitionId,
      dialedNumber: '4001',
      origCallCategory: 'OnNet',
      termCallCategory: 'OnNet',
      callFlagType: 'ANSWERED',
    })
    expect(record.origNumber).toContain('4000')
    expect(record.termNumber).toContain('4001')
    expect(Math.abs(record.actualCallLengthSeconds - talkedSeconds)).toBeLessThanOrEqual(1)
    for (const time of [record.startTime, record.connectTime ?? '', record.endTime]) expect(time).toMatch(ISO)
    expect(Math.abs(Date.parse(record.startTime) - startedAt)).toBeLessThan(5000)
    expect(Date.parse(record.endTime) - Date.parse(record.connectTime ?? '')).toBeGreaterThan(2000)
    expect(record.cost).toBe(0)
    expect(record.sipCallIds.length).toBeGreaterThanOrEqual(1)
    expect(record.sessionId).not.toBe('')
  })

  it.each([
    ['busy', 486, 'BUSY'],
    ['declined', 603, 'MISSED'],
  ])('S0-52: a %s call is there once', async (_what, status, callFlagType) => {
    const call = await caller.call(parties.callee.extension)
    ;(await callee.nextCall()).reject(status)
    await call.finalStatus()
    const record = await newRecord()
    expect(record.actualCallLengthSeconds).toBe(0)
    expect([callFlagType, 'OTHER']).toContain(record.callFlagType)
    expect(record.connectTime ?? null).toBeNull()
  })

  it('S0-52: a call given up on is there once, as missed', async () => {
    const call = await caller.call(parties.callee.extension)
    ;(await callee.nextCall()).ring()
    await call.saw(180)
    call.cancel()
    await call.finalStatus()
    const record = await newRecord()
    expect([record.callFlagType, record.actualCallLengthSeconds]).toEqual(['MISSED', 0])
    expect(record.disconnectType).toBe('Cancelled')
  })

  it('S0-52: a call to nobody is there once', async () => {
    const call = await caller.call('4999')
    await call.finalStatus()
    const record = await newRecord()
    expect([record.dialedNumber, record.actualCallLengthSeconds, record.termCallCategory]).toEqual(['4999', 0, 'NotResolved'])
  })

  it('S0-52: a call to the PSTN is there once, OUTBOUND and off-net, from the user, with the number shown', async () => {
    const call = await caller.call('12125550199')
    await call.finalStatus()
    await pause(1200)
    await call.hangUp()
    const record = await newRecord()
    expect(record).toMatchObject({
      callType: 'OUTBOUND',
      termCallCategory: 'OffNet',
      callFlagType: 'ANSWERED',
      referenceType: 'END_USER',
      referenceId: parties.caller.userId,
    })
    expect(record.origNumber).toBe(number)
    expect(record.termNumber).toBe('12125550199')
    expect(Math.abs(record.actualCallLengthSeconds - 1.2)).toBeLessThanOrEqual(1)
  })

  it('S0-52: a call from the PSTN is there once, INBOUND and off-net', async () => {
    done(await parties.tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550177', to: number, seconds: 10 }))
    const ringing = await caller.nextCall()
    await ringing.answer()
    await pause(1200)
    await ringing.hangUp()
    const record = await newRecord()
    expect(record).toMatchObject({ callType: 'INBOUND', origCallCategory: 'OffNet', callFlagType: 'ANSWERED', origNumber: '12125550177', termNumber: number })
    expect(Math.abs(record.actualCallLengthSeconds - 1.2)).toBeLessThanOrEqual(1)
  })

  it('filters by type, sorts and pages', async () => {
    const all = await parties.account.callRecords()
    const inbound = await parties.account.callRecords('&callType=INBOUND')
    expect(inbound.map((record) => record.id)).toEqual(all.filter((record) => record.callType === 'INBOUND').map((record) => record.id))
    const day = new Date().toISOString().slice(0, 10)
    const path = `${parties.account.path}/cdrsearch?startDate=2020-01-01&endDate=${day}&sort=DATE&sortOrder=ASC`
    const page = done(await parties.account.http.get<{ totalRecords: number; results: readonly CallRecord[] }>(`${path}&firstResultIndex=1&maxResult=2`))
    expect(page.results).toHaveLength(2)
  })

  it('asks for both dates', async () => {
    const answer = await parties.account.http.get<ErrorBody>(`${parties.account.path}/cdrsearch`)
    expect([answer.status, answer.body.messages]).toEqual([400, ['StartDateRequired']])
  })
})
