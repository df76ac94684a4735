import { createSocket, type Socket } from 'node:dgram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { carrierTrunk } from './carrier-trunk.ts'
import { Baresip } from './phones/baresip.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { runSipp } from './phones/sipp.ts'
import { callee, isHungUp, receive } from './phones/sipp-scenario.ts'
import { CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const FAR_AWAY = '12125550142'
const PORTS_EACH = 30
/** Five seconds of silence, and what a busy machine adds; a transaction alone would take 32 (RFC 3261 17.1.1.2), the setup of a call 20. */
const CONNECTED_WITHIN_MS = 15_000

let parties: TwoParties
let silent: Socket
let silentPort: number
let invites: number
let trunks: string[]

beforeEach(async () => {
  parties = await makeTwoParties()
  ;[trunks, invites] = [[], 0]
  silent = createSocket('udp4', (datagram) => {
    if (datagram.toString('latin1', 0, 7) === 'INVITE ') invites++
  })
  await new Promise<void>((resolve) => silent.bind(0, parties.server.sipHost, resolve))
  silentPort = silent.address().port
})
afterEach(async () => {
  silent.close()
  for (const id of trunks) await parties.account.http.delete(`/siptrunk/${id}?force=true`)
})

async function makeCarrier(port: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const wanted = { ...carrierTrunk(parties.account, port, more), ping_interval: 0 }
  const { id } = done(await parties.account.http.put<{ readonly data: { readonly id: string } }>('/siptrunk/new', wanted)).data
  done(await parties.account.http.post(`/siptrunk/${id}`, { status: 'active' }))
  trunks.push(id)
  return id
}

/** baresip calls abroad: who answers sends back what it hears. @returns the carrier of the one record */
async function callThrough(port: number): Promise<string | undefined> {
  const answering = runSipp(parties.server, { scenario: 'after-silence', port, steps: [callee.isCalled(), callee.answersTalk(), receive('ACK'), ...isHungUp], timeoutSeconds: 60 }) // prettier-ignore
  const phone = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
  try {
    await phone.registered()
    const startedMs = performance.now()
    await phone.dial(`sip:${FAR_AWAY}@dialtone.local`)
    await phone.saw('CALL_ESTABLISHED', { timeoutMs: CONNECTED_WITHIN_MS })
    expect(performance.now() - startedMs).toBeGreaterThan(4_500)
    await hearAtLast([phone, CALLER_HZ])
    await phone.hangUp()
    await answering.success()
  } finally {
    await phone.stop()
  }
  // Four copies (RFC 3261 17.1.1.2), at the least.
  expect(invites).toBeGreaterThanOrEqual(3)
  const record = await expectOneRecord(parties.account, 'ANSWERED')
  return (record as { readonly termCarrier?: string }).termCarrier
}

describe.skipIf(isAbsent('baresip') || isAbsent('sipp'))('a carrier that takes every INVITE and says nothing, not even 100', () => {
  it('S3-12: is left for the next carrier, which is heard, and has the one record', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    await makeCarrier(silentPort, { priority: 1 })
    const next = await makeCarrier(port, { priority: 2 })
    expect(await callThrough(port)).toBe(next.replace('trunk_', ''))
  }, 60_000)

  it('S3-29: is left for its next address (RFC 3263 4.3)', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    const id = await makeCarrier(silentPort)
    const ips = [silentPort, port].map((each, index) => ({ address: parties.server.sipHost, type: 'signaling', port: each, priority: index + 1 }))
    done(await parties.account.http.put(`/siptrunkips/${id}`, { ips }))
    expect(await callThrough(port)).toBe(id.replace('trunk_', ''))
  }, 60_000)
})
