import { err, ok, type Result, type Timer } from '@dialtone/foundation'
import type { AudioClip, MediaEvent, MediaFailure, MediaSide, MediaSource, RecordingEnd, RecordingOrder } from '@dialtone/media'
import type { SeededNumbers } from './seeded-numbers.ts'
import type { VirtualTime } from './virtual-time.ts'

const SAMPLES_PER_MS = 8
const BYTES_PER_SAMPLE = 2

interface Recording {
  readonly order: RecordingOrder
  readonly sink: (pcm: Uint8Array) => void
  readonly startMs: number
  readonly timer: Timer
}

/** The end of a media session that is the platform's: says when what it plays was heard, and when a recording is over. */
export class OwnEnd {
  readonly #time: VirtualTime
  readonly #numbers: SeededNumbers
  readonly #playing = new Map<MediaSide, Timer>()
  readonly #recordings = new Map<MediaSide, Recording>()
  readonly #mixed = new Set<MediaSide>()
  #handler: (event: MediaEvent) => void = () => undefined
  #isOpen = true

  constructor(time: VirtualTime, numbers: SeededNumbers) {
    this.#time = time
    this.#numbers = numbers
  }

  onEvent(handler: (event: MediaEvent) => void): void {
    this.#handler = handler
  }

  play(side: MediaSide, source: MediaSource): void {
    this.#silence(side)
    this.#mixed.delete(side)
    if (!this.#isOpen || source.kind !== 'clips' || source.loop === true) return
    const { playId, clips } = source
    const durationMs = clips.reduce((sum, clip) => sum + durationOf(clip), 0)
    const heard = (): void => {
      this.#playing.delete(side)
      this.#handler({ type: 'played', side, playId })
    }
    this.#playing.set(side, this.#time.start(durationMs, heard))
  }

  record(side: MediaSide, order: RecordingOrder, sink: (pcm: Uint8Array) => void): void {
    this.stopRecording(side, 'stopped')
    if (!this.#isOpen) return
    // Some say nothing, some talk until they are stopped.
    const isSilent = order.silenceMs !== undefined && this.#numbers.chance(0.4)
    const [lastsMs, reason] = isSilent ? ([order.silenceMs + this.#numbers.below(5_000), 'silence'] as const) : ([order.maxDurationMs, 'maxDuration'] as const)
    const timer = this.#time.start(Math.min(lastsMs, order.maxDurationMs), () => this.stopRecording(side, reason))
    this.#recordings.set(side, { order, sink, startMs: this.#time.nowMs(), timer })
  }

  stopRecording(side: MediaSide, reason: RecordingEnd): void {
    const recording = this.#recordings.get(side)
    if (recording === undefined) return
    this.#recordings.delete(side)
    recording.timer.cancel()
    const durationMs = this.#time.nowMs() - recording.startMs
    recording.sink(new Uint8Array(BYTES_PER_SAMPLE * SAMPLES_PER_MS * Math.min(durationMs, 1_000)))
    const { recordingId } = recording.order
    this.#time.start(1, () => this.#handler({ type: 'recorded', side, recordingId, durationMs, reason }))
  }

  joinMix(side: MediaSide): Result<void, MediaFailure> {
    if (this.#numbers.chance(0.05)) return err({ code: 'NoCommonCodec', message: 'as drawn' })
    this.#silence(side)
    this.#mixed.add(side)
    return ok(undefined)
  }

  isInMix(side: MediaSide): boolean {
    return this.#mixed.has(side)
  }

  leaveMix(side: MediaSide): void {
    this.#mixed.delete(side)
  }

  close(): void {
    for (const side of ['a', 'b'] as const) {
      this.#silence(side)
      this.stopRecording(side, 'closed')
    }
    this.#isOpen = false
  }

  #silence(side: MediaSide): void {
    this.#playing.get(side)?.cancel()
    this.#playing.delete(side)
  }
}

function durationOf(clip: AudioClip): number {
  return clip.kind === 'samples' ? clip.samples.byteLength / BYTES_PER_SAMPLE / SAMPLES_PER_MS : clip.durationMs
}
