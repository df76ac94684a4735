import type { SocketPair } from '../../rtp/socket-pair.ts'
import type { MediaReport, MediaSide, MediaSource, RecordingOrder } from '../media-engine.ts'
import type { MixParty } from './mix.ts'
import { RelaySide } from './relay-side.ts'
import type { SessionEvent, SideAgreement } from './worker-protocol.ts'

export interface RelaySessionOptions {
  readonly sockets: Readonly<Record<MediaSide, SocketPair>>
  readonly canonicalName: string
  readonly emit: (event: SessionEvent) => void
  readonly countRelayed: () => void
  readonly random: () => number
}

/** The two sides of a session in its worker. */
export class RelaySession {
  readonly sides: Readonly<Record<MediaSide, RelaySide>>

  constructor(options: RelaySessionOptions) {
    const { sockets, ...shared } = options
    const a = new RelaySide({ ...shared, side: 'a', sockets: sockets.a })
    const b = new RelaySide({ ...shared, side: 'b', sockets: sockets.b })
    a.peer = b
    b.peer = a
    this.sides = { a, b }
  }

  agree(agreements: Partial<Readonly<Record<MediaSide, SideAgreement>>>, nowMs: number): void {
    if (agreements.a !== undefined) this.sides.a.agree(agreements.a, nowMs)
    if (agreements.b !== undefined) this.sides.b.agree(agreements.b, nowMs)
  }

  play(side: MediaSide, source: MediaSource): void {
    this.sides[side].play(source)
  }

  record(side: MediaSide, order: RecordingOrder, nowMs: number): void {
    this.sides[side].record(order, nowMs)
  }

  joinMix(side: MediaSide, party: MixParty): void {
    this.sides[side].joinMix(party)
  }

  leaveMix(side: MediaSide): void {
    this.sides[side].leaveMix()
  }

  sendDigit(side: MediaSide, event: number, durationMs: number): void {
    this.sides[side].sendDigit(event, durationMs)
  }

  maintain(nowMs: number, inactivityTimeoutMs: number): void {
    this.sides.a.maintain(nowMs, inactivityTimeoutMs)
    this.sides.b.maintain(nowMs, inactivityTimeoutMs)
  }

  /** Frees the ports, then tells what was measured. */
  async close(): Promise<MediaReport> {
    await Promise.all([this.sides.a.close(), this.sides.b.close()])
    return { a: this.sides.a.report(), b: this.sides.b.report() }
  }
}
