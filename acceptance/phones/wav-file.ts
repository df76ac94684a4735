import { readFileSync, writeFileSync } from 'node:fs'

const HEADER_BYTES = 44
const SAMPLE_RATE_HZ = 8000

/** Writes 8000 Hz, mono, 16 bit: the only kind baresip takes as a microphone here. */
export function writeWav(path: string, samples: Int16Array): void {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24)
  header.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(data.length, 40)
  writeFileSync(path, Buffer.concat([header, data]))
}

/**
 * The samples of a 16-bit mono file at 8000 Hz, whatever chunks stand before them; of a faster one only those of that pace, which is
 * good enough for the tones of telephones. A file still being written has no length yet.
 */
export function readWav(path: string): Int16Array {
  const file = readFileSync(path)
  const start = file.indexOf('data', 12, 'latin1')
  if (start < 0) return new Int16Array()
  const stated = file.readUInt32LE(start + 4)
  const available = file.length - start - 8
  const bytes = Math.min(stated === 0 ? available : stated, available) & ~1
  const every = Math.max(1, Math.round(file.readUInt32LE(24) / SAMPLE_RATE_HZ))
  return Int16Array.from({ length: Math.floor(bytes / 2 / every) }, (_, index) => file.readInt16LE(start + 8 + index * every * 2))
}
