import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { ConnectionHolder, type HeldGroup } from './phones/connection-holder.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeScriptedPhones, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { slowness } from './slowness.ts'
import { type SipLogin, Tenant } from './tenant.ts'

/** What SECURITY.md says. */
const PLACES = 10_000
const PLACES_AN_ADDRESS = 1_000
/** One address wants more than it may have, and all of them together more than there are. */
const GROUPS: readonly HeldGroup[] = [
  { localAddress: '127.0.80.1', count: PLACES_AN_ADDRESS + 10 },
  ...Array.from({ length: 91 }, (_, index) => ({ localAddress: `127.0.81.${1 + index}`, count: 100 })),
]
const LONGEST_ANSWER_MS = 3000
const LEAST_HEARD = 0.9
const PROBE_EVERY_MS = 500
/** What one costs, with what the handshakes leave to the garbage collector: 11 and 50 kB were measured. */
const MOST_BYTES_EACH = { ws: 25_000, tls: 90_000 } as const
/** Of the memory the first ones took, how much the next ones may take on top: what TLS takes does not fit every gap. Were nothing given back, it would be all of it. */
const MOST_TAKEN_AGAIN = { ws: 0.3, tls: 0.75 } as const

let platform: Platform
let parties: TwoParties
let phones: readonly [ScriptedPhone, ScriptedPhone]
let call: OutgoingPhoneCall
let callee: IncomingPhoneCall
let holder: ConnectionHolder | undefined
const others: ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start()
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  phones = await makeScriptedPhones(parties)
  call = await phones[0].call(parties.callee.extension, { toneHz: CALLER_HZ })
  callee = await phones[1].nextCall()
  callee.ring()
  await callee.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await eventually('sound', 5000, () => (call.media.packetsHeard > 100 ? true : undefined))
})

afterEach(async () => {
  await holder?.close()
  for (const phone of others.splice(0)) phone.close()
})

afterAll(async () => {
  for (const phone of phones) phone.close()
  await platform.discard()
})

function residentBytes(): number {
  const status = readFileSync(`/proc/${platform.processId}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

async function connections(): Promise<number> {
  const { body } = await new HttpClient(platform.address.httpUrl).get('/metrics')
  return Number(/^dialtone_sip_connections (\d+)$/m.exec(String(body))?.[1])
}

/** Asks the server all the while whether it can serve. @returns ends it, and says how long the slowest answer took */
function watchReadiness(): () => Promise<number> {
  const http = new HttpClient(platform.address.httpUrl)
  let isOver = false
  const slowest = (async () => {
    let slowestMs = 0
    while (!isOver) {
      const startMs = performance.now()
      expect((await http.get('/health/ready')).status).toBe(200)
      slowestMs = Math.max(slowestMs, performance.now() - startMs)
      await pause(PROBE_EVERY_MS)
    }
    return slowestMs
  })()
  // It is waited for at the end; until then its failure is nobody's.
  slowest.catch(() => undefined)
  return () => {
    isOver = true
    return slowest
  }
}

async function openPhone(login: SipLogin, transport: 'tls' | 'ws'): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(parties.server, login, { transport })
  others.push(phone)
  return phone
}

async function hold(transport: 'tls' | 'ws', groups: readonly HeldGroup[]): Promise<ConnectionHolder> {
  const { httpUrl, sipTlsPort = 0 } = platform.address
  holder = await ConnectionHolder.open({ transport, port: transport === 'tls' ? sipTlsPort : Number(new URL(httpUrl).port), groups })
  return holder
}

describe.each(['ws', 'tls'] as const)('more idle connections over %s than there are places', (transport) => {
  it('take none of a phone; a call keeps its sound, the server is ready, and the memory serves those who come next', async () => {
    const { account, callee: owner } = parties
    const [first, second] = [await account.createLine(owner.userId), await account.createLine(owner.userId)]
    const early = await openPhone(first, transport)
    expect(statusOf(await early.register())).toBe(200)
    for (const ear of [call.media, callee.media]) ear?.forget()
    const slowestAnswer = watchReadiness()
    const emptyBytes = residentBytes()

    const strangers = await hold(transport, GROUPS)
    const startMs = performance.now()
    const late = await openPhone(second, transport)
    expect(statusOf(await late.register())).toBe(200)
    expect(statusOf(await phones[0].register())).toBe(200)
    expect(performance.now() - startMs, 'two registrations').toBeLessThan(LONGEST_ANSWER_MS * slowness())
    // Over the connection it has had all the while.
    expect(statusOf(await early.register())).toBe(200)
    const standing = await strangers.standing()
    expect(standing[0]).toBeLessThanOrEqual(PLACES_AN_ADDRESS)
    expect(standing.reduce((sum, each) => sum + each) + others.length).toBe(PLACES)
    const fullBytes = residentBytes()
    expect((fullBytes - emptyBytes) / PLACES, 'bytes a connection').toBeLessThan(MOST_BYTES_EACH[transport])

    await strangers.close()
    await eventually('the places of the strangers', 10_000, async () => ((await connections()) === others.length ? true : undefined))
    await hold(transport, GROUPS)
    expect(residentBytes() - fullBytes, 'taken again').toBeLessThan(MOST_TAKEN_AGAIN[transport] * (fullBytes - emptyBytes))

    expect(await slowestAnswer(), 'the slowest answer').toBeLessThan(LONGEST_ANSWER_MS * slowness())
    expect([call.media.toneHeard(TONES_HZ), callee.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(call.media.packetsHeard).toBeGreaterThan(LEAST_HEARD * (callee.media?.packetsSent ?? 0) - 5)
    expect(callee.media?.packetsHeard).toBeGreaterThan(LEAST_HEARD * call.media.packetsSent - 5)
    expect(platform.log.split('\n').filter((line) => /"level":"?(error|fatal|50|60)/.test(line))).toEqual([])
  })
})
