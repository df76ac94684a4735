import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { expectRecords } from './call-records.ts'
import { carrierTrunk } from './carrier-trunk.ts'
import { Baresip } from './phones/baresip.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeScriptedPhones, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { isAlive, Platform } from './platform.ts'
import { Account, Tenant } from './tenant.ts'

const DRAIN_MS = 5000
const STOPS_WITHIN_MS = 12_000
/** Each test starts the server again. */
const TEST_LIMIT_MS = 120_000

let platform: Platform
let parties: TwoParties
const phones: ScriptedPhone[] = []
const programs: Baresip[] = []
/** The next test starts it again, also after one that failed half way. */
let stopping: Promise<void> | undefined

beforeAll(async () => {
  platform = await Platform.start()
})

beforeEach(async () => {
  if (!isAlive(platform.processId ?? 0)) await platform.start()
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
})

afterEach(async () => {
  await stopping
  for (const phone of phones.splice(0)) phone.close()
  await Promise.all(programs.splice(0).map((phone) => phone.stop()))
})

afterAll(async () => {
  await platform.discard()
})

/** A call of scripted phones that speaks with both tones. */
async function talk() {
  const [caller, callee] = await makeScriptedPhones(parties)
  phones.push(caller, callee)
  const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
  const answered = await callee.nextCall()
  await answered.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  return { caller, callee, call, answered }
}

async function recordsAfterStart(flags: readonly string[]) {
  await platform.start()
  return expectRecords(new Account(await Tenant.logIn(platform.address), parties.account.id), flags)
}

describe('SIGTERM while phones talk', { timeout: TEST_LIMIT_MS }, () => {
  it('refuses new calls with 503 and Retry-After, and lets those that talk hang up by themselves', async () => {
    const { caller, call, answered } = await talk()
    await eventually('sound both ways', 5000, () =>
      call.media.toneHeard(TONES_HZ) === CALLEE_HZ && answered.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined,
    )
    stopping = platform.stop()
    await pause(500)
    const refused = await caller.call(parties.callee.extension)
    expect(await refused.finalStatus()).toBe(503)
    expect(Number(refused.final === undefined ? '' : valueOf(refused.final, 'retry-after'))).toBeGreaterThan(0)
    call.media.forget()
    answered.media?.forget()
    await pause(1500)
    expect([call.media.toneHeard(TONES_HZ), answered.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(await call.hangUp()).toBe(200)
    await answered.ended()
    await stopping
    const [record] = await recordsAfterStart(['ANSWERED'])
    expect(record).toMatchObject({ disconnectType: 'HangUp', hangupBy: 'caller' })
  })

  it('hangs up what is not over after five seconds, on both sides, and the record says so with its whole time', async () => {
    const { call, answered } = await talk()
    const talkedMs = performance.now()
    stopping = platform.stop()
    await Promise.all([call.ended(STOPS_WITHIN_MS), answered.ended(STOPS_WITHIN_MS)])
    const talkedSeconds = (performance.now() - talkedMs) / 1000
    expect(talkedSeconds * 1000).toBeGreaterThan(DRAIN_MS - 500)
    await stopping
    const [record] = await recordsAfterStart(['ANSWERED'])
    expect(record?.actualCallLengthSeconds).toBeGreaterThanOrEqual(Math.floor(talkedSeconds))
    expect(record).toMatchObject({ hangupBy: 'system', reasonCode: 'ShuttingDown' })
  })

  it('lets calls go on for as long as DIALTONE_DRAIN_SECONDS says', async () => {
    await platform.stop()
    await platform.start({ DIALTONE_DRAIN_SECONDS: '10' })
    parties = await makeTwoParties(await Tenant.logIn(platform.address))
    const { call, answered } = await talk()
    stopping = platform.stop()
    await pause(DRAIN_MS + 1500)
    call.media.forget()
    answered.media?.forget()
    await pause(1000)
    expect([call.media.toneHeard(TONES_HZ), answered.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(await call.hangUp()).toBe(200)
    await stopping
    await platform.start({ DIALTONE_DRAIN_SECONDS: '' })
    const [record] = await expectRecords(new Account(await Tenant.logIn(platform.address), parties.account.id), ['ANSWERED'])
    expect(record).toMatchObject({ disconnectType: 'HangUp', hangupBy: 'caller' })
  })

  it('waits for nobody who only opened a connection to the API, or never ends his request', async () => {
    const { port, hostname } = new URL(platform.address.httpUrl)
    const sockets = ['', 'POST /v2/authorize HTTP/1.1\r\nHost: a\r\nContent-'].map((text) => {
      const socket = connect(Number(port), hostname, () => socket.write(text))
      return socket.on('error', () => undefined)
    })
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    const startedMs = performance.now()
    stopping = platform.stop()
    await stopping
    for (const socket of sockets) socket.destroy()
    expect(performance.now() - startedMs).toBeLessThan(DRAIN_MS)
  })

  it('a second signal a second later ends at once; the next start closes the record of the call', async () => {
    await talk()
    stopping = platform.stop()
    await pause(1500)
    const { processId } = platform
    const startedMs = performance.now()
    if (processId !== undefined) process.kill(processId, 'SIGTERM')
    await stopping
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(processId !== undefined && isAlive(processId)).toBe(false)
    const [record] = await recordsAfterStart(['ANSWERED'])
    expect(record).toMatchObject({ hangupBy: 'system' })
  })
})

describe.skipIf(isAbsent('baresip'))('SIGTERM while a phone of another maker talks', { timeout: TEST_LIMIT_MS }, () => {
  it('both hear each other until they are hung up', async () => {
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ, answer: 'auto' })
    programs.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    stopping = platform.stop()
    await Promise.all([caller.saw('CALL_CLOSED', { timeoutMs: STOPS_WITHIN_MS }), callee.saw('CALL_CLOSED', { timeoutMs: STOPS_WITHIN_MS })])
    expect([caller.lastToneHeard(TONES_HZ), callee.lastToneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    await stopping
  })
})

describe.skipIf(isAbsent('kamailio'))('SIGTERM while it is registered at a carrier', { timeout: TEST_LIMIT_MS }, () => {
  it('S3-12: ends when the carrier, with digest, has let go of it, and sends it no callers any more', async () => {
    const [port, login] = [await trustedFreePorts(10), { username: 'acme', password: 'secret_of_acme' }]
    const { sipHost: host, sipPort } = platform.address
    const carrier = await startKamailio({ host, port, password: login.password }, sipPort, login.username)
    try {
      const { account } = parties
      const trunk = await account.http.put<{ data: { id: string } }>('/siptrunk/new', carrierTrunk(account, port, { ...login, register: true }))
      await eventually('the registration', 20_000, async () => {
        const { body } = await account.http.get<{ data: { registration?: { state: string } } }>(`/siptrunk/${trunk.body.data.id}`)
        return body.data.registration?.state === 'registered' ? true : undefined
      })
      stopping = platform.stop()
      await stopping
      expect(carrier.log().match(/SAW REGISTER .* expires=0/g)?.length).toBe(2)
    } finally {
      await carrier.stop()
    }
  })
})
