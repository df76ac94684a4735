import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { freePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'

const CALLS = 10

let parties: TwoParties
let caller: ScriptedPhone
let callee: ScriptedPhone

beforeAll(async () => {
  parties = await makeTwoParties()
  ;[caller, callee] = await makeScriptedPhones(parties)
})

afterAll(() => {
  caller.close()
  callee.close()
})

/** Waits for so many more records, and that no further one comes. */
async function newRecords(before: number, count: number) {
  await eventually(`${count} records`, 10_000, async () => ((await parties.account.callRecords()).length >= before + count ? true : undefined))
  await pause(1000)
  const all = await parties.account.callRecords()
  expect(all).toHaveLength(before + count)
  return all.slice(before)
}

/** Registers a contact of the callee where a sipp listens. */
async function registerSipp(port: number, expiresSeconds: number): Promise<void> {
  const { login } = parties.callee
  const contact = `${parties.server.sipHost}:${port}`
  const fields = [login.sipUsername, 'dialtone.local', contact, String(expiresSeconds), sippLogin(login)]
  await runSipp(parties.server, { scenario: 'register', port: port + 1, fields }).success()
}

describe('messages that cross', () => {
  it('both hang up in the same instant: both BYEs are answered, one record (RFC 3261 15)', async () => {
    const before = (await parties.account.callRecords()).length
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    const statuses = await Promise.all([call.hangUp(), ringing.hangUp()])
    for (const status of statuses) expect([200, 481]).toContain(status)
    const [record] = await newRecords(before, 1)
    expect(record?.callFlagType).toBe('ANSWERED')
  })

  it.skipIf(isAbsent('sipp'))('CANCEL and 200 cross: the answered phone gets ACK and BYE, the caller 487, one record (RFC 3261 9.1)', async () => {
    const before = (await parties.account.callRecords()).length
    await callee.unregister()
    const port = await freePorts(40)
    await registerSipp(port, 120)
    const late = runSipp(parties.server, { scenario: 'answer-in-the-moment-of-cancel', port, mediaPort: port + 20 })
    const call = await caller.call(parties.callee.extension)
    await call.saw(180)
    call.cancel()
    expect(await call.finalStatus()).toBe(487)
    await late.success()
    const [record] = await newRecords(before, 1)
    expect(record?.callFlagType).toBe('MISSED')
    await registerSipp(port, 0)
    await callee.register()
  })
})

describe.skipIf(isAbsent('sipp'))('messages that are lost', () => {
  it(`half of the answers, ACKs and BYEs of ${CALLS} calls: every call is made once and has one record (RFC 3261 13.3.1.4, 13.2.2.4)`, async () => {
    const before = (await parties.account.callRecords()).length
    await callee.unregister()
    const port = await freePorts(120)
    await registerSipp(port, 120)
    const answering = runSipp(parties.server, { scenario: 'answer-on-a-bad-line', port, mediaPort: port + 20, calls: CALLS, timeoutSeconds: 60 })
    const calling = runSipp(parties.server, {
      scenario: 'call-on-a-bad-line',
      port: port + 2,
      mediaPort: port + 70,
      calls: CALLS,
      fields: [parties.caller.login.sipUsername, 'dialtone.local', parties.callee.extension, sippLogin(parties.caller.login)],
      timeoutSeconds: 60,
    })
    await Promise.all([calling.success(), answering.success()])
    const records = await newRecords(before, CALLS)
    for (const record of records) expect(record.callFlagType).toBe('ANSWERED')
    await registerSipp(port, 0)
    await callee.register()
  })
})
