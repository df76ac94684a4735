import { isTollFree } from '@dialtone/numbering'
import type { E164 } from '@dialtone/numbering'
import type { RoutingLine, RoutingNumber, RoutingSnapshot, RoutingUser } from '../routing-snapshot.ts'

/**
 * The first number that calls this line or its user, then the primary number of a trunk, then the account's first: in service and
 * geographic before the others.
 */
export function fallbackNumberOf(snapshot: RoutingSnapshot, line: RoutingLine | undefined, user: RoutingUser | undefined): E164 | undefined {
  const all = [...snapshot.numbers.values()]
  const primary = line?.trunk?.primaryNumber
  const own = firstUsable(all.filter((number) => reaches(number, line, user))) ?? (primary !== undefined && snapshot.numbers.has(primary) ? primary : undefined)
  return own ?? firstUsable(all)
}

function firstUsable(numbers: readonly RoutingNumber[]): E164 | undefined {
  const inService = numbers.filter((number) => number.operationalStatus === 'ACTIVE')
  const geographic = inService.find((number) => !isTollFree(number.number))
  return (geographic ?? inService[0] ?? numbers[0])?.number
}

function reaches(number: RoutingNumber, line: RoutingLine | undefined, user: RoutingUser | undefined): boolean {
  if (number.referenceId === undefined) return false
  return number.referenceId === line?.id || number.referenceId === user?.id || number.referenceId === line?.trunk?.groupId
}
