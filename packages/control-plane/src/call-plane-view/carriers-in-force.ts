/** A partition as far as it decides by which carriers its calls go. */
export interface CarrierPartition {
  readonly id: string
  readonly parentId: string | null
  /** It wants its own carriers or none (S0-58). */
  readonly usesOwnCarrier: boolean
}

/**
 * Whose carriers the calls of a partition go by: its own if it has or wants its own, else those of the nearest partition above that has
 * or wants its own (S1-11, conflicts section 8), as with the carriers its numbers come from.
 * @param hasCarriers whether a partition has carriers that are not those of one of its accounts
 * @returns the id of that partition, or undefined: the platform's.
 */
export function carrierPartitionOf(
  partitionId: string,
  partitions: ReadonlyMap<string, CarrierPartition>,
  hasCarriers: (id: string) => boolean,
): string | undefined {
  for (let id: string | null = partitionId; id !== null;) {
    const partition: CarrierPartition | undefined = partitions.get(id)
    if (partition?.usesOwnCarrier === true || hasCarriers(id)) return id
    id = partition?.parentId ?? null
  }
  return undefined
}

/** The partitions below that have the carriers of each, for want of their own. */
export function heirsOfCarriers(
  partitions: ReadonlyMap<string, CarrierPartition>,
  hasCarriers: (id: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const heirs = new Map<string, string[]>()
  for (const id of partitions.keys()) {
    const of = carrierPartitionOf(id, partitions, hasCarriers)
    if (of !== undefined && of !== id) heirs.set(of, [...(heirs.get(of) ?? []), id])
  }
  return heirs
}
