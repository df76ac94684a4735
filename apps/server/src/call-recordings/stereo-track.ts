import type { MediaSide } from '@dialtone/media'

const SAMPLE_BYTES = 2
/** A side that lags so far behind the other one has ended: what it does not say any more is silence. */
const MAX_LEAD_BYTES = 3 * 8_000 * SAMPLE_BYTES

/** Two tracks of 16-bit samples that began together, as one of two channels: `a` left, `b` right. */
export class StereoTrack {
  readonly #waiting: Record<MediaSide, Buffer> = { a: Buffer.alloc(0), b: Buffer.alloc(0) }

  /** @returns what both have said by now */
  take(side: MediaSide, pcm: Uint8Array): Uint8Array {
    this.#waiting[side] = Buffer.concat([this.#waiting[side], pcm])
    const { a, b } = this.#waiting
    return this.#weave(Math.max(Math.min(a.length, b.length), Math.max(a.length, b.length) - MAX_LEAD_BYTES))
  }

  /** What one of them said after the other had ended. */
  rest(): Uint8Array {
    return this.#weave(Math.max(this.#waiting.a.length, this.#waiting.b.length))
  }

  #weave(bytes: number): Uint8Array {
    const { a, b } = this.#waiting
    const samples = Math.floor(bytes / SAMPLE_BYTES)
    const woven = Buffer.alloc(samples * SAMPLE_BYTES * 2)
    for (let index = 0; index < samples; index++) {
      const from = index * SAMPLE_BYTES
      if (from + 1 < a.length) woven.writeInt16LE(a.readInt16LE(from), from * 2)
      if (from + 1 < b.length) woven.writeInt16LE(b.readInt16LE(from), from * 2 + SAMPLE_BYTES)
    }
    const used = samples * SAMPLE_BYTES
    this.#waiting.a = a.subarray(Math.min(used, a.length))
    this.#waiting.b = b.subarray(Math.min(used, b.length))
    return woven
  }
}
