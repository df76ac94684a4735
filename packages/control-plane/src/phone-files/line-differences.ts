/** Beyond it two files are shown as all different: comparing them would take longer than anybody waits. */
const MAX_LINES = 2_000

/** The lines that differ between two texts, with `-` before those of the first and `+` before those of the second; the rest is left out. */
export function lineDifferences(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  if (old.length > MAX_LINES || now.length > MAX_LINES) return before === after ? [] : [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)]
  const lengths = commonLengths(old, now)
  const differences: string[] = []
  let [at, to] = [0, 0]
  while (at < old.length || to < now.length) {
    const [first, second] = [old[at], now[to]]
    if (first !== undefined && first === second) {
      at++
      to++
    } else if (first !== undefined && (second === undefined || common(lengths, at + 1, to) >= common(lengths, at, to + 1))) {
      differences.push(`-${first}`)
      at++
    } else {
      differences.push(`+${second ?? ''}`)
      to++
    }
  }
  return differences
}

/** The length of the longest common sequence from each pair of lines on. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1))
  for (let at = old.length - 1; at >= 0; at--) {
    const row = lengths[at]
    if (row === undefined) continue
    for (let to = now.length - 1; to >= 0; to--) {
      row[to] = old[at] === now[to] ? common(lengths, at + 1, to + 1) + 1 : Math.max(common(lengths, at + 1, to), common(lengths, at, to + 1))
    }
  }
  return lengths
}

function common(lengths: readonly Uint16Array[], at: number, to: number): number {
  return lengths[at]?.[to] ?? 0
}
