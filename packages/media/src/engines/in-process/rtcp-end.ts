import type { Socket } from 'node:dgram'
import type { ReceptionStatistics } from '../../rtp/reception-statistics.ts'
import { buildRtcpReport, parseRtcpReports } from '../../rtp/rtcp-packet.ts'
import type { SourceLock } from '../../rtp/source-lock.ts'
import type { MediaAddress } from '../../sdp/remote-stream.ts'
import type { SideReport } from '../media-engine.ts'
import type { LegProtection } from './leg-protection.ts'

/** The least interval between reports (RFC 3550 6.2); each one is spread by half around it (6.3.1). */
const REPORT_INTERVAL_MS = 5_000
const DEFAULT_CLOCK_RATE_HZ = 8_000

/** A stream that we send and report on. */
export interface ReportedStream {
  readonly ssrc: number
  /** Now. */
  readonly timestamp: number
  readonly packetsSent: number
  readonly payloadOctetsSent: number
}

/** RTCP of one side: whose it is, what it tells about our packets, and the reports of our own end. */
export class RtcpEnd {
  /** RTCP packets from addresses that are not the side's. */
  stray = 0
  readonly #socket: Socket
  readonly #lock: SourceLock
  readonly #reception: ReceptionStatistics
  readonly #canonicalName: string
  readonly #protection: LegProtection
  #expected: MediaAddress | undefined
  #heardFrom: MediaAddress | undefined
  #mux = false
  #clockRateHz = DEFAULT_CLOCK_RATE_HZ
  #remote: SideReport['remote'] | undefined
  #senderReportMiddle = 0
  #senderReportMs = 0
  #nextReportMs = 0

  constructor(options: {
    readonly socket: Socket
    readonly lock: SourceLock
    readonly reception: ReceptionStatistics
    readonly canonicalName: string
    readonly protection: LegProtection
  }) {
    this.#socket = options.socket
    this.#lock = options.lock
    this.#reception = options.reception
    this.#canonicalName = options.canonicalName
    this.#protection = options.protection
  }

  /** What the side last reported about the packets it gets from us. */
  get remote(): SideReport['remote'] | undefined {
    return this.#remote
  }

  expect(agreed: { readonly address: MediaAddress | undefined; readonly mux: boolean; readonly clockRateHz: number | undefined }): void {
    const moved = agreed.address?.address !== this.#expected?.address || agreed.address?.port !== this.#expected?.port
    if (moved && agreed.address !== undefined) this.#heardFrom = undefined
    this.#expected = agreed.address ?? this.#expected
    this.#mux = agreed.mux
    this.#clockRateHz = agreed.clockRateHz ?? DEFAULT_CLOCK_RATE_HZ
  }

  /** Whether the packet is this side's: it comes from the host that its RTP comes from, or that it described. */
  accept(bytes: Buffer, sender: MediaAddress, nowMs: number): boolean {
    const isOwn = this.#lock.port === 0 ? sender.address === this.#expected?.address : sender.address === this.#lock.address || isSame(this.#expected, sender)
    if (!isOwn || !this.#lock.allows(sender.address)) {
      this.stray++
      return false
    }
    if (!this.#mux) this.#heardFrom = { address: sender.address, port: sender.port }
    this.#read(bytes, nowMs)
    return true
  }

  send(bytes: Buffer): void {
    const destination = this.#destination()
    const sealed = destination === undefined ? undefined : this.#protection.sealRtcp(bytes)
    if (destination !== undefined && sealed !== undefined) this.#socket.send(sealed, destination.port, destination.address)
  }

  /** Sends a report of our own end when it is time: a sender report once it has sent (RFC 3550 6.4). */
  reportFor(local: ReportedStream, nowMs: number): void {
    if (this.#nextReportMs === 0) this.#nextReportMs = nowMs + REPORT_INTERVAL_MS / 2
    if (nowMs < this.#nextReportMs) return
    this.#nextReportMs = nowMs + REPORT_INTERVAL_MS * (0.5 + Math.random())
    const sender =
      local.packetsSent === 0
        ? undefined
        : { ntpTimeMs: Date.now(), rtpTimestamp: local.timestamp, packetCount: local.packetsSent, octetCount: local.payloadOctetsSent }
    const delay = this.#senderReportMiddle === 0 ? 0 : ((nowMs - this.#senderReportMs) * 65_536) / 1000
    const heard = { ...this.#reception.takeReportBlock(this.#clockRateHz), lastSenderReport: this.#senderReportMiddle, delaySinceLastSenderReport: delay }
    const blocks = this.#reception.packetsReceived === 0 ? [] : [heard]
    this.send(buildRtcpReport({ ssrc: local.ssrc, sender, blocks, cname: this.#canonicalName }))
  }

  /** Behind NAT the described port is worth nothing: until the side's RTCP is heard, the port after its RTP is tried. */
  #destination(): MediaAddress | undefined {
    if (this.#heardFrom !== undefined) return this.#heardFrom
    if (this.#lock.port === 0 || this.#lock.address === this.#expected?.address) return this.#expected
    return this.#lock.port < 65_535 ? { address: this.#lock.address, port: this.#lock.port + 1 } : undefined
  }

  #read(bytes: Buffer, nowMs: number): void {
    for (const report of parseRtcpReports(bytes) ?? []) {
      if (report.sender !== undefined) {
        this.#senderReportMiddle = report.ntpMiddle
        this.#senderReportMs = nowMs
      }
      const block = report.blocks.at(0)
      if (block !== undefined) this.#remote = { packetsLost: Math.max(0, block.cumulativeLost), jitterMs: (block.jitter * 1000) / this.#clockRateHz }
    }
  }
}

function isSame(expected: MediaAddress | undefined, sender: MediaAddress): boolean {
  return expected !== undefined && expected.address === sender.address && expected.port === sender.port
}
