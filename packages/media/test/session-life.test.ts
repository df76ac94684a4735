import type { Worker } from 'node:worker_threads'
import { ManualTime, silentLogger } from '@dialtone/foundation'
import { afterEach, describe, expect, it } from 'vitest'
import { createInProcessMediaEngine } from '../src/index.ts'
import { spawnRelayWorker } from '../src/engines/in-process/spawn-relay-worker.ts'
import { bindAll, closeSocket, freePorts } from './free-ports.ts'
import { listen, MediaBench, PORT_COOLDOWN_MS } from './media-bench.ts'

let bench: MediaBench
afterEach(() => bench.close())

describe('events', () => {
  it('tells each key of a relayed call once and names the side, and the keys arrive too (RFC 4733)', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events, next } = listen(session)
    a.press('9')
    b.press('#')
    await Promise.all([next((event) => event.type === 'dtmf' && event.side === 'a'), next((event) => event.type === 'dtmf' && event.side === 'b')])
    await bench.fence()
    const keys = events.map((event) => (event.type === 'dtmf' ? `${event.side}${event.digit}` : event.type))
    expect(new Set(keys)).toEqual(new Set(['a9', 'b#']))
    expect(keys).toHaveLength(2)
    expect(b.received.filter(({ packet }) => packet.payloadType === 101)).toHaveLength(8)
  })

  it('tells of keys that are held back, which reach nobody until they are not held any more; the other side’s arrive', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events, next } = listen(session)
    session.holdKeys('a', true)
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    a.press('*')
    b.press('#')
    await Promise.all([next((event) => event.type === 'dtmf' && event.side === 'a'), next((event) => event.type === 'dtmf' && event.side === 'b')])
    expect(events).toEqual(
      expect.arrayContaining([
        { type: 'dtmf', side: 'a', digit: '*', relayed: false, durationMs: 100 },
        { type: 'dtmf', side: 'b', digit: '#', relayed: true },
      ]),
    )
    a.say('after')
    await b.hears('after')
    expect(b.received.filter(({ packet }) => packet.payloadType === 101)).toEqual([])
    session.holdKeys('a', false)
    await bench.fence()
    a.press('7')
    await next((event) => event.type === 'dtmf' && event.side === 'a' && event.relayed)
    await b.until(() => b.received.some(({ packet }) => packet.payloadType === 101))
  })

  it('tells of a side that should send and does not, again and again', async () => {
    bench = await MediaBench.start({ inactivityTimeoutMs: 60 })
    const { session, a, b } = await bench.call()
    const { events, next } = listen(session)
    a.stream('alive')
    await b.hears('alive')
    await next((event) => event.type === 'inactive' && event.silentMs >= 110)
    expect(events.every((event) => event.type === 'inactive' && event.side === 'b')).toBe(true)
  })

  it.each([
    ['a=sendonly', { lines: ['a=sendonly'] }, { lines: ['a=recvonly'] }],
    ['a=inactive', { lines: ['a=inactive'] }, { lines: ['a=inactive'] }],
    ['c=0.0.0.0', { address: '0.0.0.0' }, {}],
  ])('says nothing of the silence of a call on hold by %s, and watches again after the resume (RFC 3264 8.4)', async (_name, hold, held) => {
    bench = await MediaBench.start({ inactivityTimeoutMs: 60 })
    const { session, a, b } = await bench.call()
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp(hold) }, { phone: b, sdp: b.sdp(held) })
    const { events, next } = listen(session)
    const other = await bench.call()
    const otherEvents = listen(other.session)
    await otherEvents.next((event) => event.type === 'inactive' && event.silentMs >= 180)
    expect(events).toEqual([])
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    await next((event) => event.type === 'inactive' && event.side === 'a')
  })

  it('keeps events until somebody listens, and survives a handler that throws', async () => {
    bench = await MediaBench.start()
    const { session, a } = await bench.call()
    a.press('1')
    await bench.fence()
    await bench.settle()
    const digits: string[] = []
    session.onEvent((event) => {
      if (event.type === 'dtmf') digits.push(event.digit)
      throw new Error('a handler with a bug')
    })
    expect(digits).toEqual(['1'])
    a.press('2')
    await bench.fence()
    await bench.settle()
    expect(digits).toEqual(['1', '2'])
  })
})

describe('ports', () => {
  it('run out as NoPortsLeft and come back after the cooldown', async () => {
    bench = await MediaBench.start({ portCount: 8 })
    const [first, second] = [await bench.session(), await bench.session()]
    expect(bench.engine.statistics).toMatchObject({ portsInUse: 8, portsFree: 0 })
    expect(await bench.engine.openSession({ sessionId: 'third' })).toMatchObject({ ok: false, error: { code: 'NoPortsLeft' } })
    await first.close()
    bench.time.advance(PORT_COOLDOWN_MS - 1)
    expect(await bench.engine.openSession({ sessionId: 'third' })).toMatchObject({ ok: false, error: { code: 'NoPortsLeft' } })
    bench.time.advance(1)
    expect((await bench.engine.openSession({ sessionId: 'third' })).ok).toBe(true)
    await second.close()
  })

  it('are all free again when a session is closed; closing twice gives the same report', async () => {
    bench = await MediaBench.start({ portCount: 4 })
    const session = await bench.session()
    expect(await bindAll([bench.ports.first])).toEqual([])
    const report = await session.close()
    expect(await session.close()).toBe(report)
    expect(bench.engine.statistics).toMatchObject({ sessions: 0, portsInUse: 0 })
    const sockets = await bindAll([0, 1, 2, 3].map((offset) => bench.ports.first + offset))
    expect(sockets).toHaveLength(4)
    await Promise.all(sockets.map(closeSocket))
    expect(session.relayOffer('a', '')).toMatchObject({ ok: false, error: { code: 'EngineStopped' } })
  })

  it('of other processes are passed over', async () => {
    const ports = await freePorts(8)
    const taken = await bindAll([ports.first, ports.first + 5])
    bench = await MediaBench.start({ ports })
    const session = await bench.session()
    const described = ['a', 'b'].map((side) => Number(/m=audio (\d+)/.exec(session.offerLocally(side === 'a' ? 'a' : 'b'))?.[1]))
    expect(new Set(described)).toEqual(new Set([ports.first + 2, ports.first + 6]))
    await Promise.all(taken.map(closeSocket))
  })

  it('on an address that is not ours fail as BindFailed', async () => {
    bench = await MediaBench.start({ bindAddress: '192.0.2.1' })
    expect(await bench.engine.openSession({ sessionId: 'x' })).toMatchObject({ ok: false, error: { code: 'BindFailed' } })
    expect(bench.engine.statistics.portsInUse).toBe(0)
  })

  it('are described under the public address and bound to the other', async () => {
    bench = await MediaBench.start({ publicAddress: '203.0.113.50' })
    expect((await bench.session()).offerLocally('a')).toContain('c=IN IP4 203.0.113.50')
  })
})

describe('the engine', () => {
  it('serves nothing before start, after drain and after stop; running sessions outlive a drain', async () => {
    bench = await MediaBench.start()
    const idle = createInProcessMediaEngine({
      publicAddress: '127.0.0.1',
      bindAddress: '127.0.0.1',
      ports: bench.ports,
      workers: 1,
      clock: new ManualTime(),
      logger: silentLogger,
    })
    expect([idle.ready, (await idle.openSession({ sessionId: 'x' })).ok, bench.engine.ready]).toEqual([false, false, true])
    const { session, a, b } = await bench.call()
    bench.engine.drain()
    expect([bench.engine.ready, await bench.engine.openSession({ sessionId: 'x' })]).toMatchObject([false, { ok: false, error: { code: 'EngineStopped' } }])
    a.say('still here')
    await b.hears('still here')
    const report = session.close()
    await bench.engine.stop()
    expect((await report).a.packetsReceived).toBe(1)
    expect(await bench.engine.openSession({ sessionId: 'x' })).toMatchObject({ ok: false, error: { code: 'EngineStopped' } })
  })

  it('spreads sessions over its workers', async () => {
    const started: Worker[] = []
    bench = await MediaBench.start({
      workers: 2,
      spawnWorker: (options) => {
        const worker = spawnRelayWorker(options)
        started.push(worker)
        return worker
      },
    })
    const sessions = [await bench.session(), await bench.session()]
    const failed = sessions.map((session) => listen(session))
    await started[0]?.terminate()
    expect(failed.reduce((sum, { events }) => sum + events.length, 0)).toBe(1)
  })

  it('tells the sessions of a worker that dies, frees their ports and starts another', async () => {
    const started: Worker[] = []
    let seen: (() => void) | undefined
    const secondReady = new Promise<void>((resolve) => (seen = resolve))
    bench = await MediaBench.start({
      portCount: 8,
      spawnWorker: (options) => {
        const worker = spawnRelayWorker(options)
        started.push(worker)
        if (started.length === 2) worker.once('message', () => seen?.())
        return worker
      },
    })
    const { session, a } = await bench.call()
    const { next } = listen(session)
    const failed = next((event) => event.type === 'failed')
    await started[0]?.terminate()
    expect(await failed).toMatchObject({ type: 'failed', reason: 'the media worker died' })
    expect(bench.engine.ready).toBe(false)
    expect(session.relayOffer('a', a.sdp())).toMatchObject({ ok: false, error: { code: 'EngineStopped' } })
    expect(await session.close()).toMatchObject({ a: { packetsReceived: null, jitterMs: null, notMeasured: 'the media worker died' } })
    expect(bench.engine.statistics).toMatchObject({ sessions: 0, portsInUse: 0 })
    await secondReady
    expect(bench.engine.ready).toBe(true)
    bench.time.advance(PORT_COOLDOWN_MS)
    const again = await bench.call()
    again.a.say('alive again')
    await again.b.hears('alive again')
  })
})
