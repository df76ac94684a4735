import { CONDITIONING_LENGTH, EIGHTHS, EIGHTHS_OF_TRIBIT, type Point, pointAt, type QamModulation, TRIBIT_OF_EIGHTHS } from './qam-modulation.ts'
import { V29Scrambler } from './scrambler.ts'

/*
 * ITU-T V.29: 9600 bit/s in sixteen points, 7200 bit/s in eight; its training is 128 elements A and B by turns, 384 of C and D as a generator says,
 * 48 of scrambled ones (section 8, after a silence of 48).
 */

const [CARRIER_HZ, SYMBOL_RATE] = [1_700, 2_400]
const [ALTERNATIONS, CONDITIONING, ONES] = [128, 384, 48]
/** The register of 1 + x^-6 + x^-7 at the first element of the pattern. */
const CONDITIONING_START = 0b010_1010
/** The amplitude of even and of odd eighths of a circle, without and with the first bit (table 2). */
const [FAINT, LOUD] = [
  [3, Math.SQRT2],
  [5, 3 * Math.SQRT2],
] as const
const [A_EIGHTHS, B_EIGHTHS, C_EIGHTHS, D_EIGHTHS] = [4, 7, 0, 3]
const LOUD_BIT = 8

/** 1 for C, -1 for D. */
const PATTERN = (() => {
  let register = CONDITIONING_START
  return Int8Array.from({ length: CONDITIONING }, () => {
    const bit = register & 1
    register = (register >> 1) | (((register ^ (register >> 1)) & 1) << 6)
    return bit === 0 ? 1 : -1
  })
})()

function faint(eighths: number): Point {
  return pointAt(FAINT[eighths % 2] ?? 0, eighths)
}

function loud(eighths: number): Point {
  return pointAt(LOUD[eighths % 2] ?? 0, eighths)
}

function v29(bitRate: number, bitsPerSymbol: number, oddOfTraining: (eighths: number) => Point): QamModulation {
  const [a, b, c, d] = [faint(A_EIGHTHS), oddOfTraining(B_EIGHTHS), faint(C_EIGHTHS), oddOfTraining(D_EIGHTHS)]
  const lastEighths = PATTERN.at(-1) === 1 ? C_EIGHTHS : D_EIGHTHS
  const all = Array.from({ length: EIGHTHS }, (_unused, eighths) => eighths)
  return {
    ...{ bitRate, symbolRate: SYMBOL_RATE, carrierHz: CARRIER_HZ, rollOff: 0.25, bitsPerSymbol, scrambledOnes: ONES },
    training: [...Array.from({ length: ALTERNATIONS }, (_unused, index) => (index % 2 === 0 ? a : b)), ...Array.from(PATTERN, (sign) => (sign === 1 ? c : d))],
    conditioning: PATTERN.subarray(-CONDITIONING_LENGTH),
    conditioningPoints: [c, d],
    points: bitsPerSymbol === 4 ? [...all.map(faint), ...all.map(loud)] : all.map(faint),
    createScrambler: () => new V29Scrambler(),
    createMapper: () => {
      let phase = lastEighths
      return {
        map: (bits) => {
          phase = (phase + (EIGHTHS_OF_TRIBIT[bits & 7] ?? 0)) % EIGHTHS
          return (bits & LOUD_BIT) === 0 ? faint(phase) : loud(phase)
        },
      }
    },
    createUnmapper: () => {
      let phase = lastEighths
      return {
        unmap: (point) => {
          const turned = (point - phase + EIGHTHS) % EIGHTHS
          phase = point % EIGHTHS
          return (point & LOUD_BIT) | (TRIBIT_OF_EIGHTHS[turned] ?? 0)
        },
      }
    },
  }
}

export const V29_9600 = v29(9_600, 4, loud)
export const V29_7200 = v29(7_200, 3, faint)
