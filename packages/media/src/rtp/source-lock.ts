import { canonicalAddress } from '@dialtone/foundation'
import type { MediaAddress } from '../sdp/remote-stream.ts'
import type { SeenAddress } from './seen-address.ts'

/** A silent source may be replaced by its own continuation from another address after this long. */
const SILENCE_BEFORE_MOVE_MS = 2_000
/** What was arranged about where the packets of a side come from. */
export interface SourceRule {
  /** undefined: anywhere. */
  readonly addresses: readonly string[] | undefined
  /** Only from the address of its description; ours go where that says. */
  readonly isStrict: boolean
}

/** The largest jump forward in sequence numbers that still counts as a continuation (MAX_DROPOUT of RFC 3550 A.1). */
const MAX_SEQUENCE_JUMP = 3_000

/**
 * Decides whose packets are a side's. The address in its description always counts. A phone behind NAT sends from another
 * one: the first valid source after the answer is then taken, and kept (symmetric RTP, RFC 4961). A stranger who was faster loses it
 * to the address the side signals from, where its media comes from too behind all but the rarest NATs; nobody takes it from there.
 * A later change of address needs a new description, or two seconds of silence and the same stream going on.
 */
export class SourceLock {
  /** Where packets come from, and so where to send; '' while unknown. */
  address = ''
  port = 0
  #ssrc = 0
  #sequence = 0
  #lastHeardMs = 0
  #open = false
  #renegotiated = false
  #expected: MediaAddress | undefined
  #barred: MediaAddress | undefined
  #rule: SourceRule | undefined
  #signalledFrom: string | undefined
  readonly #seenAs: SeenAddress

  /** @param seenAs how addresses look in the packets it is asked about */
  constructor(seenAs: SeenAddress = canonicalAddress) {
    this.#seenAs = seenAs
  }

  /**
   * A description was agreed that puts this side there; undefined when it names no address (hold, host name).
   * @param signalledFrom the address its SIP comes from; undefined: not known
   */
  expect(described: MediaAddress | undefined, rule?: SourceRule, signalledFrom?: string): void {
    const address = described === undefined ? undefined : this.#seenAs(described.address)
    const expected = described === undefined || address === undefined ? undefined : { address, port: described.port }
    this.#rule = rule?.addresses === undefined ? rule : { ...rule, addresses: rule.addresses.flatMap((one) => this.#seenAs(one) ?? []) }
    this.#signalledFrom = signalledFrom === undefined ? undefined : this.#seenAs(signalledFrom)
    if (rule !== undefined && (rule.isStrict || !this.allows(this.address))) this.port = 0
    const moved = expected !== undefined && (this.#expected === undefined || !isSame(expected, this.#expected.address, this.#expected.port))
    this.#renegotiated = this.#open
    this.#open = true
    if (!moved) return
    this.#expected = expected
    // Packets of the old address are still on their way: for a while they must not take the lock again.
    this.#barred = this.port === 0 || isSame(expected, this.address, this.port) ? undefined : { address: this.address, port: this.port }
    if (this.#barred !== undefined) this.port = 0
  }

  /** Whether the packet is this side's; the first one locks. Allocates nothing. */
  accept(address: string, port: number, ssrc: number, sequence: number, nowMs: number): boolean {
    if (port === this.port && address === this.address) {
      this.#heard(ssrc, sequence, nowMs)
      return true
    }
    if (!this.#open || !this.allows(address)) return false
    // Nothing is locked: what goes to the side goes where its description says.
    if (this.#rule?.isStrict === true) return address === this.#expected?.address
    if (!this.#mayMove(address, port, ssrc, sequence, nowMs)) return false
    this.address = address
    this.port = port
    this.#heard(ssrc, sequence, nowMs)
    return true
  }

  /** Whether anything of the side may come from there. */
  allows(address: string): boolean {
    return this.#rule?.addresses === undefined || this.#rule.addresses.includes(address)
  }

  #heard(ssrc: number, sequence: number, nowMs: number): void {
    this.#ssrc = ssrc
    this.#sequence = sequence
    this.#lastHeardMs = nowMs
    this.#renegotiated = false
  }

  #mayMove(address: string, port: number, ssrc: number, sequence: number, nowMs: number): boolean {
    if (isSame(this.#expected, address, port)) return true
    const silent = nowMs - this.#lastHeardMs >= SILENCE_BEFORE_MOVE_MS
    if (isSame(this.#barred, address, port)) return silent
    if (this.port === 0) return true
    const isVouched = this.#isVouched(this.address, this.port)
    if (!isVouched && address === this.#signalledFrom) return true
    if (!silent) return false
    const continued = ssrc === this.#ssrc && ((sequence - this.#sequence) & 0xffff) <= MAX_SEQUENCE_JUMP
    // Who is on hold may be silent for long: that is no chance for strangers.
    return continued || (this.#renegotiated && (!isVouched || address === this.#signalledFrom || this.#signalledFrom === undefined))
  }

  /** Whether the side itself says that it is there. */
  #isVouched(address: string, port: number): boolean {
    return address === this.#signalledFrom || isSame(this.#expected, address, port)
  }
}

function isSame(expected: MediaAddress | undefined, address: string, port: number): boolean {
  return expected !== undefined && expected.port === port && expected.address === address
}
