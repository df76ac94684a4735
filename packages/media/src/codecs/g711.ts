/*
 * G.711 companding (ITU-T G.711, tables 1 and 2), between 16-bit linear samples and 8-bit codes.
 *
 *   mu-law code: |S| E E E | M M M M |, all bits inverted; A-law code: the same fields, even bits inverted.
 */

export type G711Encoding = 'PCMU' | 'PCMA'

const MU_LAW_BIAS = 0x84
const MU_LAW_CLIP = 32_635
const A_LAW_INVERSION = 0x55

/** The code of silence: what to send when there is nothing to say. */
export const G711_SILENCE: Readonly<Record<G711Encoding, number>> = { PCMU: 0xff, PCMA: 0xd5 }

const MU_LAW_SAMPLES = Int16Array.from({ length: 256 }, (_unused, code) => expandMuLaw(code))
const A_LAW_SAMPLES = Int16Array.from({ length: 256 }, (_unused, code) => expandALaw(code))

/** The linear samples of all codes. */
export const G711_SAMPLES: Readonly<Record<G711Encoding, Int16Array>> = { PCMU: MU_LAW_SAMPLES, PCMA: A_LAW_SAMPLES }

/** The linear sample of a code. */
export function decodeG711Sample(encoding: G711Encoding, code: number): number {
  return (encoding === 'PCMU' ? MU_LAW_SAMPLES : A_LAW_SAMPLES)[code & 0xff] ?? 0
}

/** The code nearest to a 16-bit linear sample. */
export function encodeG711Sample(encoding: G711Encoding, sample: number): number {
  return encoding === 'PCMU' ? compressMuLaw(sample) : compressALaw(sample)
}

/** Decodes a payload to linear samples. */
export function decodeG711(encoding: G711Encoding, payload: Uint8Array): Int16Array {
  const table = encoding === 'PCMU' ? MU_LAW_SAMPLES : A_LAW_SAMPLES
  return Int16Array.from(payload, (code) => table[code] ?? 0)
}

/** Encodes samples into `target` from `offset` on; the target has to have room for them. */
export function encodeG711(encoding: G711Encoding, samples: Int16Array, target: Uint8Array, offset = 0): void {
  const compress = encoding === 'PCMU' ? compressMuLaw : compressALaw
  for (let index = 0; index < samples.length; index++) target[offset + index] = compress(samples[index] ?? 0)
}

function expandMuLaw(code: number): number {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + MU_LAW_BIAS) << ((bits & 0x70) >> 4)) - MU_LAW_BIAS
  return (bits & 0x80) === 0 ? magnitude : -magnitude
}

function expandALaw(code: number): number {
  const bits = code ^ A_LAW_INVERSION
  const exponent = (bits & 0x70) >> 4
  const mantissa = ((bits & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return (bits & 0x80) === 0 ? -magnitude : magnitude
}

function compressMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(MU_LAW_CLIP, Math.abs(sample)) + MU_LAW_BIAS
  const exponent = 24 - Math.clz32(magnitude)
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

function compressALaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80
  const magnitude = Math.min(32_767, sample < 0 ? -sample - 1 : sample)
  const exponent = Math.max(0, 24 - Math.clz32(magnitude))
  const mantissa = exponent === 0 ? magnitude >> 4 : (magnitude >> (exponent + 3)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ A_LAW_INVERSION
}
