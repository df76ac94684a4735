import { CONDITIONING_LENGTH, EIGHTHS, EIGHTHS_OF_TRIBIT, type Point, pointAt, type QamModulation, TRIBIT_OF_EIGHTHS } from './qam-modulation.ts'
import { V27terScrambler } from './scrambler.ts'

/*
 * ITU-T V.27 ter: 4800 bit/s in eight phases, and 2400 bit/s in four, with the long training that fax machines use (its table 3: 50 reversals, 1074
 * elements of the conditioning pattern, 8 of scrambled ones).
 */

const CARRIER_HZ = 1_800
const [REVERSALS, CONDITIONING, ONES] = [50, 1_074, 8]
/** The register before the first element of the pattern, of which every third bit is taken. */
const CONDITIONING_START = 0x3c
/** How far the phase goes for two bits, in eighths (its table 2), and for what bits it goes so far. */
const EIGHTHS_OF_DIBIT: readonly number[] = [0, 2, 6, 4]
const DIBIT_OF_QUARTERS: readonly number[] = [0, 1, 3, 2]

/** 1 or -1 for each element: turned over or not, as the pattern says. */
const PATTERN = (() => {
  const generator = new V27terScrambler(CONDITIONING_START)
  let sign = 1
  return Int8Array.from({ length: CONDITIONING }, () => {
    if (generator.scramble(1) === 1) sign = -sign
    generator.scramble(1)
    generator.scramble(1)
    return sign
  })
})()

const [START, TURNED] = [pointAt(1, 0), pointAt(1, 4)]
const TRAINING: readonly Point[] = [
  ...Array.from({ length: REVERSALS }, (_unused, index) => (index % 2 === 0 ? TURNED : START)),
  ...Array.from(PATTERN, (sign) => (sign === 1 ? START : TURNED)),
]
const LAST_EIGHTHS = PATTERN.at(-1) === 1 ? 0 : 4

const shared = {
  carrierHz: CARRIER_HZ,
  training: TRAINING,
  scrambledOnes: ONES,
  conditioning: PATTERN.subarray(-CONDITIONING_LENGTH),
  conditioningPoints: [START, TURNED],
} satisfies Partial<QamModulation>

export const V27TER_4800: QamModulation = {
  ...shared,
  ...{ bitRate: 4_800, symbolRate: 1_600, rollOff: 0.5, bitsPerSymbol: 3 },
  points: Array.from({ length: EIGHTHS }, (_unused, eighths) => pointAt(1, eighths)),
  createScrambler: () => scramblerAfterTraining(),
  createMapper: () => {
    let phase = LAST_EIGHTHS
    return { map: (bits) => pointAt(1, (phase = (phase + (EIGHTHS_OF_TRIBIT[bits] ?? 0)) % EIGHTHS)) }
  },
  createUnmapper: () => {
    let phase = LAST_EIGHTHS
    return {
      unmap: (point) => {
        const turned = (point - phase + EIGHTHS) % EIGHTHS
        phase = point
        return TRIBIT_OF_EIGHTHS[turned] ?? 0
      },
    }
  },
}

export const V27TER_2400: QamModulation = {
  ...shared,
  ...{ bitRate: 2_400, symbolRate: 1_200, rollOff: 0.9, bitsPerSymbol: 2 },
  points: Array.from({ length: 4 }, (_unused, quarters) => pointAt(1, quarters * 2)),
  createScrambler: () => scramblerAfterTraining(),
  createMapper: () => {
    let phase = LAST_EIGHTHS
    return { map: (bits) => pointAt(1, (phase = (phase + (EIGHTHS_OF_DIBIT[bits] ?? 0)) % EIGHTHS)) }
  },
  createUnmapper: () => {
    let phase = LAST_EIGHTHS / 2
    return {
      unmap: (point) => {
        const turned = (point - phase + 4) % 4
        phase = point
        return DIBIT_OF_QUARTERS[turned] ?? 0
      },
    }
  },
}

/** It goes on where the conditioning pattern has left it: the same register. */
function scramblerAfterTraining(): V27terScrambler {
  const generator = new V27terScrambler(CONDITIONING_START)
  for (let element = 0; element < CONDITIONING; element++) for (let bit = 0; bit < 3; bit++) generator.scramble(1)
  return generator
}
