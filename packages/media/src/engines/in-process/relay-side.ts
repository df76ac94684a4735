import type { Socket } from 'node:dgram'
import type { G711Encoding } from '../../codecs/g711.ts'
import { G722Ear } from '../../codecs/telephone-codec.ts'
import { HeldPress, type Press } from '../../rtp/held-press.ts'
import { ReceptionStatistics } from '../../rtp/reception-statistics.ts'
import { isRtcpShaped } from '../../rtp/rtcp-packet.ts'
import { isRtpShaped, payloadOffset, RTP_HEADER_BYTES } from '../../rtp/rtp-packet.ts'
import type { SocketPair } from '../../rtp/socket-pair.ts'
import { seenAddressAt, type SeenAddress } from '../../rtp/seen-address.ts'
import { SourceLock } from '../../rtp/source-lock.ts'
import { TelephoneEventDetector } from '../../rtp/telephone-event-detector.ts'
import type { MediaAddress } from '../../sdp/remote-stream.ts'
import { KeyDetector } from '../../tones/key-detector.ts'
import { ToneGenerator } from '../../tones/tone-generator.ts'
import type { MediaSide, MediaSource, RecordingOrder, SideReport } from '../media-engine.ts'
import { ArrivalLimit } from './arrival-limit.ts'
import { ClipPlayer } from './clip-player.ts'
import { DigitSender } from './digit-sender.ts'
import { FaxEnd } from './fax-end.ts'
import { LegProtection } from './leg-protection.ts'
import { LocalEnd, type EndSource, type Voice } from './local-end.ts'
import type { MixParty } from './mix.ts'
import { PacketConverter } from './packet-converter.ts'
import { OutgoingStream, type StreamPosition } from './outgoing-stream.ts'
import { A_LAW, EVENTS, G711_CLOCK_RATE_HZ, G722, MU_LAW, PayloadContents } from './payload-contents.ts'
import { Recorder } from './recorder.ts'
import { RtcpEnd, type ReportedStream } from './rtcp-end.ts'
import type { SessionEvent, SideAgreement } from './worker-protocol.ts'

/** A sequence number and the length of what follows (ITU-T T.38 9.1). */
const FAX_HEADER_BYTES = 3
const MAX_FAX_BYTES = 1_500

interface Sender {
  readonly address: string
  readonly port: number
}

export interface RelaySideOptions {
  readonly side: MediaSide
  readonly sockets: SocketPair
  readonly canonicalName: string
  readonly emit: (event: SessionEvent) => void
  readonly countRelayed: () => void
  readonly random: () => number
}

/** One side of a session in its worker: two sockets, the packets that come from the side, and those that go to it. */
export class RelaySide {
  /** Set once, right after both sides exist. */
  peer: RelaySide | undefined
  readonly #options: RelaySideOptions
  readonly #rtp: Socket
  readonly #seenAs: SeenAddress
  readonly #lock: SourceLock
  readonly #reception = new ReceptionStatistics()
  readonly #detector = new TelephoneEventDetector()
  readonly #contents = new PayloadContents()
  readonly #limit = new ArrivalLimit()
  readonly #protection = new LegProtection()
  readonly #outgoing = new OutgoingStream()
  readonly #rtcp: RtcpEnd
  readonly #fax: FaxEnd
  #digits: DigitSender | undefined
  #agreement: SideAgreement | undefined
  #described: MediaAddress | undefined
  #localEnd: LocalEnd | undefined
  #source: EndSource = { kind: 'silence' }
  #party: MixParty | undefined
  #recorder: Recorder | undefined
  #g722: G722Ear | undefined
  /** Keys that come as tones, where those count. */
  #keys: KeyDetector | undefined
  readonly #held = new HeldPress()
  #converter: PacketConverter | undefined
  #packetsSent = 0
  #octetsSent = 0
  #stray = 0
  #malformed = 0
  #watchedSinceMs = 0
  #lastPacketMs = 0
  #lastNoticeMs = 0
  #closed = false

  constructor(options: RelaySideOptions) {
    this.#options = options
    this.#rtp = options.sockets.rtp
    this.#seenAs = seenAddressAt(this.#rtp.address())
    this.#lock = new SourceLock(this.#seenAs)
    const { canonicalName, emit, side, sockets } = options
    this.#fax = new FaxEnd({ side, emit, send: (datagram) => this.#sendFax(datagram), speak: (voice) => this.#speak(voice) })
    this.#rtcp = new RtcpEnd({ socket: sockets.rtcp, lock: this.#lock, reception: this.#reception, canonicalName, protection: this.#protection })
    this.#rtp.on('message', (bytes: Buffer, sender: Sender) => this.#receive(bytes, sender))
    sockets.rtcp.on('message', (bytes: Buffer, sender: Sender) => this.#receiveRtcp(bytes, sender))
  }

  /** Where packets for the side go: to where its own come from, else to where its description says. */
  get #destination(): MediaAddress | undefined {
    if (this.#lock.port !== 0) return this.#lock
    return this.#described
  }

  get wantsFrames(): boolean {
    const isBusy = this.#localEnd !== undefined || this.#digits?.isBusy === true || this.#recorder !== undefined || this.#fax.isBusy
    return isBusy && !this.#closed
  }

  agree(agreement: SideAgreement, nowMs: number): void {
    this.#agreement = agreement
    this.#described = this.#reached(agreement.rtp)
    this.#protection.agree(agreement.encryption)
    this.#keys = agreement.hearsTones === true ? (this.#keys ?? new KeyDetector()) : undefined
    if (agreement.holdsEvents !== true) this.#tellPresses(this.#held.end())
    this.#lock.expect(agreement.rtp, agreement.sources, agreement.signalledFrom)
    this.#converter = agreement.conversions === undefined || agreement.conversions.length === 0 ? undefined : new PacketConverter(agreement.conversions)
    this.#rtcp.expect({
      address: this.#reached(agreement.rtcp),
      mux: agreement.rtcpMux,
      clockRateHz: agreement.formats[0]?.clockRateHz,
    })
    this.#contents.agree(agreement.formats)
    if (!agreement.shouldSend) this.#watchedSinceMs = 0
    else if (this.#watchedSinceMs === 0) this.#watchedSinceMs = nowMs
    this.#agreeLocal(agreement.local, nowMs)
  }

  /** What our own end says from now on; kept when a re-offer changes the codec. */
  play(source: MediaSource): void {
    this.#source = this.#endSource(source)
    this.leaveMix()
  }

  #speak(voice: Voice | undefined): void {
    this.#source = voice === undefined ? { kind: 'silence' } : { kind: 'voice', voice }
    this.leaveMix()
  }

  /** Our own end plays a mix, and what comes from the side goes into it. */
  joinMix(party: MixParty): void {
    this.#party?.leave()
    this.#party = party
    this.#localEnd?.play({ kind: 'voice', voice: party })
  }

  leaveMix(): void {
    this.#party?.leave()
    this.#party = undefined
    this.#localEnd?.play(this.#source)
  }

  record(order: RecordingOrder, nowMs: number): void {
    this.stopRecording(nowMs)
    if (this.#closed) return
    const { recordingId } = order
    const { emit, side } = this.#options
    this.#recorder = new Recorder({
      order,
      startMs: nowMs,
      onChunk: (pcm) => emit({ type: 'recording', recordingId, pcm }),
      onEnd: (reason, durationMs) => {
        this.#recorder = undefined
        emit({ type: 'recorded', side, recordingId, durationMs, reason })
      },
    })
  }

  stopRecording(nowMs: number): void {
    this.#recorder?.end('stopped', nowMs)
  }

  /** Our own fax machine, as long as the side is there; it stops with it. */
  get fax(): FaxEnd | undefined {
    return this.#closed ? undefined : this.#fax
  }

  /** Presses a key (RFC 4733, or its tones) towards the side, unless it takes none. */
  sendDigit(event: number, durationMs: number): void {
    const { telephoneEvent, keysAsTones } = this.#agreement ?? {}
    if (this.#closed) return
    this.#digits ??= new DigitSender(this.#outgoing, this.#options.random)
    if (telephoneEvent !== undefined) this.#digits.press(event, durationMs, telephoneEvent)
    else if (keysAsTones !== undefined) this.#digits.sound(event, durationMs, keysAsTones)
  }

  /** Sends the next 20 ms of our own end and of digits, if there are any. */
  playFrame(): void {
    if (this.#localEnd === undefined && this.#digits === undefined && this.#recorder === undefined && !this.#fax.isBusy) return
    const nowMs = performance.now()
    this.#fax.tick(nowMs)
    this.#recorder?.tick(nowMs)
    const digit = this.#digits?.nextPacket(nowMs)
    if (digit !== undefined) this.#transmit(digit)
    const frame = this.#localEnd?.nextFrame()
    if (frame !== undefined) this.#sendInStream(frame, nowMs)
  }

  /** Where the stream of the side is, for a session that goes on with it. */
  position(nowMs: number): StreamPosition | undefined {
    const position = this.#outgoing.position(nowMs, G711_CLOCK_RATE_HZ)
    return position === undefined ? undefined : { ...position, sealed: this.#protection.position(position.ssrc) }
  }

  /** Nothing goes out before `continueFrom` says where the stream is. */
  awaitPosition(): void {
    this.#outgoing.awaitPosition()
  }

  continueFrom(position: StreamPosition | undefined, nowMs: number): void {
    if (position !== undefined) this.#protection.continueFrom(position.sealed)
    this.#outgoing.continueFrom(position, nowMs)
  }

  /** What the reports of a stream that others made and we number say (RFC 3550 6.4.1); undefined: its maker reports itself. */
  #continuedStream(nowMs: number): ReportedStream | undefined {
    const { ssrc, isContinued } = this.#outgoing
    if (!isContinued) return undefined
    const timestamp = this.#outgoing.timestampAt(nowMs, this.#agreement?.formats[0]?.clockRateHz ?? G711_CLOCK_RATE_HZ)
    return { ssrc, timestamp, packetsSent: this.#packetsSent, payloadOctetsSent: this.#octetsSent - this.#packetsSent * RTP_HEADER_BYTES }
  }

  /** Looks for silence, and lets our own end report; called about once a second. */
  maintain(nowMs: number, inactivityTimeoutMs: number): void {
    const own = this.#localEnd ?? this.#continuedStream(nowMs)
    if (own !== undefined) this.#rtcp.reportFor(own, nowMs)
    this.#tellPresses(this.#held.settle(nowMs))
    if (this.#watchedSinceMs === 0) return
    const lastHeardMs = Math.max(this.#watchedSinceMs, this.#lastPacketMs)
    if (nowMs - Math.max(lastHeardMs, this.#lastNoticeMs) < inactivityTimeoutMs) return
    this.#lastNoticeMs = nowMs
    this.#options.emit({ type: 'inactive', side: this.#options.side, silentMs: Math.round(nowMs - lastHeardMs) })
  }

  async close(): Promise<void> {
    this.#fax.stop(performance.now())
    this.#closed = true
    this.#recorder?.end('closed', performance.now())
    this.#party?.leave()
    await this.#options.sockets.close()
  }

  report(): SideReport {
    const heard = this.#reception.packetsReceived > 0
    return {
      packetsReceived: this.#reception.packetsReceived,
      octetsReceived: this.#reception.octetsReceived,
      packetsSent: this.#packetsSent,
      octetsSent: this.#octetsSent,
      packetsLost: heard ? this.#reception.packetsLost : null,
      jitterMs: this.#reception.jitterMs ?? null,
      packetsStray: this.#stray + this.#rtcp.stray,
      packetsMalformed: this.#malformed,
      packetsOverLimit: this.#limit.packetsRefused,
      remote: this.#rtcp.remote ?? null,
      notMeasured: heard ? (this.#reception.jitterMs === undefined ? 'no two packets of a known clock rate' : null) : 'no RTP was received',
    }
  }

  /** The hot path: every RTP packet of every call comes through here, so plain RTP allocates nothing. */
  #receive(received: Buffer, sender: Sender): void {
    if (this.#agreement?.isFax === true) {
      this.#receiveFax(received, sender)
      return
    }
    if (!isRtpShaped(received)) {
      this.#receiveOther(received, sender)
      return
    }
    const nowMs = performance.now()
    // Before anything is believed: with SRTP nobody else can take the side's place.
    const bytes = this.#protection.open(received)
    const sequence = ((received[2] ?? 0) << 8) | (received[3] ?? 0)
    const ssrc = received.readUInt32BE(8)
    if (bytes === undefined || !this.#lock.accept(sender.address, sender.port, ssrc, sequence, nowMs)) {
      this.#stray++
      return
    }
    if (!this.#limit.takesPacket(nowMs)) return
    this.#lastPacketMs = nowMs
    const payloadType = (bytes[1] ?? 0) & 0x7f
    const timestamp = bytes.readUInt32BE(4)
    const isEvent = this.#contents.of(payloadType) === EVENTS
    if (isEvent) this.#detect(bytes, ssrc, timestamp, nowMs)
    else if (this.#agreement?.holdsEvents === true) this.#tellPresses(this.#held.settle(nowMs))
    this.#reception.receive(ssrc, sequence, timestamp, bytes.length, nowMs, this.#contents.clockRateHz(payloadType))
    const isHeard = this.#recorder !== undefined || this.#party !== undefined || this.#keys !== undefined || this.#fax.hearsSound
    if (isHeard && !isEvent) this.#listen(bytes, payloadType, ssrc, timestamp, nowMs)
    if (this.#localEnd === undefined) {
      if (isEvent && this.#agreement?.relaysEvents === false) this.peer?.leaveOut(ssrc, sequence, timestamp, nowMs)
      else {
        this.#converter?.convert(bytes, ssrc)
        this.peer?.relay(bytes, ssrc, sequence, timestamp, nowMs)
      }
    } else if (this.#party === undefined && this.#contents.isAgreed(payloadType) && this.#localEnd.echo(bytes)) this.#sendInStream(bytes, nowMs)
  }

  /** A datagram of T.38: from the side, and not too many. What is on its way still of the call's RTP is no fax. */
  #receiveFax(received: Buffer, sender: Sender): void {
    const isRtp = isRtpShaped(received) && received.readUInt32BE(8) === this.#reception.ssrc
    if (isRtp || received.length < FAX_HEADER_BYTES || received.length > MAX_FAX_BYTES) {
      this.#malformed++
      return
    }
    const nowMs = performance.now()
    if (!this.#lock.accept(sender.address, sender.port, 0, received.readUInt16BE(0), nowMs)) this.#stray++
    else if (this.#limit.takesPacket(nowMs)) this.#takeFax(received, nowMs)
  }

  #takeFax(datagram: Buffer, nowMs: number): void {
    const isTaken = this.#fax.take(datagram, nowMs)
    if (isTaken === undefined) this.peer?.relayFax(datagram)
    else if (!isTaken) this.#malformed++
  }

  /** What our own fax machine at the other side says. @returns whether there is one here, too */
  hearFax(datagram: Uint8Array): boolean {
    return this.#fax.take(datagram, performance.now()) === true
  }

  /** Sends on a datagram of the other side. */
  relayFax(datagram: Buffer): void {
    if (this.#sendFax(datagram)) this.#options.countRelayed()
  }

  #sendFax(datagram: Uint8Array): boolean {
    const destination = this.#destination
    if (this.#closed || this.#agreement?.isFax !== true) return false
    if (this.#agreement.isFaxToPeer === true) return this.peer?.hearFax(datagram) === true
    if (destination === undefined || !this.#agreement.receives) return false
    this.#rtp.send(datagram, destination.port, destination.address)
    this.#packetsSent++
    this.#octetsSent += datagram.length
    return true
  }

  /** Who holds is not heard, whatever it plays; digits and comfort noise are silence (RFC 4733 2.1, RFC 3389). */
  #listen(bytes: Buffer, payloadType: number, ssrc: number, timestamp: number, nowMs: number): void {
    const content = this.#contents.of(payloadType)
    if (content !== MU_LAW && content !== A_LAW && content !== G722) this.#recorder?.pass()
    else if (this.#agreement?.shouldSend === true) {
      const from = payloadOffset(bytes)
      if (content === G722) {
        this.#g722 ??= new G722Ear()
        this.#take(ssrc, timestamp, 'PCMU', this.#g722.hear(ssrc, bytes, from), 0, nowMs)
      } else this.#take(ssrc, timestamp, content === MU_LAW ? 'PCMU' : 'PCMA', bytes, from, nowMs)
    }
  }

  #take(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number, nowMs: number): void {
    this.#recorder?.receive(ssrc, timestamp, encoding, bytes, from, nowMs)
    this.#fax.hear(ssrc, timestamp, encoding, bytes, from, nowMs)
    this.#party?.receive(ssrc, timestamp, encoding, bytes, from)
    // Those in a mix hear each other's tones.
    const digit = this.#party === undefined ? this.#keys?.hear(encoding, bytes, from) : undefined
    if (digit !== undefined) this.#tellDigit(digit, false)
  }

  #tellDigit(digit: string, relayed: boolean, durationMs?: number): void {
    const length = durationMs === undefined ? {} : { durationMs }
    if (this.#limit.takesDigit()) this.#options.emit({ type: 'dtmf', side: this.#options.side, digit, relayed, ...length })
  }

  #tellPresses(presses: readonly Press[]): void {
    for (const { digit, durationMs } of presses) this.#tellDigit(digit, false, durationMs)
  }

  /** Sends on what came from the other side. Called for every packet. */
  relay(bytes: Buffer, ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
    if (this.#localEnd === undefined && this.#send(bytes, ssrc, sequence, timestamp, nowMs)) this.#options.countRelayed()
  }

  /** A packet of the other side that this one has no use for. */
  leaveOut(ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
    if (this.#localEnd === undefined) this.#outgoing.omit(ssrc, sequence, timestamp, nowMs)
  }

  #sendInStream(packet: Buffer, nowMs: number): void {
    this.#send(packet, packet.readUInt32BE(8), packet.readUInt16BE(2), packet.readUInt32BE(4), nowMs)
  }

  #send(bytes: Buffer, ssrc: number, sequence: number, timestamp: number, nowMs: number): boolean {
    if (this.#agreement?.receives !== true) return false
    if (this.#digits?.isSending === true) {
      this.#outgoing.omit(ssrc, sequence, timestamp, nowMs)
      return false
    }
    const number = this.#outgoing.pass(ssrc, sequence, timestamp, nowMs, this.#protection.isOn)
    if (number === -1) return false
    if (number !== sequence) bytes.writeUInt16BE(number, 2)
    if (this.#outgoing.isContinued) {
      bytes.writeUInt32BE((timestamp + this.#outgoing.timestampShift) >>> 0, 4)
      bytes.writeUInt32BE(this.#outgoing.ssrc, 8)
    }
    return this.#transmit(bytes)
  }

  #transmit(packet: Buffer): boolean {
    const destination = this.#destination
    if (this.#closed || destination === undefined || this.#agreement?.receives !== true) return false
    const sealed = this.#protection.seal(packet)
    if (sealed === undefined) return false
    this.#rtp.send(sealed, destination.port, destination.address)
    this.#packetsSent++
    this.#octetsSent += packet.length
    return true
  }

  /** RTCP on the RTP port, where that was agreed (RFC 5761); anything else is noise. */
  #receiveOther(bytes: Buffer, sender: Sender): void {
    if (this.#agreement?.rtcpMux === true && isRtcpShaped(bytes)) this.#receiveRtcp(bytes, sender)
    else this.#malformed++
  }

  #receiveRtcp(received: Buffer, sender: Sender): void {
    if (!isRtcpShaped(received)) {
      this.#malformed++
      return
    }
    const bytes = this.#protection.openRtcp(received)
    if (bytes === undefined) {
      this.#stray++
      return
    }
    const nowMs = performance.now()
    if (!this.#rtcp.accept(bytes, sender, nowMs) || !this.#limit.takesPacket(nowMs)) return
    if (this.#localEnd === undefined) this.peer?.relayRtcp(bytes)
  }

  /** Sends on an RTCP packet of the other side. */
  relayRtcp(bytes: Buffer): void {
    // Of a stream that goes out under another SSRC and timeline its own reports tell nothing.
    if (this.#closed || this.#localEnd !== undefined || this.#outgoing.isContinued) return
    if (this.#agreement?.rtcpMux !== true) {
      this.#rtcp.send(bytes)
      return
    }
    const destination = this.#destination
    const sealed = destination === undefined ? undefined : this.#protection.sealRtcp(bytes)
    if (destination !== undefined && sealed !== undefined) this.#rtp.send(sealed, destination.port, destination.address)
  }

  #detect(bytes: Buffer, ssrc: number, timestamp: number, nowMs: number): void {
    if (ssrc !== this.#reception.ssrc) this.#detector.reset()
    const payload = bytes.subarray(payloadOffset(bytes))
    const digit = this.#detector.receive(timestamp, payload)
    if (this.#agreement?.holdsEvents === true && this.#localEnd === undefined) this.#tellPresses(this.#held.receive(digit, timestamp, payload, nowMs))
    else if (digit !== undefined) this.#tellDigit(digit, this.#localEnd === undefined && this.#agreement?.relaysEvents === true)
  }

  #agreeLocal(local: SideAgreement['local'], nowMs: number): void {
    if (local === undefined) {
      // What was played belongs to this talk with us: should there be another one, it starts with silence.
      this.#source = { kind: 'silence' }
      this.leaveMix()
      if (this.#localEnd !== undefined) this.#outgoing.continueNext()
      this.#localEnd = undefined
    } else if (this.#localEnd?.encoding !== local.encoding || this.#localEnd.payloadType !== local.payloadType) {
      const after = this.#outgoing.continueOwn(nowMs, G711_CLOCK_RATE_HZ)
      this.#localEnd = new LocalEnd({ ...local, random: this.#options.random, after })
      this.#localEnd.play(this.#party === undefined ? this.#source : { kind: 'voice', voice: this.#party })
    }
  }

  #endSource(source: MediaSource): EndSource {
    if (source.kind === 'tone') return { kind: 'voice', voice: new ToneGenerator(source) }
    if (source.kind !== 'clips') return source
    const { clips, loop, playId } = source
    const onPlayed = (): void => this.#options.emit({ type: 'played', side: this.#options.side, playId })
    return { kind: 'voice', voice: new ClipPlayer({ clips, loop, onPlayed }) }
  }

  #reached(described: MediaAddress | undefined): MediaAddress | undefined {
    const address = described === undefined ? undefined : this.#seenAs(described.address)
    return described === undefined || address === undefined ? undefined : { address, port: described.port }
  }
}
