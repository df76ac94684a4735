import { describe, expect, it } from 'vitest'
import { readWav } from './wav.ts'

function wav(o: { code?: number; channels?: number; sampleRate?: number; bits?: number; data?: Buffer; before?: Buffer } = {}): Buffer {
  const { code = 1, channels = 1, sampleRate = 8000, bits = 16, data = Buffer.alloc(8000), before = Buffer.alloc(0) } = o
  const format = Buffer.alloc(24)
  format.write('fmt ', 0, 'latin1')
  format.writeUInt32LE(16, 4)
  format.writeUInt16LE(code, 8)
  format.writeUInt16LE(channels, 10)
  format.writeUInt32LE(sampleRate, 12)
  format.writeUInt16LE(bits, 22)
  const head = Buffer.alloc(8)
  head.write('data', 0, 'latin1')
  head.writeUInt32LE(data.length, 4)
  const rest = Buffer.concat([before, format, head, data])
  const riff = Buffer.alloc(12)
  riff.write('RIFF', 0, 'latin1')
  riff.writeUInt32LE(rest.length + 4, 4)
  riff.write('WAVE', 8, 'latin1')
  return Buffer.concat([riff, rest])
}

const reason = (bytes: Buffer) => {
  const read = readWav(bytes)
  return read.ok ? read.value : read.error.details?.[0]?.reason
}

describe('a WAV file', () => {
  it('says how long it lasts, whatever stands before its sound', () => {
    expect(reason(wav())).toEqual({ durationSeconds: 0.5 })
    expect(reason(wav({ code: 7, bits: 8 }))).toEqual({ durationSeconds: 1 })
    const note = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.from('abc\0')])
    expect(reason(wav({ before: note, channels: 2 }))).toEqual({ durationSeconds: 0.25 })
  })

  it('is refused when the switch could not play it', () => {
    expect(reason(Buffer.from('ID3 an mp3'))).toBe('is not a WAV file')
    expect(reason(Buffer.alloc(0))).toBe('is not a WAV file')
    expect(reason(wav({ data: Buffer.alloc(0) }))).toBe('holds no sound')
    expect(reason(wav().subarray(0, 20))).toBe('does not say what it holds')
    expect(reason(wav({ code: 3, bits: 32 }))).toBe('has the format 3 with 32 bits')
    expect(reason(wav({ channels: 6 }))).toBe('has 6 channels of 8000 Hz')
    expect(reason(wav({ sampleRate: 0 }))).toBe('has 1 channels of 0 Hz')
  })
})
