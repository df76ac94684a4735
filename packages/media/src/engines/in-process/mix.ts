import type { G711Encoding } from '../../codecs/g711.ts'
import { JitterBuffer } from '../../rtp/jitter-buffer.ts'
import type { AudioClip } from '../media-engine.ts'
import { ClipPlayer } from './clip-player.ts'

const LOUDEST = 32_767
/** What was made quieter comes back by half a decibel a frame. */
const RECOVERY = 1.06
/** More than that waits to be announced, and the rest is not. */
const MAX_ANNOUNCEMENTS = 8

/** The place of a party: who hears it, and whether it hears the others. */
export interface MixSeat {
  /** Unique in its mix. */
  readonly name: string
  readonly hears: boolean
  readonly heardBy: 'all' | 'nobody' | { readonly name: string }
}

const TALKER: MixSeat = { name: '', hears: true, heardBy: 'all' }

/**
 * Several parties who hear each other. Every 20 ms `tick` takes what each of them says; then each gets the sum of the others, never itself.
 *
 * The sum is plain: two or three people rarely speak at once, and each of them is heard as loud as in a call of two. Only when it would be louder
 * than a sample can be, the whole of what that party hears is made quieter, and comes back slowly: nothing is clipped.
 */
export class Mix {
  readonly #parties = new Set<MixParty>()
  readonly #sum: Int32Array
  readonly #announced: Int16Array
  readonly #announcements: { readonly player: ClipPlayer; readonly to: string | undefined }[] = []

  /** @param frameSamples samples at 8000 Hz of one tick */
  constructor(frameSamples: number) {
    this.#sum = new Int32Array(frameSamples)
    this.#announced = new Int16Array(frameSamples)
  }

  get isEmpty(): boolean {
    return this.#parties.size === 0
  }

  enter(seat: MixSeat = TALKER): MixParty {
    const party: MixParty = new MixParty(seat, this.#sum, () => void this.#parties.delete(party))
    this.#parties.add(party)
    return party
  }

  /** All hear it, or the one of that name, after what was announced before. */
  announce(clips: readonly AudioClip[], to?: string): void {
    if (this.#announcements.length >= MAX_ANNOUNCEMENTS) return
    const player = new ClipPlayer({ clips, onPlayed: () => void this.#announcements.splice(this.#announcements.indexOf(announcement), 1) })
    const announcement = { player, to }
    this.#announcements.push(announcement)
  }

  tick(): void {
    const sum = this.#sum
    sum.fill(0)
    for (const party of this.#parties) {
      if (!party.listen()) continue
      if (party.seat.heardBy === 'all') add(sum, party.said)
      else if (party.seat.heardBy !== 'nobody') this.#whisper(party.seat.heardBy.name, party.said)
    }
    const [announcement] = this.#announcements
    if (announcement === undefined) return
    announcement.player.fill(this.#announced)
    if (announcement.to === undefined) add(sum, this.#announced)
    else this.#whisper(announcement.to, this.#announced)
  }

  #whisper(to: string, said: Int16Array): void {
    for (const party of this.#parties) if (party.seat.name === to) party.whisper(said)
  }
}

function add(sum: Int32Array, samples: Int16Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (samples[index] ?? 0)
}

/** One of them. */
export class MixParty {
  readonly seat: MixSeat
  /** What it said in the present tick, if it said something. */
  readonly said: Int16Array
  readonly leave: () => void
  /** What of the sum is its own while it says nothing. */
  readonly #nothing: Int16Array
  readonly #jitter = new JitterBuffer()
  readonly #sum: Int32Array
  /** What of the sum is its own. */
  readonly #isInSum: boolean
  /** What is meant for its ears alone; made when somebody whispers first. */
  #whispered: Int32Array | undefined
  #isWhispered = false
  #speaks = false
  #gain = 1

  constructor(seat: MixSeat, sum: Int32Array, leave: () => void) {
    this.seat = seat
    this.said = new Int16Array(sum.length)
    this.#nothing = new Int16Array(sum.length)
    this.#sum = sum
    this.#isInSum = seat.heardBy === 'all'
    this.leave = leave
  }

  /** Audio of the party: the payload of a packet, from `from` on. */
  receive(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number): void {
    this.#jitter.receive(ssrc, timestamp, encoding, bytes, from)
  }

  /** Takes what it says in this tick. @returns false when it says nothing */
  listen(): boolean {
    this.#speaks = this.#jitter.read(this.said)
    return this.#speaks
  }

  /** Somebody says that to it alone, in this tick. */
  whisper(said: Int16Array): void {
    this.#whispered ??= new Int32Array(this.#sum.length)
    if (!this.#isWhispered) this.#whispered.fill(0)
    this.#isWhispered = true
    add(this.#whispered, said)
  }

  /** What the party is to hear in this tick. */
  fill(target: Int16Array): void {
    if (!this.seat.hears) {
      target.fill(0)
      return
    }
    const sum = this.#isWhispered ? this.#withWhispers() : this.#sum
    const own = this.#speaks && this.#isInSum ? this.said : this.#nothing
    if (this.#gain === 1) {
      // Most frames fit as they are.
      if (difference(target, sum, own) > LOUDEST) this.#soften(target, sum, own, peakOf(sum, own))
    } else {
      const loudest = scaledDifference(target, sum, own, this.#gain)
      const recovered = Math.min(1, this.#gain * RECOVERY)
      if (loudest * this.#gain >= LOUDEST + 1) this.#soften(target, sum, own, loudest)
      else if (loudest * recovered <= LOUDEST) this.#gain = recovered
    }
    this.#isWhispered = false
  }

  #soften(target: Int16Array, sum: Int32Array, own: Int16Array, loudest: number): void {
    this.#gain = (LOUDEST + ROUNDING) / loudest
    scaledDifference(target, sum, own, this.#gain)
  }

  #withWhispers(): Int32Array {
    const ear = this.#whispered ?? this.#sum
    for (let index = 0; index < ear.length; index++) ear[index] = (ear[index] ?? 0) + (this.#sum[index] ?? 0)
    return ear
  }
}

/** So that the loudest sample becomes just that when fractions are cut off. */
const ROUNDING = 0.5

/** @returns all bits of the magnitudes: above LOUDEST if, and only if, one of them is too large for a sample */
function difference(target: Int16Array, sum: Int32Array, own: Int16Array): number {
  let bits = 0
  for (let index = 0; index < target.length; index++) {
    const sample = (sum[index] ?? 0) - (own[index] ?? 0)
    bits |= sample ^ (sample >> 31)
    target[index] = sample
  }
  return bits
}

/** @returns the loudest sample before it was made quieter */
function scaledDifference(target: Int16Array, sum: Int32Array, own: Int16Array, gain: number): number {
  let peak = 0
  for (let index = 0; index < target.length; index++) {
    const sample = (sum[index] ?? 0) - (own[index] ?? 0)
    const magnitude = sample < 0 ? -sample : sample
    if (magnitude > peak) peak = magnitude
    target[index] = sample * gain
  }
  return peak
}

function peakOf(sum: Int32Array, own: Int16Array): number {
  let peak = 0
  for (let index = 0; index < sum.length; index++) {
    const sample = (sum[index] ?? 0) - (own[index] ?? 0)
    const magnitude = sample < 0 ? -sample : sample
    if (magnitude > peak) peak = magnitude
  }
  return peak
}
