const HEADER_BYTES = 44
const FORMAT_BYTES = 16
const PCM = 1
const RATE_HZ = 8_000
const SAMPLE_BYTES = 2

/**
 * The beginning of a WAV file of 16-bit PCM at 8000 Hz: 44 bytes, before `pcmBytes` of samples. Who does not know yet how many there will be
 * writes it once more over itself at the end.
 * @param channels 2: samples of left and right take turns
 */
export function wavHeader(pcmBytes: number, channels: 1 | 2 = 1): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(HEADER_BYTES - 8 + pcmBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(FORMAT_BYTES, 16)
  header.writeUInt16LE(PCM, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(RATE_HZ, 24)
  header.writeUInt32LE(RATE_HZ * SAMPLE_BYTES * channels, 28)
  header.writeUInt16LE(SAMPLE_BYTES * channels, 32)
  header.writeUInt16LE(SAMPLE_BYTES * 8, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(pcmBytes, 40)
  return header
}

/** A WAV file of the chunks of a recording: little-endian 16-bit PCM, mono, 8000 Hz. */
export function wavOf(chunks: readonly Uint8Array[]): Uint8Array {
  const pcmBytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return Buffer.concat([wavHeader(pcmBytes), ...chunks])
}

/** A WAV file of samples at 8000 Hz. */
export function encodeWav(samples: Int16Array): Uint8Array {
  const pcm = Buffer.alloc(samples.length * SAMPLE_BYTES)
  for (const [index, sample] of samples.entries()) pcm.writeInt16LE(sample, index * SAMPLE_BYTES)
  return wavOf([pcm])
}
