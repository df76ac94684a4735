import { describe, expect, it } from 'vitest'
import { encodeG711Sample, type G711Encoding } from '../codecs/g711.ts'
import { KeyDetector } from './key-detector.ts'
import { keyFrequencies } from './key-tones.ts'
import { ToneGenerator } from './tone-generator.ts'

const ALL_KEYS = '123A456B789C*0#D'

/** So much of a tone, of silence, or of whatever the function says. */
function sound(durationMs: number, frequenciesHz: readonly number[], levelDbm0 = -9): Int16Array {
  const samples = new Int16Array(durationMs * 8)
  if (frequenciesHz.length > 0) new ToneGenerator({ frequenciesHz, levelDbm0 }).fill(samples)
  return samples
}

function keysIn(pieces: readonly Int16Array[], encoding: G711Encoding = 'PCMU', packet = 160): string {
  const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]).map((sample) => encodeG711Sample(encoding, sample)))
  const detector = new KeyDetector()
  let keys = ''
  for (let at = 0; at < bytes.length; at += packet) keys += detector.hear(encoding, bytes.subarray(at, at + packet), 0) ?? ''
  return keys
}

const press = (key: string, durationMs = 80, levelDbm0 = -9): Int16Array => sound(durationMs, keyFrequencies(key) ?? [], levelDbm0)
const quiet = (durationMs: number): Int16Array => sound(durationMs, [])

/** Deterministic noise, in 16-bit samples. */
function noise(durationMs: number, peak: number): Int16Array {
  let seed = 42
  return Int16Array.from({ length: durationMs * 8 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.round((seed / 0x7fffffff - 0.5) * 2 * peak)
  })
}

const mixed = (one: Int16Array, other: Int16Array): Int16Array => one.map((sample, index) => sample + (other[index] ?? 0))

describe('keys as tones in the voice (ITU-T Q.23, Q.24)', () => {
  it.each(['PCMU', 'PCMA'] as const)('each of the sixteen in %s, wherever a packet cuts it, once however long it is', (encoding) => {
    const pieces = ALL_KEYS.split('').flatMap((key) => [press(key), quiet(80)])
    expect(keysIn(pieces, encoding)).toBe(ALL_KEYS)
    expect(keysIn([quiet(7), ...pieces], encoding, 80)).toBe(ALL_KEYS)
    expect(keysIn([press('5', 2_000), quiet(60), press('5', 60)], encoding)).toBe('55')
  })

  it.each(Array.from({ length: 13 }, (_unused, shift) => shift))('of 40 ms with pauses of 40 ms, %i ms into a block; not those of 20 ms', (shift) => {
    expect(keysIn([quiet(shift), ...'1990#'.split('').flatMap((key) => [press(key, 40), quiet(40)])])).toBe('1990#')
    expect(keysIn([quiet(shift), press('7', 20), quiet(80)])).toBe('')
  })

  it('from -3 to -25 dBm, 6 dB apart, and in the noise of a line', () => {
    for (const level of [-3, -9, -16, -25]) expect(keysIn([press('8', 60, level), quiet(60)])).toBe('8')
    const [low = 0, high = 0] = keyFrequencies('4') ?? []
    expect(keysIn([mixed(sound(60, [low], -9), sound(60, [high], -15)), quiet(60)])).toBe('4')
    expect(keysIn([mixed(press('4', 80, -12), noise(80, 600)), noise(80, 600)])).toBe('4')
  })

  it('but neither ringing, busy, dial tone, a single frequency nor noise', () => {
    for (const tones of [[440, 480], [480, 620], [350, 440], [941], [1336], [1400], [697, 770], [1209, 1336], [697, 1209, 1000]])
      expect(keysIn([sound(1_000, tones), quiet(50)])).toBe('')
    expect(keysIn([noise(3_000, 12_000)])).toBe('')
  })

  it('nor a voice: vowels of many harmonics that glide', () => {
    const voice = new Int16Array(8 * 5_000)
    let phase = 0
    for (let index = 0; index < voice.length; index++) {
      phase += (2 * Math.PI * (110 + 60 * Math.sin(index / 9_000))) / 8_000
      let sum = 0
      for (let harmonic = 1; harmonic <= 18; harmonic++) sum += Math.sin(harmonic * phase) / harmonic ** (0.4 + 0.3 * Math.sin(index / 5_000))
      voice[index] = Math.round(sum * 3_000)
    }
    expect(keysIn([voice])).toBe('')
  })
})
