import { err, ok, type Result } from '@dialtone/foundation'
import { decodeG711Sample } from '../codecs/g711.ts'
import { resampleToTelephone } from './resample.ts'

/** Why a file cannot be played; the code is stable. */
export interface WavFailure {
  readonly code: 'NotWav' | 'UnsupportedWav' | 'EmptyWav'
  readonly message: string
}

interface WavFormat {
  readonly code: number
  readonly channels: number
  readonly rateHz: number
  readonly bits: number
}

const PCM = 1
const A_LAW = 6
const MU_LAW = 7
/** The code stands behind, at the beginning of the GUID of the sub-format. */
const EXTENSIBLE = 0xfffe
const EXTENSIBLE_CODE_AT = 24
const RIFF_BYTES = 12
const CHUNK_HEADER_BYTES = 8
const FORMAT_BYTES = 16
const MAX_CHUNKS = 100
const MAX_CHANNELS = 2
const MIN_RATE_HZ = 8_000
const MAX_RATE_HZ = 48_000

/**
 * A WAV file as what our end plays: 16-bit PCM, mono, 8000 Hz. Takes linear PCM of 8 and 16 bits, A-law and mu-law (RFC 2361), one or two channels,
 * 8000 to 48000 Hz. A file that was cut off ends where it ends.
 */
export function decodeWav(bytes: Uint8Array): Result<Int16Array, WavFailure> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return err({ code: 'NotWav', message: 'no RIFF/WAVE' })
  const chunks = chunksOf(file)
  const format = formatOf(chunks.get('fmt '))
  if (format === undefined) return err({ code: 'NotWav', message: 'no "fmt " chunk' })
  if (!isSupported(format))
    return err({ code: 'UnsupportedWav', message: `format ${format.code}, ${format.bits} bits, ${format.channels} × ${format.rateHz} Hz` })
  const samples = monoOf(chunks.get('data') ?? Buffer.alloc(0), format)
  if (samples.length === 0) return err({ code: 'EmptyWav', message: 'no sound' })
  return ok(resampleToTelephone(samples, format.rateHz))
}

function chunksOf(file: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>()
  let at = RIFF_BYTES
  for (let count = 0; at + CHUNK_HEADER_BYTES <= file.length && count < MAX_CHUNKS; count++) {
    const start = at + CHUNK_HEADER_BYTES
    const size = file.readUInt32LE(at + 4)
    const name = file.toString('latin1', at, at + 4)
    if (!chunks.has(name)) chunks.set(name, file.subarray(start, start + size))
    // Chunks begin at even places.
    at = start + size + (size % 2)
  }
  return chunks
}

function formatOf(chunk: Buffer | undefined): WavFormat | undefined {
  if (chunk === undefined || chunk.length < FORMAT_BYTES) return undefined
  const stated = chunk.readUInt16LE(0)
  const code = stated === EXTENSIBLE && chunk.length >= EXTENSIBLE_CODE_AT + 2 ? chunk.readUInt16LE(EXTENSIBLE_CODE_AT) : stated
  return { code, channels: chunk.readUInt16LE(2), rateHz: chunk.readUInt32LE(4), bits: chunk.readUInt16LE(14) }
}

function isSupported({ code, channels, rateHz, bits }: WavFormat): boolean {
  const isKnown = code === PCM ? bits === 8 || bits === 16 : (code === A_LAW || code === MU_LAW) && bits === 8
  return isKnown && channels >= 1 && channels <= MAX_CHANNELS && rateHz >= MIN_RATE_HZ && rateHz <= MAX_RATE_HZ
}

/** The middle of the channels. */
function monoOf(data: Buffer, { code, channels, bits }: WavFormat): Float32Array {
  const width = bits / 8
  const sampleAt = readerOf(data, code, bits)
  const samples = new Float32Array(Math.floor(data.length / (width * channels)))
  for (let index = 0; index < samples.length; index++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += sampleAt((index * channels + channel) * width)
    samples[index] = sum / channels
  }
  return samples
}

function readerOf(data: Buffer, code: number, bits: number): (at: number) => number {
  if (code !== PCM) return (at) => decodeG711Sample(code === A_LAW ? 'PCMA' : 'PCMU', data[at] ?? 0)
  // 8 bits are unsigned, 16 are not.
  return bits === 8 ? (at) => ((data[at] ?? 0x80) - 0x80) * 256 : (at) => data.readInt16LE(at)
}
