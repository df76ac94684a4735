import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export interface WavFile {
  readonly durationSeconds: number
}

const PCM = 1
const A_LAW = 6
const MU_LAW = 7
const CHUNK_HEADER_BYTES = 8
const FORMAT_BYTES = 16
const MAX_CHUNKS = 100

/** Reads what a WAV file says of itself (RFC 2361): what the switch can play later is 8- or 16-bit linear PCM or G.711, one or two channels. */
export function readWav(bytes: Buffer): Result<WavFile, ApiFailure> {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') return err(refused('is not a WAV file', 'RIFF/WAVE'))
  const chunks = chunksOf(bytes)
  const format = chunks.get('fmt ')
  const data = chunks.get('data')
  if (format === undefined || format.length < FORMAT_BYTES) return err(refused('does not say what it holds', 'a WAV file with a "fmt " chunk'))
  if (data === undefined || data.length === 0) return err(refused('holds no sound', 'a WAV file with a "data" chunk'))
  const code = format.readUInt16LE(0)
  const channels = format.readUInt16LE(2)
  const sampleRate = format.readUInt32LE(4)
  const bits = format.readUInt16LE(14)
  if (!((code === PCM && (bits === 8 || bits === 16)) || ((code === A_LAW || code === MU_LAW) && bits === 8)))
    return err(refused(`has the format ${code} with ${bits} bits`, 'linear PCM of 8 or 16 bits, A-law or mu-law'))
  if (channels < 1 || channels > 2 || sampleRate < 8000 || sampleRate > 48_000)
    return err(refused(`has ${channels} channels of ${sampleRate} Hz`, 'one or two channels, 8000 to 48000 Hz'))
  return ok({ durationSeconds: Math.round((data.length / ((channels * sampleRate * bits) / 8)) * 1000) / 1000 })
}

function chunksOf(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>()
  let at = 12
  while (at + CHUNK_HEADER_BYTES <= bytes.length && chunks.size < MAX_CHUNKS) {
    const start = at + CHUNK_HEADER_BYTES
    const size = bytes.readUInt32LE(at + 4)
    const name = bytes.toString('latin1', at, at + 4)
    // A recorder that was cut off leaves a size that is too large: what is there counts.
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(start, start + size))
    // Chunks begin at even places.
    at = start + size + (size % 2)
  }
  return chunks
}

function refused(reason: string, rule: string): ApiFailure {
  return invalidField('file', reason, rule, 'InvalidFile')
}
