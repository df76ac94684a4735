import type { ReportBlock } from './rtcp-packet.ts'

/** RFC 3550 A.1. */
const MAX_DROPOUT = 3_000
const MAX_MISORDER = 100
const SEQUENCE_MODULUS = 65_536
const NO_SEQUENCE = -1

/**
 * What can be learnt from the packets of one sender: loss (RFC 3550 A.1, A.3) and jitter (A.8). When the sender changes its
 * SSRC or restarts its numbers, counting starts again and the earlier loss is kept.
 * A.1's probation is left out: the source lock has already decided whose packets these are.
 */
export class ReceptionStatistics {
  packetsReceived = 0
  octetsReceived = 0
  #ssrc = NO_SEQUENCE
  #baseSequence = 0
  #highestSequence = 0
  #cycles = 0
  #badSequence = NO_SEQUENCE
  #receivedOfSource = 0
  #lostBefore = 0
  #transit: number | undefined
  #jitterSeconds = 0
  #jitterMeasured = false
  #expectedAtReport = 0
  #receivedAtReport = 0

  /** The SSRC heard last; -1 before the first packet. */
  get ssrc(): number {
    return this.#ssrc
  }

  /** Packets that never came; never negative, as duplicates would make it (RFC 3550 A.3). */
  get packetsLost(): number {
    return Math.max(0, this.#lostBefore + this.#expected() - this.#receivedOfSource)
  }

  /** The last estimate in milliseconds; undefined before two packets of a known clock. */
  get jitterMs(): number | undefined {
    return this.#jitterMeasured ? this.#jitterSeconds * 1000 : undefined
  }

  /**
   * Counts one packet. Allocates nothing.
   * @param clockRateHz of its payload type; 0 when unknown, or when its timestamp does not move with time (RFC 4733 events).
   */
  receive(ssrc: number, sequence: number, timestamp: number, octets: number, arrivalMs: number, clockRateHz: number): void {
    this.packetsReceived++
    this.octetsReceived += octets
    if (ssrc !== this.#ssrc) {
      this.#startSource(sequence)
      this.#ssrc = ssrc
    } else if (!this.#followSequence(sequence)) {
      return
    }
    this.#receivedOfSource++
    if (clockRateHz > 0) this.#measureJitter(arrivalMs / 1000 - timestamp / clockRateHz, clockRateHz)
  }

  /** The block of a receiver report, and the start of the next interval (RFC 3550 A.3). */
  takeReportBlock(clockRateHz: number): Pick<ReportBlock, 'ssrc' | 'fractionLost' | 'cumulativeLost' | 'highestSequenceNumber' | 'jitter'> {
    const expected = this.#expected()
    const expectedNow = expected - this.#expectedAtReport
    const lostNow = expectedNow - (this.#receivedOfSource - this.#receivedAtReport)
    this.#expectedAtReport = expected
    this.#receivedAtReport = this.#receivedOfSource
    return {
      ssrc: this.#ssrc >>> 0,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.floor((lostNow * 256) / expectedNow),
      cumulativeLost: expected - this.#receivedOfSource,
      highestSequenceNumber: this.#cycles + this.#highestSequence,
      jitter: this.#jitterSeconds * clockRateHz,
    }
  }

  #expected(): number {
    return this.#ssrc === NO_SEQUENCE ? 0 : this.#cycles + this.#highestSequence - this.#baseSequence + 1
  }

  #startSource(sequence: number): void {
    this.#lostBefore = this.packetsLost
    this.#baseSequence = sequence
    this.#highestSequence = sequence
    this.#cycles = 0
    this.#badSequence = NO_SEQUENCE
    this.#receivedOfSource = 0
    this.#expectedAtReport = 0
    this.#receivedAtReport = 0
    this.#transit = undefined
  }

  /** A.1 update_seq; false for a packet that belongs nowhere. */
  #followSequence(sequence: number): boolean {
    const step = (sequence - this.#highestSequence + SEQUENCE_MODULUS) % SEQUENCE_MODULUS
    if (step < MAX_DROPOUT) {
      if (sequence < this.#highestSequence) this.#cycles += SEQUENCE_MODULUS
      this.#highestSequence = sequence
      return true
    }
    if (step > SEQUENCE_MODULUS - MAX_MISORDER) return true
    if (sequence === this.#badSequence) {
      this.#startSource(sequence)
      return true
    }
    this.#badSequence = (sequence + 1) % SEQUENCE_MODULUS
    return false
  }

  #measureJitter(transitSeconds: number, clockRateHz: number): void {
    const wrapSeconds = 2 ** 32 / clockRateHz
    const last = this.#transit
    this.#transit = transitSeconds
    if (last === undefined) return
    let difference = Math.abs(transitSeconds - last)
    if (difference > wrapSeconds / 2) difference = Math.abs(difference - wrapSeconds)
    this.#jitterSeconds += (difference - this.#jitterSeconds) / 16
    this.#jitterMeasured = true
  }
}
