import { distanceMiles, type Coordinates } from '../reference-data/index.ts'

import { matchesPattern } from './number-pattern.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'

/** What ranking needs to know of a number. */
export interface RankedNumber {
  readonly phoneNumber: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

/** What matching needs to know besides. */
export interface MatchedNumber extends RankedNumber {
  readonly functionType: string
  readonly rateCenter: string
  readonly rateCenterReorderName: string
  readonly state: string
}

/** Whether a number is one that is looked for; says nothing about distance, carriers and reservations. SQL may ask the same question in its own words. */
export function matchesCriteria(criteria: NumberSearchCriteria, number: MatchedNumber): boolean {
  const { npa, nxx, pattern, rateCenter, state, functionType } = criteria
  if (number.functionType !== functionType) return false
  if (npa !== undefined && number.phoneNumber.slice(1, 4) !== npa) return false
  if (nxx !== undefined && number.phoneNumber.slice(4, 7) !== nxx) return false
  if (state !== undefined && number.state !== state) return false
  if (rateCenter !== undefined && number.rateCenter !== rateCenter && number.rateCenterReorderName !== rateCenter) return false
  return pattern === undefined || matchesPattern(pattern, number.phoneNumber)
}

/**
 * Puts numbers in the order of the answer: by distance from `near` when there is one, then by number; cuts them to `limit`.
 * @param near the point asked for, or the middle of the postal code. Numbers without a place (toll-free) come last and have no distance.
 * @param o.sequential keeps only the longest runs of consecutive numbers, longest first, so that a block can be bought (public-spec 10).
 */
export function rankNumbers<Row extends RankedNumber>(
  rows: readonly Row[],
  near: Coordinates | undefined,
  o: { readonly limit: number; readonly sequential: boolean },
): readonly (Row & { readonly distanceMiles: number | undefined })[] {
  const measured = rows.map((row) => ({ ...row, distanceMiles: distanceTo(near, row) }))
  const chosen = o.sequential ? longestRuns(measured) : measured.toSorted(byDistance)
  return chosen.slice(0, o.limit)
}

function distanceTo(near: Coordinates | undefined, row: RankedNumber): number | undefined {
  if (near === undefined || row.latitude === undefined || row.longitude === undefined) return undefined
  return distanceMiles(near, { latitude: row.latitude, longitude: row.longitude })
}

interface Measured extends RankedNumber {
  readonly distanceMiles: number | undefined
}

function byDistance(left: Measured, right: Measured): number {
  const distance = (left.distanceMiles ?? Number.MAX_VALUE) - (right.distanceMiles ?? Number.MAX_VALUE)
  return distance !== 0 ? distance : left.phoneNumber < right.phoneNumber ? -1 : 1
}

/** Runs of two and more; of equal length the nearest, then the lowest. */
function longestRuns<Row extends Measured>(rows: readonly Row[]): readonly Row[] {
  const runs: Row[][] = []
  for (const row of rows.toSorted((left, right) => (left.phoneNumber < right.phoneNumber ? -1 : 1))) {
    const run = runs.at(-1)
    const previous = run?.at(-1)
    if (run !== undefined && previous !== undefined && Number(row.phoneNumber) === Number(previous.phoneNumber) + 1) run.push(row)
    else runs.push([row])
  }
  const ordered = runs.filter((run) => run.length > 1).toSorted((left, right) => right.length - left.length || compareFirst(left, right))
  return ordered.flat()
}

function compareFirst(left: readonly Measured[], right: readonly Measured[]): number {
  const [first] = left
  const [other] = right
  return first === undefined || other === undefined ? 0 : byDistance(first, other)
}
