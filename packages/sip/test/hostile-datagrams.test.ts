import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

const VECTORS = new URL('vectors/rfc4475/', import.meta.url)
const BATCH = 50
const BATCHES = 40

/** What breaks parsers: put anywhere. */
const PIECES = [
  '\0',
  '\r\n',
  '\r\n\r\n',
  '\r',
  ';'.repeat(300),
  'A'.repeat(3000),
  '<sip:',
  '>',
  '"',
  '\\',
  '4294967296',
  '-1',
  '99999999999999999999',
  '\xff\xfe',
  ';lr',
  ';maddr=255.255.255.255',
  ';tag=',
  ';received=[::',
  ';rport=99999999',
  '\r\nContent-Length: 99999999',
  '\r\nContact: *',
  '\r\nRequire: x',
  '\r\nRoute: <sip:127.0.0.1;lr>'.repeat(40),
  '\r\nRecord-Route: <sip:[>',
  '\r\nVia: SIP/2.0/UDP 1.1.1.1'.repeat(80),
]

/** The same numbers every time (mulberry32): a failure can be repeated. */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

function mutate(text: string, below: (limit: number) => number): string {
  let mutated = text
  for (let turn = below(2); turn >= 0; turn--) {
    const [start, length] = [below(mutated.length + 1), below(below(2) === 0 ? 3 : 40)]
    const [before, cut, after] = [mutated.slice(0, start), mutated.slice(start, start + length), mutated.slice(start + length)]
    const piece = PIECES[below(PIECES.length)] ?? ''
    mutated = [before + after, before + cut + cut + after, before + piece + cut + after, before + String.fromCharCode(below(256)) + after][below(4)] ?? ''
  }
  return mutated.slice(0, 60_000)
}

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

describe('hostile datagrams', () => {
  it.each([1, 2, 3])('never reach an error, a hang or a leak (seed %i)', async (seed) => {
    const below = numbers(seed)
    const { peer, callee } = party
    const { to, invite } = await party.connect()
    callee.stack.onInvite((call) => (below(2) === 0 ? call.reject(404) : call.answer({ body: ANSWER })))
    callee.stack.onRequest('REGISTER', ({ respond }) => respond(200))
    const inDialog = ['INVITE', 'INFO', 'ACK', 'OPTIONS', 'CANCEL', 'FOO'].map((method) =>
      peer.requestText({ method, callId: 'call', to, sequence: 2, body: OFFER }, callee.udp),
    )
    const fresh = ['INVITE', 'REGISTER', 'OPTIONS'].map((method) => peer.requestText({ method, body: OFFER }, callee.udp))
    const vectors = readdirSync(VECTORS).map((file) => readFileSync(new URL(file, VECTORS)).toString('latin1'))
    const seeds = [...inDialog, ...inDialog, ...inDialog, ...fresh, ...fresh, ...vectors]
    for (let batch = 0; batch < BATCHES; batch++) {
      for (let sent = 0; sent < BATCH; sent++) peer.sendBytes(Buffer.from(mutate(seeds[below(seeds.length)] ?? '', below), 'latin1'), callee.udp)
      await peer.drain(callee.udp)
      party.harness.time.advance(below(3000))
    }
    expect(callee.errors).toEqual([])
    // They did arrive, and not all of them were refused for their form alone.
    const { received, malformed } = callee.stack.statistics
    expect(received).toBeGreaterThan(0.9 * BATCH * BATCHES)
    expect(malformed).toBeLessThan(0.8 * received)
    invite.leg.bye()
  })
})
