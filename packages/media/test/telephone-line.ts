import { decodeG711, encodeG711, type G711Encoding } from '../src/codecs/g711.ts'
import type { Carrier } from '../src/fax/modem/carrier.ts'
import { powerAt } from '../src/fax/modem/line-level.ts'

const FRAME_SAMPLES = 160
const SINC_REACH = 24

export interface LineFaults {
  /** Of what is sent, which our modems send at -12 dBm0. */
  readonly gainDb?: number
  readonly noiseDbm0?: number
  /** How much faster the other clock is. */
  readonly clockPpm?: number
  readonly law?: G711Encoding
  /** Taps of what the wires do to it, at 8000 Hz. */
  readonly wires?: readonly number[]
  /** Which frames of 20 ms never arrive. */
  readonly isLost?: (frame: number) => boolean
  readonly seed?: number
}

/** All a modem says, and silence behind it. */
export function soundOf(carrier: Carrier, { before = 400, after = 1_200 } = {}): Float64Array {
  const said = new Int16Array(carrier.samples)
  carrier.fill(said)
  const sound = new Float64Array(before + said.length + after)
  sound.set(said, before)
  return sound
}

/** What arrives of it at the other end of a telephone line, in frames of 20 ms; undefined is one that never came. */
export function throughLine(sound: Float64Array, faults: LineFaults = {}): (Int16Array | undefined)[] {
  const { gainDb = 0, noiseDbm0, clockPpm = 0, law = 'PCMU', wires, isLost = () => false, seed = 1 } = faults
  const random = noiseFrom(seed)
  const noise = noiseDbm0 === undefined ? 0 : Math.sqrt(powerAt(noiseDbm0))
  const wired = wires === undefined ? sound : filtered(sound, wires)
  const heard = clockPpm === 0 ? wired : resampled(wired, 1 + clockPpm / 1e6)
  const gain = 10 ** (gainDb / 20)
  const frames: (Int16Array | undefined)[] = []
  for (let from = 0; from + FRAME_SAMPLES <= heard.length; from += FRAME_SAMPLES) {
    const linear = Int16Array.from(heard.subarray(from, from + FRAME_SAMPLES), (sample) =>
      Math.max(-32_768, Math.min(32_767, Math.round(sample * gain + (noise === 0 ? 0 : random() * noise)))),
    )
    const codes = new Uint8Array(FRAME_SAMPLES)
    encodeG711(law, linear, codes)
    frames.push(isLost(frames.length) ? undefined : decodeG711(law, codes))
  }
  return frames
}

/** Numbers of a normal distribution, the same ones for a seed. */
export function noiseFrom(seed: number): () => number {
  const even = evenFrom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even())
}

export function evenFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c_1b_3c_6d) >>> 0
    return ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32
  }
}

function filtered(sound: Float64Array, taps: readonly number[]): Float64Array {
  return sound.map((_sample, index) => taps.reduce((sum, tap, back) => sum + tap * (sound[index - back] ?? 0), 0))
}

function resampled(sound: Float64Array, ratio: number): Float64Array {
  return Float64Array.from({ length: Math.floor(sound.length / ratio) }, (_unused, index) => {
    const place = index * ratio
    const whole = Math.floor(place)
    let sum = 0
    for (let near = whole - SINC_REACH; near <= whole + SINC_REACH; near++) {
      const away = place - near
      const window = Math.abs(away) > SINC_REACH ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * away) / SINC_REACH)
      sum += (sound[near] ?? 0) * window * (away === 0 ? 1 : Math.sin(Math.PI * away) / (Math.PI * away))
    }
    return sum
  })
}
