/** The middle of the values, and how far they reach. */
export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** @throws when there are no values: a figure nobody measured is no figure */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const [lowest, highest] = [sorted.at(0), sorted.at(-1)]
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (lowest === undefined || highest === undefined || below === undefined || above === undefined) throw new TypeError('no values to take the median of')
  return { median: (below + above) / 2, lowest, highest }
}

/** Ours by the peer's, round by round, so that a slow phase of the machine meets both sides of a ratio. */
export function ratioOf(ours: readonly number[], peer: readonly number[]): Spread {
  return spreadOf(
    ours.flatMap((value, round) => {
      const other = peer[round]
      return other === undefined || other === 0 ? [] : [value / other]
    }),
  )
}

/** How many come after one that is greater than they are. */
export function inversionsIn(values: readonly number[]): number {
  let greatest = -Infinity
  return values.filter((value) => {
    greatest = Math.max(greatest, value)
    return value < greatest
  }).length
}
