import { describe, expect, it } from 'vitest'
import { PortPool } from './port-pool.ts'

const pool = (first: number, last: number, random = (): number => 0.99): PortPool => new PortPool({ first, last, cooldownMs: 5_000, random })

function takeAll(from: PortPool, nowMs: number): number[] {
  const ports: number[] = []
  for (let port = from.take(nowMs); port !== undefined; port = from.take(nowMs)) ports.push(port)
  return ports
}

describe('PortPool', () => {
  it('gives out even ports whose odd neighbour lies in the range too (RFC 3550 section 11)', () => {
    expect(takeAll(pool(30_001, 30_008), 0)).toEqual([30_002, 30_004, 30_006])
    expect(takeAll(pool(30_000, 30_001), 0)).toEqual([30_000])
    expect(takeAll(pool(30_001, 30_002), 0)).toEqual([])
  })

  it('gives each port once, in an order that is not the order of numbers', () => {
    let seed = 7
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const ports = takeAll(pool(30_000, 30_199, random), 0)
    const sorted = ports.toSorted((left, right) => left - right)
    expect(new Set(ports).size).toBe(100)
    expect(ports).not.toEqual(sorted)
  })

  it('lets a released pair rest for the cooldown', () => {
    const ports = pool(30_000, 30_003)
    expect(takeAll(ports, 0)).toEqual([30_000, 30_002])
    ports.release(30_002, 1_000)
    expect([ports.take(5_999), ports.pairsFree(5_999), ports.pairsInUse]).toEqual([undefined, 0, 1])
    expect([ports.pairsFree(6_000), ports.take(6_000), ports.pairsInUse]).toEqual([1, 30_002, 2])
  })

  it('gives out the longest free pair first', () => {
    const ports = pool(30_000, 30_005)
    ports.release(ports.take(0) ?? 0, 0)
    expect(takeAll(ports, 5_000)).toEqual([30_002, 30_004, 30_000])
  })

  it('ignores what it did not give out', () => {
    const ports = pool(30_000, 30_001)
    ports.release(30_000, 0)
    ports.release(9, 0)
    expect(takeAll(ports, 10_000)).toEqual([30_000])
  })

  it('does not lose ports when the clock is set back', () => {
    const ports = pool(30_000, 30_001)
    ports.take(1_000_000)
    ports.release(30_000, 1_000_000)
    expect(ports.take(500)).toBe(30_000)
  })
})
