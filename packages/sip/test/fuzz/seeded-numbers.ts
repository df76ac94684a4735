/** Numbers that look random and are the same for the same seed, so that whatever they brought about can be repeated (mulberry32). */
export interface SeededNumbers {
  /** 0 to limit - 1. */
  below(limit: number): number
  /** True once in `of` times. */
  oneIn(of: number): boolean
  pick<Value>(values: readonly [Value, ...Value[]]): Value
}

export function seededNumbers(seed: number): SeededNumbers {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => next() % Math.max(1, limit)
  return {
    below,
    oneIn: (of) => below(of) === 0,
    pick: (values) => values[below(values.length)] ?? values[0],
  }
}
