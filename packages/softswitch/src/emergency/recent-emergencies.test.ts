import { describe, expect, it } from 'vitest'
import { RecentEmergencies } from './recent-emergencies.ts'

const MINUTE_MS = 60_000

describe('who has dialed 911 lately (RFC 7090)', () => {
  it('is known by the callback number for half an hour, the last one first, each once', () => {
    const recent = new RecentEmergencies()
    recent.note('18015550001', 'desk', 0)
    recent.note('18015550001', 'cell', 5 * MINUTE_MS)
    recent.note('18015550001', 'desk', 10 * MINUTE_MS)
    expect(recent.linesOf('18015550001', 10 * MINUTE_MS)).toEqual(['desk', 'cell'])
    expect(recent.linesOf('18015550001', 35 * MINUTE_MS)).toEqual(['desk'])
    expect(recent.linesOf('18015550001', 40 * MINUTE_MS)).toEqual([])
    expect(recent.linesOf('18015550002', 0)).toEqual([])
  })

  it('forgets who is past it, and never grows without bound', () => {
    const recent = new RecentEmergencies()
    for (let index = 0; index < 12_000; index++) recent.note(`1801${5_550_000 + index}`, 'desk', index)
    expect(recent.size).toBe(10_000)
    expect(recent.linesOf('18015550000', 12_000)).toEqual([])
    recent.note('18015550000', 'desk', 60 * MINUTE_MS)
    expect(recent.size).toBe(1)
  })
})
