import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { CarrierHealth, DEFAULT_CARRIER_LIMITS } from '../src/trunks/carrier-health.ts'
import { GatewayBoard } from '../src/trunks/gateway-board.ts'
import { afterProbe, lossPercentOf, UNPROBED } from '../src/trunks/gateway-status.ts'
import type { CarrierPeer, CarrierTarget, GatewayProbe } from '../src/index.ts'

const after = (...probes: readonly (number | undefined)[]) => probes.reduce((health, probe) => afterProbe(health, probe), UNPROBED)
const times = (count: number, probe: number | undefined) => Array.from({ length: count }, () => probe)

describe('how a gateway is (S3-63)', () => {
  it.each([
    ['well with its first answer', [20], 'healthy'],
    ['one lost probe is no news', [...times(20, 20), undefined], 'healthy'],
    ['two in a row without an answer, and it is down', [20, undefined, undefined], 'down'],
    ['down it stays with a first answer', [undefined, undefined, 20], 'down'],
    ['after three it is degraded', [undefined, undefined, 20, 20, 20], 'degraded'],
    ['one lost again before that begins anew', [undefined, undefined, 20, 20, undefined, 20, 20], 'down'],
    ['after some more it is well', [undefined, undefined, ...times(6, 20)], 'healthy'],
    ['every fifth lost: degraded', [...times(4, 20), undefined, ...times(4, 20), undefined, 20], 'degraded'],
    ['slow: degraded', times(3, 1500), 'degraded'],
    ['a little faster is not well yet', [...times(3, 1500), ...times(3, 900)], 'degraded'],
    ['fast again: well', [...times(3, 1500), ...times(6, 100)], 'healthy'],
  ])('%s', (_what, probes, status) => {
    expect(after(...probes).status).toBe(status)
  })

  it('loss is of the last twenty probes', () => {
    expect(lossPercentOf(after(...times(30, undefined), ...times(15, 20)))).toBe(25)
    expect(lossPercentOf(after(...times(3, undefined), ...times(20, 20)))).toBe(0)
  })
})

const peer = (more: Partial<CarrierPeer> = {}): CarrierPeer => ({
  ...{ id: 'c', name: 'C', partitionId: 'p', address: '192.0.2.1', port: 5060, transport: 'udp', emergency: false },
  targets: [
    { id: 'a', address: '192.0.2.1', port: 5060 },
    { id: 'b', address: '192.0.2.2', port: 5060 },
  ],
  ...more,
})

describe('GatewayBoard', () => {
  function setUp(random?: () => number) {
    const time = new ManualTime()
    const told: string[] = []
    const probes: GatewayProbe[] = []
    const health = new CarrierHealth(time, DEFAULT_CARRIER_LIMITS, (change) => void told.push(change.health))
    const board = new GatewayBoard(time, health, (probe) => void probes.push(probe), random)
    const [a, b] = peer().targets as [CarrierTarget, CarrierTarget]
    const probe = (target: CarrierTarget, ...answers: readonly (number | undefined)[]) => answers.forEach((answer) => board.probed(peer(), target, answer, ''))
    return { time, told, probes, health, board, a, b, probe, order: (of = peer()) => board.inOrder(of).map(({ id }) => id) }
  }

  it('calls pass over the place that is down, and the carrier is down when all of its places are', () => {
    const { told, probe, a, b, order, health } = setUp()
    probe(a, undefined, undefined)
    expect([order(), told]).toEqual([['b'], []])
    probe(b, undefined, undefined)
    expect([order(), told, health.stateOf('c', 0).health]).toEqual([['a', 'b'], ['down'], 'down'])
    probe(b, 10, 10, 10)
    expect([order(), told]).toEqual([['b'], ['down', 'up']])
    probe(a, 10, 10, 10)
    expect(order()).toEqual(['a', 'b'])
  })

  it('who comes first is drawn for each call, by the weights of the SRV records; the addresses of one stay together, and who is down is passed over (RFC 2782)', () => {
    const heavy = { service: 0, priority: 10, weight: 3 }
    const targets: readonly CarrierTarget[] = [
      { id: 'a', address: '192.0.2.1', port: 5060, share: heavy },
      { id: 'a2', address: '192.0.2.2', port: 5060, share: heavy },
      { id: 'b', address: '192.0.2.3', port: 5060, share: { service: 1, priority: 10, weight: 1 } },
      { id: 'c', address: '192.0.2.4', port: 5060, share: { service: 2, priority: 20, weight: 9 } },
    ]
    let drawn = 0
    const { order, board } = setUp(() => (drawn++ % 100) / 100)
    const of = peer({ targets })
    const firsts = Array.from({ length: 400 }, () => order(of).join(' '))
    expect(new Set(firsts)).toEqual(new Set(['a a2 b c', 'b a a2 c']))
    const share = firsts.filter((each) => each.startsWith('a')).length / firsts.length
    expect([share > 0.6, share < 0.9]).toEqual([true, true])
    for (let turn = 0; turn < 2; turn++) board.probed(of, { id: 'a', address: '192.0.2.1', port: 5060 }, undefined, '')
    expect(new Set(Array.from({ length: 100 }, () => order(of).join(' ')))).toEqual(new Set(['a2 b c', 'b a2 c']))
  })

  it.each<[string, Partial<CarrierPeer>]>([
    ['another host', { targets: [{ id: 'a', address: '192.0.2.9', port: 5060 }] }],
    ['another port', { targets: [{ id: 'a', address: '192.0.2.1', port: 5080 }] }],
    ['another transport', { transport: 'tcp', targets: [{ id: 'a', address: '192.0.2.1', port: 5060 }] }],
  ])('S3-17: %s: what the place before was like says nothing of the new one, whose first answer brings the carrier back', (_what, moved) => {
    const { told, a, board, health } = setUp()
    const [before, now] = [peer({ targets: [a] }), peer(moved)]
    for (let missed = 0; missed < 2; missed++) board.probed(before, a, undefined, '')
    expect([board.statusOf(before, a), told]).toEqual(['down', ['down']])
    const [target] = now.targets as [CarrierTarget]
    expect(board.statusOf(now, target)).toBe('healthy')
    board.probed(now, target, 10, '')
    expect([board.statusOf(now, target), told, health.stateOf('c', 0).health]).toEqual(['healthy', ['down', 'up'], 'up'])
  })

  it('what is degraded comes after what is well', () => {
    const { probe, a, order } = setUp()
    probe(a, 2000, 2000, 2000)
    expect(order()).toEqual(['b', 'a'])
  })

  it('comes back little by little: one call a second more every few seconds, where another carrier can have the rest', () => {
    const { time, probe, a, b, health } = setUp()
    for (const target of [a, b]) probe(target, undefined, undefined)
    for (const target of [a, b]) probe(target, 10, 10, 10)
    const now = () => health.stateOf('c', 0).health
    expect(now()).toBe('up')
    health.callBegan('c')
    expect(now()).toBe('returning')
    time.advance(6_000)
    health.callBegan('c')
    health.callBegan('c')
    expect(now()).toBe('up')
    health.callBegan('c')
    expect(now()).toBe('returning')
    time.advance(30_000)
    for (let call = 0; call < 50; call++) health.callBegan('c')
    expect(now()).toBe('up')
  })

  it('S3-65: a report from outside counts at once and once; own probes go on from there; an old one says nothing', () => {
    const { time, told, board, probe, a, order, health } = setUp()
    const report = { status: 'down', atMs: time.nowMs() } as const
    const reported = peer({ targets: [{ ...a, report }] })
    board.readReports(reported)
    expect([told, health.stateOf('c', 0).health]).toEqual([['down'], 'down'])
    probe(a, 10, 10, 10)
    board.readReports(reported)
    expect([told, order(reported)]).toEqual([['down', 'up'], ['a']])
    const { board: fresh, time: now } = setUp()
    fresh.readReports(peer({ targets: [{ ...a, report: { status: 'down', atMs: now.nowMs() - 700_000 } }] }))
    expect(fresh.statusOf(peer(), a)).toBe('healthy')
  })
})
