/** What is drawn: records of SRV, or whatever stands for one. */
type Weighted = Readonly<Record<'priority' | 'weight', number>>

/**
 * RFC 2782: lower priorities first; within one, again and again one by chance, in proportion to the weights, those of weight 0 rarely.
 * @param random from 0 to below 1
 */
export function orderByWeight<One extends Weighted>(records: readonly One[], random: () => number): readonly One[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].toSorted((a, b) => a - b)
  return priorities.flatMap((priority) => {
    // Weight 0 in front: chosen only when the number drawn is 0.
    const waiting = records.filter((record) => record.priority === priority).toSorted((a, b) => Math.min(a.weight, 1) - Math.min(b.weight, 1))
    const ordered: One[] = []
    while (waiting.length > 0) ordered.push(...waiting.splice(chooseIndex(waiting, random), 1))
    return ordered
  })
}

function chooseIndex(records: readonly Weighted[], random: () => number): number {
  const sum = records.reduce((total, { weight }) => total + weight, 0)
  const drawn = Math.floor(random() * (sum + 1))
  let running = 0
  for (const [index, { weight }] of records.entries()) {
    running += weight
    if (running >= drawn) return index
  }
  return records.length - 1
}
