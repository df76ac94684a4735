import { describe, expect, it } from 'vitest'
import { buildRtcpReport, isRtcpShaped, parseRtcpReports } from './rtcp-packet.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const BLOCK = {
  ssrc: 7,
  fractionLost: 64,
  cumulativeLost: -3,
  highestSequenceNumber: 70_000,
  jitter: 12,
  lastSenderReport: 0xaabbccdd,
  delaySinceLastSenderReport: 65_536,
}

describe('RTCP reports (RFC 3550 6.4)', () => {
  it('reads a receiver report byte by byte', () => {
    const bytes = hex('81 c9 00 07 90 2f 9e 2e bc 5e 9a 40 40 ff ff fd 00 00 46 e1 00 00 01 11 09 f3 64 32 00 02 4a 79')
    expect(parseRtcpReports(bytes)).toEqual([
      {
        ssrc: 0x902f9e2e,
        sender: undefined,
        ntpMiddle: 0,
        blocks: [
          {
            ssrc: 0xbc5e9a40,
            fractionLost: 64,
            cumulativeLost: -3,
            highestSequenceNumber: 0x46e1,
            jitter: 273,
            lastSenderReport: 0x09f36432,
            delaySinceLastSenderReport: 150_137,
          },
        ],
      },
    ])
  })

  it('writes a sender report that reads back the same, with the CNAME that a compound packet needs (RFC 3550 6.1)', () => {
    const sender = { ntpTimeMs: 1_700_000_000_250, rtpTimestamp: 160, packetCount: 3, octetCount: 480 }
    const bytes = buildRtcpReport({ ssrc: 5, sender, blocks: [BLOCK], cname: 'call@192.0.2.1' })
    expect(isRtcpShaped(bytes)).toBe(true)
    expect(parseRtcpReports(bytes)).toMatchObject([{ ssrc: 5, sender, blocks: [BLOCK] }])
    expect(bytes.length % 4).toBe(0)
    expect(bytes.subarray(52)).toEqual(hex('81 ca 00 06 00 00 00 05 01 0e 63 61 6c 6c 40 31 39 32 2e 30 2e 32 2e 31 00 00 00 00'))
  })

  it('is what has a second byte of 192 to 223, report or not (RFC 5761 4)', () => {
    const shaped = Array.from({ length: 256 }, (_, type) => type).filter((type) => isRtcpShaped(Buffer.from([0x80, type, 0, 1, 0, 0, 0, 5])))
    expect(shaped).toEqual(Array.from({ length: 32 }, (_, index) => 192 + index))
  })

  it('gives back the middle of the NTP time for LSR (RFC 3550 6.4.1)', () => {
    const bytes = buildRtcpReport({ ssrc: 5, sender: { ntpTimeMs: 1_700_000_000_500, rtpTimestamp: 0, packetCount: 0, octetCount: 0 }, blocks: [], cname: 'x' })
    expect(parseRtcpReports(bytes)?.[0]?.ntpMiddle).toBe((((1_700_000_000 + 2_208_988_800) & 0xffff) * 65_536 + 0x8000) >>> 0)
  })

  it.each([
    ['seven bytes', '80 c9 00 01 00 00 00'],
    ['RTP', '80 00 00 01 00 00 00 05'],
    ['a length beyond the end', '80 c9 00 02 00 00 00 05'],
  ])('does not take %s for RTCP', (_name, text) => {
    expect(isRtcpShaped(hex(text))).toBe(false)
  })

  it('refuses a compound packet whose parts do not fit', () => {
    expect(parseRtcpReports(hex('80 c9 00 01 00 00 00 05 80 c9 00 01'))).toBeUndefined()
    expect(parseRtcpReports(hex('82 c9 00 01 00 00 00 05'))).toBeUndefined()
    expect(parseRtcpReports(hex('80 c8 00 01 00 00 00 05'))).toBeUndefined()
  })
})
