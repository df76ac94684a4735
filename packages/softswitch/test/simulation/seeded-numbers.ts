/** Chances that are the same for the same seed (mulberry32). */
export interface SeededNumbers {
  /** 0 to limit - 1. */
  below(limit: number): number
  /** From `low` up to, not including, `high`. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<Value>(values: readonly [Value, ...Value[]]): Value
  /** Letters and digits, as many as unguessable ones would have. */
  token(byteCount: number): string
  /** Numbers of its own, so that one more draw here changes nothing there. */
  fork(name: string): SeededNumbers
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
    between: (low, high) => low + below(high - low),
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (values) => values[below(values.length)] ?? values[0],
    token: (byteCount) => {
      let text = ''
      while (text.length < byteCount * 1.3) text += next().toString(36)
      return text.slice(0, Math.ceil(byteCount * 1.3))
    },
    fork: (name) => {
      let hash = seed | 0
      for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0
      return seededNumbers(Math.imul(hash, 0x9e37_79b1))
    },
  }
}
