import type { CallGroup } from '../../call-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { RingGroupReader } from './ring-groups.ts'

/** Nothing else is configured of them: as long as a user's phones ring by default (S1-58). */
const RING_SECONDS = 20

/** A number may lead to a call group: everybody in it rings, and who answers has the call. */
export const callGroups: RingGroupReader = async (sql, accountId) => {
  const groups = await configuredAttributes<CallGroup>(sql, accountId, 'CALL_GROUP')
  return groups.map(({ id, attributes: { name, type, memberIds } }) => ({
    id,
    name,
    strategy: 'SIMULTANEOUS',
    ringTimeoutSeconds: RING_SECONDS,
    members: memberIds.map((memberId) => ({ kind: type === 'USER' ? 'user' : 'line', id: memberId })),
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }))
}
