const SAMPLE_RATE_HZ = 8000
/** A tenth of a second. */
const TENTH = SAMPLE_RATE_HZ / 10

/** A sine of 8000 samples a second, 16 bit. */
export function sineSamples(frequencyHz: number, sampleCount: number, firstSample = 0): Int16Array {
  return Int16Array.from({ length: sampleCount }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * frequencyHz * (firstSample + index)) / SAMPLE_RATE_HZ)),
  )
}

/** Which share of the sound's energy lies at the frequency, 0 to 1 (Goertzel). */
export function shareAt(samples: Int16Array, frequencyHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ)
  let [previous, beforePrevious, energy] = [0, 0, 0]
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious
    beforePrevious = previous
    previous = current
    energy += sample * sample
  }
  if (energy === 0) return 0
  const power = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious
  return (2 * power) / (samples.length * energy)
}

/** The candidate that clearly dominates the loudest half second; undefined for silence, noise or a mixture. */
export function dominantTone(samples: Int16Array, candidatesHz: readonly number[]): number | undefined {
  const part = loudestHalfSecond(samples)
  return candidatesHz.find((frequencyHz) => shareAt(part, frequencyHz) > 0.6)
}

/** Those of the candidates that are clearly there, however many sound together; a phone that stumbles now and then is heard nevertheless. */
export function tonesIn(samples: Int16Array, candidatesHz: readonly number[]): number[] {
  const parts = Array.from({ length: Math.floor(samples.length / TENTH) }, (_, index) => samples.subarray(index * TENTH, (index + 1) * TENTH))
  const energies = parts.map((part) => part.reduce((sum, sample) => sum + sample * sample, 0))
  const total = energies.reduce((sum, energy) => sum + energy, 0)
  const meanShareAt = (frequencyHz: number): number =>
    parts.reduce((sum, part, index) => sum + (shareAt(part, frequencyHz) * (energies[index] ?? 0)) / total, 0)
  return total === 0 ? [] : candidatesHz.filter((frequencyHz) => meanShareAt(frequencyHz) > 0.12)
}

/** Whether the tone sounded for a tenth of a second at some time, beside whatever else. */
export function soundedOnce(samples: Int16Array, frequencyHz: number): boolean {
  for (let start = 0; start + TENTH <= samples.length; start += TENTH / 2) {
    if (shareAt(samples.subarray(start, start + TENTH), frequencyHz) > 0.12) return true
  }
  return false
}

function loudestHalfSecond(samples: Int16Array): Int16Array {
  const length = SAMPLE_RATE_HZ / 2
  let [best, bestEnergy] = [samples.subarray(0, length), -1]
  for (let start = 0; start + length <= samples.length; start += length / 4) {
    const part = samples.subarray(start, start + length)
    const energy = part.reduce((sum, sample) => sum + sample * sample, 0)
    if (energy > bestEnergy) [best, bestEnergy] = [part, energy]
  }
  return best
}

/** G.711 µ-law, one byte a sample. */
export function encodeMuLaw(samples: Int16Array): Buffer {
  return Buffer.from(Array.from(samples, encodeSample))
}

export function decodeMuLaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, decodeSample)
}

const BIAS = 132
const CLIP = 32_635

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS
  const exponent = 31 - Math.clz32(magnitude >> 7)
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

function decodeSample(byte: number): number {
  const inverted = ~byte & 0xff
  const magnitude = (((inverted & 0x0f) << 3) + BIAS) << ((inverted >> 4) & 7)
  return inverted & 0x80 ? BIAS - magnitude : magnitude - BIAS
}
