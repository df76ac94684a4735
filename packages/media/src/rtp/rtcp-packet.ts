/*
 * Sender and receiver reports (RFC 3550 6.4). A sender report carries the five words of sender information before the
 * report blocks; a receiver report does not.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|    RC   |   PT=200/201  |            length             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         SSRC of sender                        |
 *   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 *   |              NTP timestamp, two words         (200 only)      |
 *   |              RTP timestamp                    (200 only)      |
 *   |              sender's packet count            (200 only)      |
 *   |              sender's octet count             (200 only)      |
 *   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 *   |                 SSRC of the reported source                   |
 *   | fraction lost |       cumulative number of packets lost       |
 *   |           extended highest sequence number received           |
 *   |                      interarrival jitter                      |
 *   |                         last SR (LSR)                         |
 *   |                   delay since last SR (DLSR)                  |
 *   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 */
export interface ReportBlock {
  readonly ssrc: number
  /** Of 256, since the last report. */
  readonly fractionLost: number
  readonly cumulativeLost: number
  readonly highestSequenceNumber: number
  /** In timestamp units. */
  readonly jitter: number
  readonly lastSenderReport: number
  /** In units of 1/65536 second. */
  readonly delaySinceLastSenderReport: number
}

export interface SenderInformation {
  readonly ntpTimeMs: number
  readonly rtpTimestamp: number
  readonly packetCount: number
  readonly octetCount: number
}

export interface RtcpReport {
  readonly ssrc: number
  /** Present in a sender report. */
  readonly sender: SenderInformation | undefined
  /** Middle 32 bits of the NTP timestamp as it came: what a receiver gives back as LSR; 0 in a receiver report. */
  readonly ntpMiddle: number
  readonly blocks: readonly ReportBlock[]
}

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const CNAME = 1
const BLOCK_BYTES = 24
const SENDER_BYTES = 20
const MAX_BYTES = 2_048
/** Seconds from 1900, where NTP starts, to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800

/** Whether the datagram has the shape of RTCP or SRTCP (RFC 5761 section 4). */
export function isRtcpShaped(bytes: Uint8Array): boolean {
  const second = bytes[1] ?? 0
  if (bytes.length < 8 || bytes.length > MAX_BYTES || ((bytes[0] ?? 0) & 0xc0) !== 0x80 || second < 192 || second > 223) return false
  return firstPacketBytes(bytes, 0) <= bytes.length
}

/** The sender and receiver reports of a compound packet; undefined when its packets do not fit into it. */
export function parseRtcpReports(bytes: Buffer): readonly RtcpReport[] | undefined {
  const reports: RtcpReport[] = []
  for (let offset = 0; offset < bytes.length;) {
    if (offset + 8 > bytes.length || ((bytes[offset] ?? 0) & 0xc0) !== 0x80) return undefined
    const end = offset + firstPacketBytes(bytes, offset)
    if (end > bytes.length) return undefined
    const type = bytes[offset + 1]
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      const report = parseReport(bytes.subarray(offset, end), type === SENDER_REPORT)
      if (report === undefined) return undefined
      reports.push(report)
    }
    offset = end
  }
  return reports
}

/** A compound packet of one report and the source description that RFC 3550 6.1 demands with it. */
export function buildRtcpReport(report: {
  readonly ssrc: number
  readonly sender: SenderInformation | undefined
  readonly blocks: readonly ReportBlock[]
  readonly cname: string
}): Buffer {
  const blocks = report.blocks.slice(0, 31)
  const head = Buffer.alloc(8 + (report.sender === undefined ? 0 : SENDER_BYTES))
  const total = head.length + blocks.length * BLOCK_BYTES
  head.writeUInt8(0x80 | blocks.length, 0)
  head.writeUInt8(report.sender === undefined ? RECEIVER_REPORT : SENDER_REPORT, 1)
  head.writeUInt16BE(total / 4 - 1, 2)
  head.writeUInt32BE(report.ssrc, 4)
  if (report.sender !== undefined) writeSender(head, report.sender)
  return Buffer.concat([head, ...blocks.map(buildBlock), buildSourceDescription(report.ssrc, report.cname)])
}

function firstPacketBytes(bytes: Uint8Array, offset: number): number {
  return ((((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)) + 1) * 4
}

function parseReport(bytes: Buffer, isSender: boolean): RtcpReport | undefined {
  const blocksStart = 8 + (isSender ? SENDER_BYTES : 0)
  const blockCount = bytes.readUInt8(0) & 0x1f
  if (blocksStart + blockCount * BLOCK_BYTES > bytes.length) return undefined
  const blocks: ReportBlock[] = []
  for (let index = 0; index < blockCount; index++) blocks.push(parseBlock(bytes, blocksStart + index * BLOCK_BYTES))
  return {
    ssrc: bytes.readUInt32BE(4),
    sender: isSender ? parseSender(bytes) : undefined,
    ntpMiddle: isSender ? bytes.readUInt32BE(10) : 0,
    blocks,
  }
}

function parseSender(bytes: Buffer): SenderInformation {
  const seconds = bytes.readUInt32BE(8) - NTP_EPOCH_SECONDS
  return {
    ntpTimeMs: seconds * 1000 + Math.round((bytes.readUInt32BE(12) / 2 ** 32) * 1000),
    rtpTimestamp: bytes.readUInt32BE(16),
    packetCount: bytes.readUInt32BE(20),
    octetCount: bytes.readUInt32BE(24),
  }
}

function writeSender(target: Buffer, sender: SenderInformation): void {
  target.writeUInt32BE((Math.floor(sender.ntpTimeMs / 1000) + NTP_EPOCH_SECONDS) >>> 0, 8)
  target.writeUInt32BE(Math.floor(((sender.ntpTimeMs % 1000) / 1000) * 2 ** 32) >>> 0, 12)
  target.writeUInt32BE(sender.rtpTimestamp >>> 0, 16)
  target.writeUInt32BE(sender.packetCount >>> 0, 20)
  target.writeUInt32BE(sender.octetCount >>> 0, 24)
}

function parseBlock(bytes: Buffer, offset: number): ReportBlock {
  return {
    ssrc: bytes.readUInt32BE(offset),
    fractionLost: bytes.readUInt8(offset + 4),
    cumulativeLost: bytes.readIntBE(offset + 5, 3),
    highestSequenceNumber: bytes.readUInt32BE(offset + 8),
    jitter: bytes.readUInt32BE(offset + 12),
    lastSenderReport: bytes.readUInt32BE(offset + 16),
    delaySinceLastSenderReport: bytes.readUInt32BE(offset + 20),
  }
}

function buildBlock(block: ReportBlock): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES)
  bytes.writeUInt32BE(block.ssrc, 0)
  bytes.writeUInt8(Math.min(255, Math.max(0, block.fractionLost)), 4)
  bytes.writeIntBE(Math.min(0x7fffff, Math.max(-0x800000, block.cumulativeLost)), 5, 3)
  bytes.writeUInt32BE(block.highestSequenceNumber >>> 0, 8)
  bytes.writeUInt32BE(Math.min(0xffff_ffff, Math.round(block.jitter)), 12)
  bytes.writeUInt32BE(block.lastSenderReport >>> 0, 16)
  bytes.writeUInt32BE(Math.min(0xffff_ffff, Math.round(block.delaySinceLastSenderReport)), 20)
  return bytes
}

/** SDES with one CNAME item, ended by a null octet and filled up to a word (RFC 3550 6.5). */
function buildSourceDescription(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname, 'utf8').subarray(0, 255)
  const bytes = Buffer.alloc(8 + Math.ceil((2 + name.length + 1) / 4) * 4)
  bytes.writeUInt8(0x81, 0)
  bytes.writeUInt8(SOURCE_DESCRIPTION, 1)
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2)
  bytes.writeUInt32BE(ssrc, 4)
  bytes.writeUInt8(CNAME, 8)
  bytes.writeUInt8(name.length, 9)
  name.copy(bytes, 10)
  return bytes
}
