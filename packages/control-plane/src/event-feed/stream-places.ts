const MAX_STREAMS = 500
/** What one partition may have of them: the others are never without. */
const MAX_STREAMS_EACH = 250

export interface StreamPlaces {
  /** Before anything is waited for: who comes at the same time finds it taken. @returns how it is given back; undefined when there is none. */
  take(partitionId: string): (() => void) | undefined
}

/** How many streams are open, and whose. */
export function streamPlaces(): StreamPlaces {
  const taken = new Map<string, number>()
  let all = 0
  return {
    take: (partitionId) => {
      const own = taken.get(partitionId) ?? 0
      if (all >= MAX_STREAMS || own >= MAX_STREAMS_EACH) return undefined
      all++
      taken.set(partitionId, own + 1)
      return () => {
        all--
        const left = (taken.get(partitionId) ?? 1) - 1
        if (left === 0) taken.delete(partitionId)
        else taken.set(partitionId, left)
      }
    },
  }
}
