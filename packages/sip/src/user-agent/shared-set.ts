const MAX_KEPT = 1000
/** A message may name so many. */
const MAX_MEMBERS = 64

const kept = new Map<string, ReadonlySet<string>>()

/** A set of names. The same names give the same set: ten thousand phones of one kind say the same of themselves. */
export function sharedSet(names: readonly string[]): ReadonlySet<string> {
  const few = names.length > MAX_MEMBERS ? names.slice(0, MAX_MEMBERS) : names
  const key = few.join(',')
  const known = kept.get(key)
  if (known !== undefined) return known
  const set = new Set(few)
  // Names somebody makes up must not stay for ever.
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(key, set)
  return set
}
