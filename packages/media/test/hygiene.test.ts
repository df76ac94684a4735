import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { bindAll, closeSocket } from './free-ports.ts'
import { MediaBench, PORT_COOLDOWN_MS, value } from './media-bench.ts'

const ROUNDS = 2_000
const AT_ONCE = 8
let bench: MediaBench
afterEach(() => bench.close())

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

describe('opening and closing', () => {
  it('2,000 sessions one after the other on 32 ports leaks no port and no descriptor', async () => {
    bench = await MediaBench.start({ portCount: AT_ONCE * 4 })
    const [a, b] = [await bench.phone(), await bench.phone()]
    const descriptors = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)
    let before = 0
    for (let round = 0; round < ROUNDS / AT_ONCE; round++) {
      const sessions = await Promise.all(Array.from({ length: AT_ONCE }, () => bench.session()))
      const [first] = sessions
      value(first?.relayOffer('a', a.sdp()) ?? { ok: true, value: '' })
      value(first?.relayAnswer('b', b.sdp()) ?? { ok: true, value: '' })
      await Promise.all(sessions.map((session) => session.close()))
      bench.time.advance(PORT_COOLDOWN_MS)
      if (round === 0) before = descriptors()
    }
    expect(bench.engine.statistics).toMatchObject({ sessions: 0, portsInUse: 0, portsFree: AT_ONCE * 4 })
    expect(descriptors() - before).toBeLessThan(AT_ONCE)
    const sockets = await bindAll(Array.from({ length: AT_ONCE * 4 }, (_unused, index) => bench.ports.first + index))
    expect(sockets).toHaveLength(AT_ONCE * 4)
    await Promise.all(sockets.map(closeSocket))
  })

  it('sessions that are not anchored cost a few kB of descriptions at most, and nothing once closed', async () => {
    bench = await MediaBench.start({ anchoring: 'never' })
    const phone = await bench.phone()
    const before = heapBytes()
    const sessions = await Promise.all(Array.from({ length: ROUNDS }, () => bench.session()))
    for (const session of sessions) {
      value(session.relayOffer('a', phone.sdp()))
      value(session.relayAnswer('b', phone.sdp()))
    }
    expect((heapBytes() - before) / ROUNDS).toBeLessThan(8_192)
    await Promise.all(sessions.map((session) => session.close()))
    expect(bench.engine.statistics.sessions).toBe(0)
  })
})
