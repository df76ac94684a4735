import { describe, expect, it } from 'vitest'
import { encodeG711 } from '../../codecs/g711.ts'
import { hearsTone, isSilence } from '../../tones/tone-detector.ts'
import { ToneGenerator } from '../../tones/tone-generator.ts'
import type { RecordingOrder } from '../media-engine.ts'
import { Recorder } from './recorder.ts'

const START_MS = 5_000

/** A recorder under a clock of its own, and a phone that sends a tone a packet at a time. */
class Deck {
  readonly ends: string[] = []
  readonly chunks: Uint8Array[] = []
  readonly recorder: Recorder
  nowMs = START_MS
  readonly #tone = new ToneGenerator({ frequenciesHz: [440] })
  #timestamp = 40_000

  constructor(order: Partial<RecordingOrder> = {}) {
    this.recorder = new Recorder({
      order: { recordingId: 'tape', maxDurationMs: 60_000, ...order },
      startMs: START_MS,
      onChunk: (pcm) => this.chunks.push(pcm),
      onEnd: (reason, durationMs) => this.ends.push(`${reason} ${durationMs}`),
    })
  }

  get samples(): Int16Array {
    const bytes = Buffer.concat(this.chunks)
    return Int16Array.from({ length: bytes.length / 2 }, (_unused, index) => bytes.readInt16LE(index * 2))
  }

  /** The next packet of the phone, to be given to the recorder now or later. */
  packet(): () => void {
    const [samples, bytes] = [new Int16Array(160), new Uint8Array(160)]
    this.#tone.fill(samples)
    encodeG711('PCMU', samples, bytes)
    const timestamp = (this.#timestamp += 160)
    return () => this.recorder.receive(7, timestamp, 'PCMU', bytes, 0, this.nowMs)
  }

  /** Time passes a frame at a time; `each` is told the number of the frame. */
  pass(durationMs: number, each: (frame: number) => void = () => undefined): void {
    for (let frame = 0; frame < durationMs / 20 && this.ends.length === 0; frame++) {
      this.nowMs += 20
      each(frame)
      if (!this.recorder.isOver) this.recorder.tick(this.nowMs)
    }
  }
}

describe('Recorder', () => {
  it('stopped, has lasted as long as it took, with all that came', () => {
    const deck = new Deck()
    deck.pass(2_340, () => deck.packet()())
    deck.recorder.end('stopped', deck.nowMs + 7)
    deck.recorder.end('closed', deck.nowMs + 900)
    expect(deck.ends).toEqual(['stopped 2347'])
    expect(deck.chunks.map(({ length }) => length)).toEqual([16_000, 16_000, 347 * 16])
    for (let from = 0; from < 2_340 * 8; from += 160) expect(hearsTone(deck.samples.subarray(from, from + 160), [440])).toBe(true)
  })

  it('keeps what comes out of order and up to 200 ms late, and has silence where a packet was lost', () => {
    const deck = new Deck()
    let late: (() => void)[] = []
    deck.pass(1_000, (frame) => {
      const packet = deck.packet()
      if (frame === 20) return
      if (frame >= 30 && frame < 38) late.unshift(packet)
      else packet()
      if (frame !== 38) return
      for (const deliver of late) deliver()
      late = []
    })
    deck.recorder.end('stopped', deck.nowMs)
    const silent = Array.from({ length: 50 }, (_unused, frame) => frame).filter((frame) => isSilence(deck.samples.subarray(frame * 160, frame * 160 + 160)))
    expect(silent).toEqual([20])
  })

  it('loses nothing when its thread was held up for half a second and the packets waited in the socket', () => {
    const deck = new Deck()
    deck.pass(500, () => deck.packet()())
    const waiting = Array.from({ length: 25 }, () => deck.packet())
    deck.nowMs += 500
    deck.recorder.tick(deck.nowMs)
    for (const deliver of waiting) deliver()
    deck.pass(1_000, () => deck.packet()())
    deck.recorder.end('stopped', deck.nowMs)
    expect(deck.ends).toEqual(['stopped 2000'])
    for (let from = 0; from < 16_000; from += 160) expect(hearsTone(deck.samples.subarray(from, from + 160), [440])).toBe(true)
  })

  it('ends at its longest duration to the sample, and after silence behind speech', () => {
    const short = new Deck({ maxDurationMs: 333 })
    short.pass(1_000, () => short.packet()())
    expect([short.ends, short.samples.length]).toEqual([['maxDuration 333'], 333 * 8])
    const spoken = new Deck({ silenceMs: 400 })
    spoken.pass(3_000, (frame) => (frame < 50 ? spoken.packet()() : undefined))
    expect(spoken.ends).toEqual(['silence 1400'])
    const silent = new Deck({ silenceMs: 400 })
    silent.pass(3_000)
    expect(silent.ends).toEqual(['silence 400'])
  })

  it.each([Number.NaN, -1, 0])('of a longest duration of %d is over at once', (maxDurationMs) => {
    const deck = new Deck({ maxDurationMs })
    deck.pass(100)
    expect(deck.ends).toEqual(['maxDuration 0'])
  })

  it('fails when only another codec comes, and not when one packet of ours was among it', () => {
    const [hopeless, mixed] = [new Deck(), new Deck()]
    hopeless.pass(2_000, () => hopeless.recorder.pass())
    expect(hopeless.ends).toEqual(['failed 1000'])
    mixed.packet()()
    mixed.pass(2_000, () => mixed.recorder.pass())
    expect(mixed.ends).toEqual([])
  })
})
