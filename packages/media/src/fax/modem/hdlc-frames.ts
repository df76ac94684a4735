import { LineBits } from './line-bits.ts'

/*
 * Frames as ITU-T T.30 section 5.3 has them (HDLC, ISO/IEC 13239): flags between them, a zero behind five ones, a checksum of 16 bits at the end.
 */

const FLAG = 0x7e
const ONES_BEFORE_ZERO = 5
const POLYNOMIAL = 0x10_21
const [CHECKSUM_BITS, CHECKSUM_START, CHECKSUM_MASK] = [16, 0xff_ff, 0xff_ff]
/** What the checksum comes to behind a frame with its own. */
const GOOD_REMAINDER = 0x1d_0f
const OCTET_BITS = 8
const HIGHEST = 0x80_00

/** What eight bits do to a checksum, by the octet they are added to. */
const STEPS = Uint16Array.from({ length: 256 }, (_unused, octet) => {
  let step = octet << OCTET_BITS
  for (let bit = 0; bit < OCTET_BITS; bit++) step = (step << 1) ^ ((step & HIGHEST) === 0 ? 0 : POLYNOMIAL)
  return step & CHECKSUM_MASK
})

function addToChecksum(checksum: number, octet: number): number {
  return ((checksum << OCTET_BITS) ^ (STEPS[((checksum >> OCTET_BITS) ^ octet) & 0xff] ?? 0)) & CHECKSUM_MASK
}

/** Frames as bits of the line. @param flags how many come before the first of them, and behind the last */
export function hdlcBits(frames: readonly Uint8Array[], flags: { readonly before: number; readonly after: number }): LineBits {
  const bits = new LineBits()
  for (let count = 0; count < flags.before; count++) bits.pushOctet(FLAG)
  for (const [index, frame] of frames.entries()) {
    if (index > 0) bits.pushOctet(FLAG)
    pushFrame(bits, frame)
  }
  for (let count = 0; count < flags.after; count++) bits.pushOctet(FLAG)
  return bits
}

function pushFrame(bits: LineBits, frame: Uint8Array): void {
  let [checksum, ones] = [CHECKSUM_START, 0]
  for (const octet of frame) {
    checksum = addToChecksum(checksum, octet)
    ones = bits.pushStuffed(octet, ones)
  }
  ones = bits.pushStuffed((checksum >> OCTET_BITS) ^ 0xff, ones)
  bits.pushStuffed((checksum & 0xff) ^ 0xff, ones)
}

/** Who hears frames. */
export interface FrameListener {
  /** Flags follow each other: somebody is about to send frames. Told once a signal. */
  flags(): void
  /** One whose checksum is right, without it. */
  frame(octets: Uint8Array): void
}

/** Flags in a row that are no chance. */
const FLAGS_HEARD = 4
/** Address, control, FCF, a number, 256 octets, a checksum. */
const MAX_FRAME_BITS = 266 * OCTET_BITS

/** Finds the frames in bits that come one by one. Whatever is damaged is passed over. */
export class FrameFinder {
  readonly #listener: FrameListener
  readonly #octets = new Uint8Array(MAX_FRAME_BITS / OCTET_BITS)
  #ones = 0
  #bits = 0
  #isInside = false
  #flags = 0
  #hasTold = false

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /** A new signal: nothing of the one before belongs to it. */
  reset(): void {
    this.#ones = 0
    this.#flags = 0
    this.#hasTold = false
    this.#isInside = false
  }

  push(bit: number): void {
    if (bit === 1) {
      this.#ones++
      // Seven ones are no frame: the line is idle, or disturbed.
      if (this.#ones > ONES_BEFORE_ZERO + 1) this.#isInside = false
      this.#take(1)
      return
    }
    const ones = this.#ones
    this.#ones = 0
    if (ones === ONES_BEFORE_ZERO) return
    if (ones === ONES_BEFORE_ZERO + 1) this.#flag()
    else this.#take(0)
  }

  #take(bit: number): void {
    if (!this.#isInside) return
    if (this.#bits >= MAX_FRAME_BITS) {
      this.#isInside = false
      return
    }
    const place = this.#bits >> 3
    if ((this.#bits & 7) === 0) this.#octets[place] = 0
    if (bit === 1) this.#octets[place] = (this.#octets[place] ?? 0) | (0x80 >> (this.#bits & 7))
    this.#bits++
  }

  #flag(): void {
    // Six ones of it and its first zero were taken as if they were the frame's.
    const bits = this.#bits - OCTET_BITS + 1
    const isEmpty = this.#isInside && bits <= 0
    this.#flags = isEmpty ? this.#flags + 1 : 1
    if (this.#flags >= FLAGS_HEARD && !this.#hasTold) {
      this.#hasTold = true
      this.#listener.flags()
    }
    if (this.#isInside && bits > CHECKSUM_BITS && bits % OCTET_BITS === 0) this.#end(bits / OCTET_BITS)
    this.#isInside = true
    this.#bits = 0
  }

  #end(length: number): void {
    let checksum = CHECKSUM_START
    for (let at = 0; at < length; at++) checksum = addToChecksum(checksum, this.#octets[at] ?? 0)
    if (checksum !== GOOD_REMAINDER) return
    this.#hasTold = true
    this.#listener.frame(this.#octets.slice(0, length - CHECKSUM_BITS / OCTET_BITS))
  }
}
