import { describe, expect, it } from 'vitest'
import { ReceptionStatistics } from './reception-statistics.ts'

function receiveAll(statistics: ReceptionStatistics, sequences: readonly number[], ssrc = 1): void {
  for (const sequence of sequences) statistics.receive(ssrc, sequence & 0xffff, (sequence * 160) >>> 0, 172, sequence * 20, 8000)
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_unused, index) => from + index)

describe('loss (RFC 3550 A.1, A.3)', () => {
  it('counts what is missing, across the wrap of the sequence number', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [...range(65_500, 65_530), ...range(65_535, 65_600)])
    expect([statistics.packetsReceived, statistics.packetsLost, statistics.octetsReceived]).toEqual([95, 5, 95 * 172])
    expect(statistics.takeReportBlock(8000).highestSequenceNumber).toBe(65_599)
  })

  it('does not count late packets as lost, nor duplicates as gained', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [1, 2, 4, 3, 5, 5, 5])
    expect(statistics.packetsLost).toBe(0)
    expect(statistics.takeReportBlock(8000).cumulativeLost).toBe(-2)
  })

  it('needs two packets in a row to believe a jump, and keeps the earlier loss', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [1, 2, 4, 30_000, 5, 40_000, 40_001, 40_003])
    expect(statistics.packetsLost).toBe(2)
  })

  it('starts anew with another SSRC, and keeps the earlier loss', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [1, 3])
    receiveAll(statistics, [50_000, 50_001], 2)
    expect([statistics.packetsLost, statistics.ssrc]).toEqual([1, 2])
  })

  it('reports the fraction lost of the interval, not of the call', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [1, 2, 3, 8])
    expect(statistics.takeReportBlock(8000)).toMatchObject({ ssrc: 1, fractionLost: 128, cumulativeLost: 4 })
    receiveAll(statistics, [9, 10])
    expect(statistics.takeReportBlock(8000)).toMatchObject({ fractionLost: 0, cumulativeLost: 4 })
  })

  it('reports no loss for an interval in which nothing came, nor for one with more copies than losses (A.3)', () => {
    const statistics = new ReceptionStatistics()
    receiveAll(statistics, [1, 2])
    expect([1, 2].map(() => statistics.takeReportBlock(8000).fractionLost)).toEqual([0, 0])
    receiveAll(statistics, [3, 3, 3, 5])
    expect(statistics.takeReportBlock(8000)).toMatchObject({ fractionLost: 0, cumulativeLost: -1 })
  })

  it('knows nothing before the first packet', () => {
    const statistics = new ReceptionStatistics()
    expect([statistics.packetsLost, statistics.jitterMs, statistics.ssrc]).toEqual([0, undefined, -1])
  })
})

describe('jitter (RFC 3550 A.8)', () => {
  it('is nothing for a steady stream, even across the wrap of the timestamp', () => {
    const statistics = new ReceptionStatistics()
    for (let index = 0; index < 100; index++) statistics.receive(1, index, (2 ** 32 - 5_000 + index * 160) >>> 0, 172, 1_000 + index * 20, 8000)
    expect(statistics.jitterMs).toBeCloseTo(0, 6)
  })

  it('takes a sixteenth of each deviation', () => {
    const statistics = new ReceptionStatistics()
    statistics.receive(1, 0, 0, 172, 0, 8000)
    statistics.receive(1, 1, 160, 172, 36, 8000)
    expect(statistics.jitterMs).toBeCloseTo(1, 6)
    statistics.receive(1, 2, 320, 172, 56, 8000)
    expect(statistics.jitterMs).toBeCloseTo(15 / 16, 6)
    expect(statistics.takeReportBlock(8000).jitter).toBeCloseTo(7.5, 6)
  })

  it('leaves packets without a known clock out', () => {
    const statistics = new ReceptionStatistics()
    statistics.receive(1, 0, 0, 172, 0, 0)
    statistics.receive(1, 1, 0, 172, 500, 0)
    expect(statistics.jitterMs).toBeUndefined()
  })
})
