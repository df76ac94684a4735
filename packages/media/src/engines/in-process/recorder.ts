import type { G711Encoding } from '../../codecs/g711.ts'
import { TimelineBuffer } from '../../rtp/timeline-buffer.ts'
import { SpeechDetector } from '../../tones/speech-detector.ts'
import type { RecordingEnd, RecordingOrder } from '../media-engine.ts'

const SAMPLES_PER_MS = 8
const FRAME_SAMPLES = 160
/** One second. */
const CHUNK_SAMPLES = 8_000
/** How long is waited for late packets: nobody listens, so nobody minds. */
const HOLD_BACK_SAMPLES = 1_600
/** When the thread was held up, its packets still wait in the socket: the time is made up for slowly. */
const MOST_FRAMES_AT_ONCE = 2
/** As many packets of another codec, and none of G.711, and there is nothing to record. */
const HOPELESS_PACKETS = 50

export interface RecorderOptions {
  readonly order: RecordingOrder
  readonly startMs: number
  /** Little-endian 16-bit PCM. */
  readonly onChunk: (pcm: Uint8Array) => void
  readonly onEnd: (reason: RecordingEnd, durationMs: number) => void
}

/** What a side says, in its order and its time, a second at a time. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #timeline = new TimelineBuffer()
  readonly #speech = new SpeechDetector()
  readonly #frame = new Int16Array(FRAME_SAMPLES)
  readonly #maxSamples: number
  #chunk = new Int16Array(CHUNK_SAMPLES)
  #chunkSamples = 0
  #hopeless = 0
  #isOver = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#maxSamples = Math.max(0, Math.floor(options.order.maxDurationMs * SAMPLES_PER_MS)) || 0
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Audio of the side: the payload of a packet, from `from` on. */
  receive(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number, nowMs: number): void {
    this.#hopeless = -Infinity
    this.#timeline.receive(ssrc, timestamp, encoding, bytes, from, this.#elapsed(nowMs))
  }

  /** A packet of a codec that is not spoken here. */
  pass(): void {
    this.#hopeless++
  }

  /** Called every 20 ms. */
  tick(nowMs: number): void {
    const elapsed = this.#elapsed(nowMs)
    if (elapsed >= this.#maxSamples) return this.end('maxDuration', nowMs)
    if (this.#hopeless >= HOPELESS_PACKETS) return this.end('failed', nowMs)
    for (let frames = 0; frames < MOST_FRAMES_AT_ONCE && this.#timeline.position + FRAME_SAMPLES <= elapsed - HOLD_BACK_SAMPLES; frames++) {
      this.#take(FRAME_SAMPLES)
      this.#speech.hear(this.#frame)
      // What was held back behind the silence is no part of it.
      if (this.#speech.silentMs >= (this.#options.order.silenceMs ?? Infinity)) return this.#finish('silence')
    }
    return undefined
  }

  /** Ends now, with all that was heard. */
  end(reason: RecordingEnd, nowMs: number): void {
    if (this.#isOver) return
    const last = Math.min(this.#maxSamples, this.#elapsed(nowMs))
    while (this.#timeline.position < last) this.#take(Math.min(FRAME_SAMPLES, last - this.#timeline.position))
    this.#finish(reason)
  }

  #elapsed(nowMs: number): number {
    return Math.floor((nowMs - this.#options.startMs) * SAMPLES_PER_MS)
  }

  #take(samples: number): void {
    const frame = this.#frame.subarray(0, samples)
    this.#timeline.read(frame)
    const many = Math.min(samples, CHUNK_SAMPLES - this.#chunkSamples)
    this.#chunk.set(frame.subarray(0, many), this.#chunkSamples)
    this.#chunkSamples += many
    if (this.#chunkSamples < CHUNK_SAMPLES) return
    this.#flush()
    this.#chunk.set(frame.subarray(many))
    this.#chunkSamples = samples - many
  }

  #flush(): void {
    if (this.#chunkSamples === 0) return
    this.#options.onChunk(new Uint8Array(this.#chunk.buffer, 0, this.#chunkSamples * Int16Array.BYTES_PER_ELEMENT))
    this.#chunk = new Int16Array(CHUNK_SAMPLES)
    this.#chunkSamples = 0
  }

  #finish(reason: RecordingEnd): void {
    this.#flush()
    this.#isOver = true
    this.#options.onEnd(reason, this.#timeline.position / SAMPLES_PER_MS)
  }
}
