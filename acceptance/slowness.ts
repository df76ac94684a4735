const ADDITIONS = 1e8
/** What an ordinary processor takes that has nothing else to do. */
const ORDINARY_MS = 100

/** How many times as long as usual a piece of work takes here and now, at least 1: limits of time are multiplied by it. */
export function slowness(): number {
  const startMs = performance.now()
  let sum = 0
  for (let number = 0; number < ADDITIONS; number++) sum = (sum + number) | 0
  // What nobody asks for, nobody has to compute.
  if (sum === 1) throw new Error('cannot be')
  return Math.max(1, (performance.now() - startMs) / ORDINARY_MS)
}
