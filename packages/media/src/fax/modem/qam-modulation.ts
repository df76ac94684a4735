import type { Scrambler } from './scrambler.ts'

/** A point of a constellation; the phases of ITU-T V.27 ter and V.29 are multiples of 45 degrees. */
export interface Point {
  readonly real: number
  readonly imaginary: number
}

/** A modulation of phase, or of phase and amplitude, as fax machines send pictures by. */
export interface QamModulation {
  readonly bitRate: number
  readonly symbolRate: number
  readonly carrierHz: number
  /** Of the square-root raised cosine that shapes each element. */
  readonly rollOff: number
  readonly bitsPerSymbol: number
  /** What is sent before data, as far as everybody knows it; then come elements of scrambled ones. */
  readonly training: readonly Point[]
  readonly scrambledOnes: number
  /** Of the conditioning pattern, which is the end of the training: which of its two points each element is, 1 or -1. */
  readonly conditioning: Int8Array
  /** Both points of the conditioning pattern: of 1, and of -1. */
  readonly conditioningPoints: readonly [Point, Point]
  /** All that can be sent as data. */
  readonly points: readonly Point[]
  createScrambler(): Scrambler
  /** Bits to points, from the last one of the training on. */
  createMapper(): QamMapper
  /** Points, by their number, back to bits. */
  createUnmapper(): QamUnmapper
}

export interface QamMapper {
  /** The point of the next element. @param bits the first one highest */
  map(bits: number): Point
}

export interface QamUnmapper {
  /** @param point its number in `points` @returns the bits, the first one highest */
  unmap(point: number): number
}

/** The pattern comes again after so many elements: the register of its generator has seven places. */
export const CONDITIONING_PERIOD = 127
/** So much of its end is listened for. */
export const CONDITIONING_LENGTH = 256

const EIGHTH = Math.PI / 4

export function pointAt(amplitude: number, eighths: number): Point {
  return { real: amplitude * Math.cos(eighths * EIGHTH), imaginary: amplitude * Math.sin(eighths * EIGHTH) }
}

/** How far the phase goes for three bits, in eighths of a circle (ITU-T V.27 ter table 1, V.29 table 1). */
export const EIGHTHS_OF_TRIBIT: readonly number[] = [1, 0, 2, 3, 6, 7, 5, 4]
export const TRIBIT_OF_EIGHTHS: readonly number[] = invert(EIGHTHS_OF_TRIBIT)
export const EIGHTHS = 8

export function invert(places: readonly number[]): readonly number[] {
  const inverse: number[] = []
  for (const [from, to] of places.entries()) inverse[to] = from
  return inverse
}
