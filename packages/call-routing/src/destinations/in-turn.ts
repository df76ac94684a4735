import type { GroupFacts } from '../route-facts.ts'
import type { Hunt, RingGroupMember } from '../ring-group.ts'

interface Waiting {
  readonly member: RingGroupMember
  readonly lineIds: readonly string[]
}

/** Those who have not been tried, in the order the strategy gives them (C-57). Without memory every strategy begins with the first. */
export function inTurn<Candidate extends Waiting>(hunt: Hunt, untried: readonly Candidate[], group: GroupFacts | undefined): readonly Candidate[] {
  if (group === undefined) return untried
  if (hunt.strategy === 'ROUND_ROBIN') return behindTheLast(hunt, untried, group.lastAnsweredBy(hunt.id))
  if (hunt.strategy !== 'LONGEST_IDLE') return untried
  const idleSince = new Map(untried.map((each) => [each, idleSinceMs(each, group)]))
  // Sorting is stable: of those who never had a call the first in the group is first.
  return untried.toSorted((one, other) => compare(idleSince.get(one) ?? 0, idleSince.get(other) ?? 0))
}

/** Whoever stands behind the last one to answer is asked first, and that one last (S0-55). */
function behindTheLast<Candidate extends Waiting>(hunt: Hunt, untried: readonly Candidate[], lastId: string | undefined): readonly Candidate[] {
  const places = new Map(hunt.members.map((member, place) => [member.id, place]))
  const last = lastId === undefined ? undefined : places.get(lastId)
  if (last === undefined) return untried
  const isBehind = ({ member }: Candidate): boolean => (places.get(member.id) ?? 0) > last
  return [...untried.filter(isBehind), ...untried.filter((each) => !isBehind(each))]
}

/** A user is idle since the last of all phones was. */
function idleSinceMs({ lineIds }: Waiting, group: GroupFacts): number {
  return Math.max(0, ...lineIds.map((id) => group.idleSinceMs(id) ?? 0))
}

/** Subtracting would not do: two who talk are both Infinity. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1
}
