const TELEPHONE_RATE_HZ = 8_000
/** Half of the filter, in samples of the result: with the window below the band from 3.4 to 4 kHz is its slope. */
const HALF_WIDTH = 32
const CUTOFF_HZ = 3_700
/** 80 dB between what passes and what does not. */
const KAISER_BETA = 7.86

/** The same sound at 8000 Hz, free of what would be mirrored from above 4 kHz: a windowed sinc, one set of weights a phase. */
export function resampleToTelephone(samples: Float32Array, rateHz: number): Int16Array {
  if (rateHz === TELEPHONE_RATE_HZ) return Int16Array.from(samples, toSample)
  const phases = TELEPHONE_RATE_HZ / greatestCommonDivisor(rateHz, TELEPHONE_RATE_HZ)
  const reach = Math.ceil((HALF_WIDTH * rateHz) / TELEPHONE_RATE_HZ)
  const weights = Array.from({ length: Math.min(phases, samples.length) }, (_unused, phase) => weightsOf((phase * rateHz) / TELEPHONE_RATE_HZ, rateHz, reach))
  const result = new Int16Array(Math.round((samples.length * TELEPHONE_RATE_HZ) / rateHz))
  for (let index = 0; index < result.length; index++) {
    const row = weights[index % phases]
    if (row !== undefined) result[index] = toSample(weighted(samples, Math.floor((index * rateHz) / TELEPHONE_RATE_HZ) - reach, row))
  }
  return result
}

/** The weights of the samples around a place between two of them. */
function weightsOf(place: number, rateHz: number, reach: number): Float32Array {
  const fraction = place - Math.floor(place)
  const row = Float32Array.from({ length: 2 * reach + 1 }, (_unused, index) => {
    const distance = index - reach - fraction
    return sinc((2 * CUTOFF_HZ * distance) / rateHz) * kaiser(distance / reach)
  })
  const sum = row.reduce((total, weight) => total + weight, 0)
  return row.map((weight) => weight / sum)
}

function weighted(samples: Float32Array, start: number, row: Float32Array): number {
  const [from, to] = [Math.max(0, -start), Math.min(row.length, samples.length - start)]
  let sum = 0
  for (let index = from; index < to; index++) sum += (samples[start + index] ?? 0) * (row[index] ?? 0)
  return sum
}

function toSample(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)))
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value)
}

/** The Kaiser window, from -1 to 1. */
function kaiser(place: number): number {
  return Math.abs(place) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - place * place)) / bessel(KAISER_BETA)
}

/** The modified Bessel function of the first kind, order 0, by its series. */
function bessel(value: number): number {
  let [term, sum] = [1, 1]
  for (let index = 1; index < 30; index++) {
    term *= (value / (2 * index)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}
