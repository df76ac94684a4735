import type { RoutingSnapshot } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'

/**
 * Which user of an account a SUBSCRIBE means: by extension, by the user name of a line, or by a telephone number of the user.
 * @returns undefined for whoever is not of this account, whether somebody else has him or nobody
 */
export function resolveWatchedUser(snapshot: RoutingSnapshot, target: string): string | undefined {
  const byExtension = snapshot.userIdByExtension.get(target)
  if (byExtension !== undefined) return byExtension
  for (const line of snapshot.lines.values()) if (line.sipUsername === target) return line.userId
  const number = normalizePhoneNumber(target)
  const owner = number === undefined ? undefined : snapshot.numbers.get(number)
  return owner?.referenceType === 'END_USER' ? owner.referenceId : undefined
}
