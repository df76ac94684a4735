import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../../test/free-ports.ts'
import { ReceptionStatistics } from '../../rtp/reception-statistics.ts'
import { buildRtcpReport, parseRtcpReports, type RtcpReport } from '../../rtp/rtcp-packet.ts'
import { openSocketPair, type SocketPair } from '../../rtp/socket-pair.ts'
import { SourceLock } from '../../rtp/source-lock.ts'
import { LegProtection } from './leg-protection.ts'
import { LocalEnd } from './local-end.ts'
import { RtcpEnd } from './rtcp-end.ts'

let [ours, phone]: SocketPair[] = []
beforeEach(async () => {
  ;[ours, phone] = [await open(), await open()]
})
afterEach(async () => {
  await Promise.all([ours?.close(), phone?.close()])
})

async function open(): Promise<SocketPair> {
  const { first } = await freePorts(2)
  const opened = await openSocketPair('127.0.0.1', first)
  return opened.ok ? opened.value : open()
}

function createEnd(): { end: RtcpEnd; lock: SourceLock; reception: ReceptionStatistics; local: LocalEnd; next: () => Promise<readonly RtcpReport[]> } {
  if (ours === undefined || phone === undefined) throw new Error('no sockets')
  const [lock, reception] = [new SourceLock(), new ReceptionStatistics()]
  const end = new RtcpEnd({ socket: ours.rtcp, lock, reception, canonicalName: 'dialtone@192.0.2.1', protection: new LegProtection() })
  end.expect({ address: { address: '127.0.0.1', port: phone.rtpPort + 1 }, mux: false, clockRateHz: 8000 })
  let seed = 40
  const local = new LocalEnd({ encoding: 'PCMU', payloadType: 0, random: () => seed++ })
  const { rtcp } = phone
  const next = async (): Promise<readonly RtcpReport[]> => {
    const [bytes] = (await once(rtcp, 'message')) as [Buffer]
    return parseRtcpReports(bytes) ?? []
  }
  return { end, lock, reception, local, next }
}

describe('RTCP of our own end (RFC 3550 6.4)', () => {
  it('reports what it received, with loss and jitter, after half an interval; as receiver while it sent nothing', async () => {
    const { end, reception, local, next } = createEnd()
    for (const sequence of [1, 2]) reception.receive(77, sequence, sequence * 160, 172, sequence * 20, 8000)
    end.reportFor(local, 1_000)
    end.reportFor(local, 3_499)
    reception.receive(77, 4, 640, 172, 80, 8000)
    const report = next()
    end.reportFor(local, 3_500)
    expect(await report).toMatchObject([{ ssrc: 40, sender: undefined, blocks: [{ ssrc: 77, cumulativeLost: 1, fractionLost: 64, highestSequenceNumber: 4 }] }])
  })

  it('reports as sender once it sent, and not more often than the interval allows (6.2, 6.3.1)', async () => {
    const { end, local, next } = createEnd()
    for (let frame = 0; frame < 3; frame++) local.nextFrame()
    end.reportFor(local, 1_000)
    const first = next()
    end.reportFor(local, 3_500)
    expect(await first).toMatchObject([{ sender: { packetCount: 3, octetCount: 480, rtpTimestamp: local.timestamp }, blocks: [] }])
    end.reportFor(local, 3_500 + 2_499)
    const second = next()
    local.nextFrame()
    end.reportFor(local, 3_500 + 7_500)
    expect(await second).toMatchObject([{ sender: { packetCount: 4 } }])
  })

  it('gives back the time of the last sender report it heard (LSR, DLSR)', async () => {
    const { end, reception, local, next } = createEnd()
    reception.receive(77, 1, 160, 172, 0, 8000)
    const heard = buildRtcpReport({
      ssrc: 77,
      sender: { ntpTimeMs: 1_700_000_000_500, rtpTimestamp: 0, packetCount: 1, octetCount: 160 },
      blocks: [],
      cname: 'p',
    })
    expect(end.accept(heard, { address: '127.0.0.1', port: 9 }, 2_000)).toBe(true)
    end.reportFor(local, 500)
    const report = next()
    // The phone's RTCP was heard from port 9: that is where reports go, and the phone listens elsewhere.
    end.accept(heard, { address: '127.0.0.1', port: (phone?.rtpPort ?? 0) + 1 }, 2_000)
    end.reportFor(local, 3_000)
    expect((await report)[0]?.blocks[0]).toMatchObject({ lastSenderReport: parseRtcpReports(heard)?.[0]?.ntpMiddle, delaySinceLastSenderReport: 65_536 })
  })
})

describe('where RTCP goes (RFC 4961)', () => {
  it('to the described port, until that of the side is heard from another one: behind a NAT it is only there', async () => {
    const { end, local, next } = createEnd()
    if (ours === undefined || phone === undefined) throw new Error('no sockets')
    const described = next()
    end.reportFor(local, 500)
    end.reportFor(local, 3_000)
    expect(await described).toHaveLength(1)
    const report = buildRtcpReport({ ssrc: 1, sender: undefined, blocks: [], cname: 'x' })
    end.accept(report, { address: '127.0.0.1', port: phone.rtpPort }, 3_000)
    const heard = once(phone.rtp, 'message')
    end.reportFor(local, 11_000)
    await heard
    // The same description again moves nothing.
    end.expect({ address: { address: '127.0.0.1', port: phone.rtpPort + 1 }, mux: false, clockRateHz: 8000 })
    const still = once(phone.rtp, 'message')
    end.reportFor(local, 19_000)
    await still
  })
})

describe('whose RTCP is taken', () => {
  it('takes it from the host that RTP comes from, else from the described one, and counts the rest', () => {
    const { end, lock } = createEnd()
    const bytes = buildRtcpReport({ ssrc: 1, sender: undefined, blocks: [], cname: 'x' })
    expect(end.accept(bytes, { address: '198.51.100.66', port: 1 }, 0)).toBe(false)
    lock.expect({ address: '10.0.0.5', port: 4000 })
    lock.accept('203.0.113.7', 61_000, 1, 1, 0)
    expect(end.accept(bytes, { address: '203.0.113.7', port: 61_001 }, 0)).toBe(true)
    expect(end.accept(bytes, { address: '198.51.100.66', port: 61_001 }, 0)).toBe(false)
    expect(end.stray).toBe(2)
  })

  it('counts jitter in the clock of the codec', () => {
    const { end } = createEnd()
    const block = { ssrc: 1, fractionLost: 0, cumulativeLost: 5, highestSequenceNumber: 1, jitter: 16, lastSenderReport: 0, delaySinceLastSenderReport: 0 }
    const bytes = buildRtcpReport({ ssrc: 1, sender: undefined, blocks: [block], cname: 'x' })
    end.expect({ address: { address: '127.0.0.1', port: 5 }, mux: false, clockRateHz: 16_000 })
    end.accept(bytes, { address: '127.0.0.1', port: 5 }, 0)
    expect(end.remote).toEqual({ packetsLost: 5, jitterMs: 1 })
  })
})
