import { describe, expect, it } from 'vitest'
import { encodeG711Sample } from '../codecs/g711.ts'
import { hearsTone, toneShares } from '../tones/tone-detector.ts'
import { decodeWav } from './decode-wav.ts'
import { encodeWav, wavHeader, wavOf } from './encode-wav.ts'

interface Shape {
  readonly code?: number
  readonly channels?: number
  readonly rateHz?: number
  readonly bits?: number
}

/** One second of a file, each sample by its time and channel from -1 to 1. */
function wav(shape: Shape, wave: (seconds: number, channel: number) => number, seconds = 1): Buffer {
  const { code = 1, channels = 1, rateHz = 8_000, bits = 16 } = shape
  const count = Math.round(rateHz * seconds) * channels
  const data = Buffer.alloc((count * bits) / 8)
  for (let index = 0; index < count; index++) {
    const value = wave(Math.floor(index / channels) / rateHz, index % channels)
    if (code === 6 || code === 7) data[index] = encodeG711Sample(code === 6 ? 'PCMA' : 'PCMU', Math.round(value * 32_000))
    else if (bits === 8) data[index] = Math.round(value * 127) + 128
    else if (bits === 16) data.writeInt16LE(Math.round(value * 32_000), index * 2)
  }
  const header = Buffer.from(wavHeader(data.length))
  header.writeUInt16LE(code, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rateHz, 24)
  header.writeUInt16LE(bits, 34)
  return Buffer.concat([header, data])
}

function sine(frequencyHz: number, level = 0.5): (seconds: number) => number {
  return (seconds) => level * Math.sin(2 * Math.PI * frequencyHz * seconds)
}

function samplesOf(file: Uint8Array): Int16Array {
  const decoded = decodeWav(file)
  if (!decoded.ok) throw new Error(decoded.error.code)
  return decoded.value
}

function peakOf(samples: Int16Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
}

describe('a WAV file', () => {
  it('of our own is what was put into it, and is read by its header', () => {
    const samples = Int16Array.from({ length: 801 }, (_unused, index) => (index * 7_919) % 32_768)
    expect(samplesOf(encodeWav(samples))).toEqual(samples)
    const pcm = Buffer.from(encodeWav(samples)).subarray(44)
    expect(Buffer.from(wavOf([pcm.subarray(0, 600), pcm.subarray(600)]))).toEqual(Buffer.from(encodeWav(samples)))
    expect(Buffer.from(wavHeader(1_602)).toString('hex')).toBe('524946466606000057415645666d74201000000001000100401f0000803e0000020010006461746142060000')
  })

  it.each<[string, Shape]>([
    ['8 bits', { bits: 8 }],
    ['A-law', { code: 6, bits: 8 }],
    ['mu-law of two channels', { code: 7, bits: 8, channels: 2 }],
    ['11025 Hz', { rateHz: 11_025 }],
    ['16000 Hz', { rateHz: 16_000 }],
    ['22050 Hz, 8 bits, two channels', { rateHz: 22_050, bits: 8, channels: 2 }],
    ['44100 Hz, two channels', { rateHz: 44_100, channels: 2 }],
    ['48000 Hz', { rateHz: 48_000 }],
    ['a rate nobody uses', { rateHz: 9_001 }],
  ])('of %s has its tone, its level and its length', (_name, shape) => {
    const samples = samplesOf(wav(shape, sine(1_000)))
    expect(samples).toHaveLength(8_000)
    const middle = samples.subarray(800, 7_200)
    expect(hearsTone(middle, [1_000])).toBe(true)
    expect(toneShares(middle, [1_000])[0]).toBeGreaterThan(0.995)
    expect(Math.abs(peakOf(middle) / 16_000 - 1)).toBeLessThan(0.03)
  })

  it('keeps what a telephone carries, and what is above is not mirrored into it', () => {
    const level = (frequencyHz: number): number => 20 * Math.log10(peakOf(samplesOf(wav({ rateHz: 48_000 }, sine(frequencyHz))).subarray(800, 7_200)) / 16_000)
    for (const frequencyHz of [100, 1_000, 3_000, 3_300]) expect(Math.abs(level(frequencyHz))).toBeLessThan(0.2)
    for (const frequencyHz of [4_100, 5_000, 7_900, 12_000, 20_000]) expect(level(frequencyHz)).toBeLessThan(-60)
  })

  it('of two channels is their middle, and full scale does not wrap', () => {
    expect(peakOf(samplesOf(wav({ channels: 2 }, (seconds, channel) => sine(1_000)(seconds) * (channel === 0 ? 1 : -1))))).toBe(0)
    const square = samplesOf(wav({ rateHz: 16_000 }, (seconds) => (Math.floor(seconds * 200) % 2 === 0 ? 1 : -1)))
    expect(Math.min(...square.subarray(85, 115))).toBeGreaterThan(25_000)
  })

  it('takes the extensible format, further chunks, odd sizes and a file that was cut off', () => {
    const plain = wav({}, sine(1_000))
    const extensible = Buffer.alloc(40)
    plain.copy(extensible, 0, 20, 36)
    extensible.writeUInt16LE(0xfffe, 0)
    extensible.writeUInt16LE(1, 24)
    const chunk = (name: string, body: Buffer): Buffer => {
      const header = Buffer.alloc(8)
      header.write(name, 'latin1')
      header.writeUInt32LE(body.length, 4)
      return Buffer.concat([header, body, Buffer.alloc(body.length % 2)])
    }
    const file = Buffer.concat([plain.subarray(0, 12), chunk('LIST', Buffer.alloc(7)), chunk('fmt ', extensible), chunk('data', plain.subarray(44))])
    expect(samplesOf(file)).toEqual(samplesOf(plain))
    expect(samplesOf(plain.subarray(0, 44 + 8_001))).toHaveLength(4_000)
  })

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'NotWav'],
    ['text', Buffer.from('RIFF but no sound at all, only words'), 'NotWav'],
    ['a header without format', Buffer.from('RIFF\x04\x00\x00\x00WAVE', 'latin1'), 'NotWav'],
    ['no samples', wav({}, sine(1_000), 0), 'EmptyWav'],
    ['24 bits', wav({ bits: 24 }, () => 0), 'UnsupportedWav'],
    ['MP3', wav({ code: 0x55, bits: 16 }, () => 0), 'UnsupportedWav'],
    ['6 channels', wav({ channels: 6 }, () => 0), 'UnsupportedWav'],
    ['96 kHz', wav({ rateHz: 96_000 }, () => 0, 0.01), 'UnsupportedWav'],
    ['no rate', wav({ rateHz: 0 }, () => 0), 'UnsupportedWav'],
  ])('of %s is refused', (_name, file, code) => {
    expect(decodeWav(file)).toMatchObject({ ok: false, error: { code } })
  })
})
