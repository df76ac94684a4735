import { TONE_SAMPLE_RATE_HZ, ToneGenerator } from '../../tones/tone-generator.ts'
import type { AudioClip } from '../media-engine.ts'

const SAMPLES_PER_MS = TONE_SAMPLE_RATE_HZ / 1000

/** One clip, ready to be written. */
interface Track {
  readonly length: number
  /** Writes samples of the clip, from its sample `from` on, into all of `target`. */
  readonly write: (target: Int16Array, from: number) => void
}

/** Plays clips one after the other, sample by sample without a gap; behind the last one is silence, or the first again. */
export class ClipPlayer {
  readonly #tracks: readonly Track[]
  readonly #loops: boolean
  readonly #onPlayed: () => void
  #track = 0
  #position = 0
  #isOver = false

  /** @param order.onPlayed called once, with the last sample; never when it loops */
  constructor(order: { readonly clips: readonly AudioClip[]; readonly loop?: boolean | undefined; readonly onPlayed: () => void }) {
    // What has no length is left out: a loop of nothing would never come to an end.
    this.#tracks = order.clips.map(trackOf).filter(({ length }) => length > 0)
    this.#loops = order.loop === true
    this.#onPlayed = order.onPlayed
  }

  /** Writes the next samples into all of `target`. */
  fill(target: Int16Array): void {
    let filled = 0
    while (filled < target.length) {
      const track = this.#tracks[this.#track]
      if (track === undefined) break
      const many = Math.min(target.length - filled, track.length - this.#position)
      track.write(target.subarray(filled, filled + many), this.#position)
      filled += many
      this.#advance(many, track.length)
    }
    target.fill(0, filled)
    if (this.#track < this.#tracks.length || this.#isOver) return
    this.#isOver = true
    if (!this.#loops) this.#onPlayed()
  }

  #advance(samples: number, length: number): void {
    this.#position += samples
    if (this.#position < length) return
    this.#position = 0
    this.#track++
    if (this.#loops && this.#track === this.#tracks.length) this.#track = 0
  }
}

function trackOf(clip: AudioClip): Track {
  switch (clip.kind) {
    case 'samples':
      return storedTrack(new Int16Array(clip.samples, 0, clip.samples.byteLength >> 1))
    case 'tone':
      return toneTrack(clip.frequenciesHz, samplesOf(clip.durationMs))
    case 'silence':
      return { length: samplesOf(clip.durationMs), write: (target) => void target.fill(0) }
  }
}

function storedTrack(samples: Int16Array): Track {
  return { length: samples.length, write: (target, from) => target.set(samples.subarray(from, from + target.length)) }
}

function toneTrack(frequenciesHz: readonly number[], length: number): Track {
  let generator = new ToneGenerator({ frequenciesHz })
  const write = (target: Int16Array, from: number): void => {
    if (from === 0) generator = new ToneGenerator({ frequenciesHz })
    generator.fill(target)
  }
  return { length, write }
}

function samplesOf(durationMs: number): number {
  return durationMs > 0 ? Math.round(durationMs * SAMPLES_PER_MS) : 0
}
