import type { SealedStream } from '../../srtp/srtp-sender.ts'

const SEQUENCE_MODULUS = 65_536
/** As in RFC 3550 A.1: what is further behind than this is a stream that began anew. */
const MAX_MISORDER = 100
const NONE = -1
/** Of the audio that our own end and mixes speak; what is continued by another codec keeps its own pace from there. */
const CONTINUED_CLOCK_RATE_HZ = 8_000

/** Where a stream is: SSRC and number of its last packet, and its timeline now. */
export interface StreamPosition {
  readonly ssrc: number
  readonly sequence: number
  readonly timestamp: number
  /** Of one that goes to another session: how far it is under its key. */
  readonly sealed?: SealedStream | undefined
}

/**
 * The RTP stream that one side gets. Digits of ours are put into it under its own SSRC, since phones hear one source; what they displace is left
 * out, and the sequence numbers behind are shifted, so that the receiver sees neither a gap nor a number twice (RFC 4733 2.5.1: events
 * share the sequence number space of the audio). As long as nothing was put in, numbers pass unchanged.
 *
 * When somebody else speaks, another phone after a transfer, or our own end, the stream is continued: SSRC, numbers and timeline go on, as some
 * phones discard whatever comes under another SSRC with older timestamps.
 */
export class OutgoingStream {
  /** Under which everything goes out; -1 before the first packet. */
  ssrc = NONE
  /** What packets are to be given besides their number once the stream was continued: SSRC, and this added to the timestamp. */
  isContinued = false
  timestampShift = 0
  /** The SSRC of the source that is passed. */
  #source = NONE
  #highestIn = 0
  #shift = 0
  /** Packets up to this one were numbered before the last change of the shift; what is late of them is dropped. */
  #floor = NONE
  #restartAt = NONE
  #timestamp = 0
  #timestampAtMs = 0
  /** Where it goes on is still to be told. */
  #isAwaited = false

  /**
   * The number under which a packet goes out; -1: not at all. Called for every packet, allocates nothing.
   * @param strict numbers must not repeat (SRTP): a stream that begins anew is continued instead
   */
  pass(ssrc: number, sequence: number, timestamp: number, nowMs: number, strict: boolean): number {
    if (ssrc !== this.#source && !this.#meet(ssrc, sequence, timestamp, nowMs)) return NONE
    const step = ((sequence - this.#highestIn) << 16) >> 16
    if (step > 0) this.#highestIn = sequence
    else if (step < -MAX_MISORDER && (strict || this.#shift !== 0)) {
      if (sequence !== this.#restartAt) {
        this.#restartAt = (sequence + 1) % SEQUENCE_MODULUS
        return NONE
      }
      this.#shift = (this.#highestIn + this.#shift + 1 - sequence) & 0xffff
      this.#highestIn = sequence
      this.#floor = (sequence - 1) & 0xffff
    } else if (this.#floor !== NONE && ((sequence - this.#floor) << 16) >> 16 <= 0) return NONE
    if (step >= 0) {
      this.#timestamp = (timestamp + this.timestampShift) >>> 0
      this.#timestampAtMs = nowMs
      // Once the stream is far beyond, the number could be met again after a wrap.
      if (this.#floor !== NONE && ((sequence - this.#floor) & 0xffff) > MAX_MISORDER) this.#floor = NONE
    }
    return (sequence + this.#shift) & 0xffff
  }

  /** A packet that is displaced by a digit: the next one takes its number. */
  omit(ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
    if (this.pass(ssrc, sequence, timestamp, nowMs, true) === NONE || sequence !== this.#highestIn) return
    this.#shift = (this.#shift - 1) & 0xffff
    this.#floor = sequence
  }

  /** The number for one more packet of ours behind everything sent so far. */
  insert(): number {
    this.#shift = (this.#shift + 1) & 0xffff
    this.#floor = this.#highestIn
    return (this.#highestIn + this.#shift) & 0xffff
  }

  /** Where the timeline of the stream is now. */
  timestampAt(nowMs: number, clockRateHz: number): number {
    return (this.#timestamp + Math.round(((nowMs - this.#timestampAtMs) * clockRateHz) / 1000)) >>> 0
  }

  /** Begins a stream of our own, when a digit is sent before anything was relayed. @param random 32 bits each call */
  beginOwn(random: () => number, nowMs: number): void {
    this.#begin(random() >>> 0, random() & 0xffff)
    this.#timestamp = random() >>> 0
    this.#timestampAtMs = nowMs
  }

  /**
   * Our own end goes on with the stream. @returns what it has to number its packets after; undefined when there was no stream before
   */
  continueOwn(nowMs: number, clockRateHz: number): StreamPosition | undefined {
    const position = this.position(nowMs, clockRateHz)
    if (position === undefined) return undefined
    this.isContinued = true
    this.#source = this.#isAwaited ? NONE : position.ssrc
    this.#highestIn = position.sequence
    this.#shift = 0
    this.timestampShift = 0
    this.#floor = position.sequence
    this.#restartAt = NONE
    return position
  }

  /** Whatever is passed next, under whichever SSRC, goes on with the stream. */
  continueNext(): void {
    if (this.ssrc === NONE) return
    this.isContinued = true
    this.#source = NONE
  }

  /** Where the stream is; undefined before its first packet. */
  position(nowMs: number, clockRateHz: number): StreamPosition | undefined {
    if (this.ssrc === NONE) return undefined
    return { ssrc: this.ssrc, sequence: (this.#highestIn + this.#shift) & 0xffff, timestamp: this.timestampAt(nowMs, clockRateHz) }
  }

  /** Its party comes from another session, which has been asked where the stream is: until that is known nothing goes out, under whichever SSRC. */
  awaitPosition(): void {
    this.#isAwaited = true
    this.#source = NONE
  }

  /** Goes on where the stream of another session was; undefined: it had none there. */
  continueFrom(position: StreamPosition | undefined, nowMs: number): void {
    this.#isAwaited = false
    if (position === undefined) return
    const { ssrc, sequence, timestamp } = position
    this.#begin(ssrc, sequence)
    this.#source = NONE
    this.#timestamp = timestamp
    this.#timestampAtMs = nowMs
    this.isContinued = true
  }

  /** @returns whether anything may go out */
  #meet(ssrc: number, sequence: number, timestamp: number, nowMs: number): boolean {
    if (this.#isAwaited) return false
    if (this.ssrc === NONE) {
      this.#begin(ssrc, sequence)
      return true
    }
    this.isContinued = true
    const last = (this.#highestIn + this.#shift) & 0xffff
    this.timestampShift = (this.timestampAt(nowMs, CONTINUED_CLOCK_RATE_HZ) - timestamp) | 0
    this.#source = ssrc
    this.#highestIn = (sequence - 1) & 0xffff
    this.#shift = (last - this.#highestIn) & 0xffff
    this.#floor = this.#highestIn
    this.#restartAt = NONE
    return true
  }

  #begin(ssrc: number, sequence: number): void {
    this.ssrc = ssrc
    this.#source = ssrc
    this.#highestIn = sequence
    this.#shift = 0
    this.#floor = NONE
    this.#restartAt = NONE
  }
}
