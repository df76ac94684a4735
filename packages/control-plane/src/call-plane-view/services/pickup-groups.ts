import type { CallGroup } from '../../call-groups/index.ts'
import type { PickupGroup } from '../../pickup-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { ServiceReader } from './service-reader.ts'

/** Who picks up for whom: the members of the call groups of each pickup group. */
export const pickupGroups: ServiceReader = async (sql, accountId) => {
  const groups = await configuredAttributes<PickupGroup>(sql, accountId, 'PICKUP_GROUP')
  if (groups.length === 0) return {}
  const callGroups = new Map((await configuredAttributes<CallGroup>(sql, accountId, 'CALL_GROUP')).map(({ id, attributes }) => [id, attributes]))
  return {
    pickupGroups: groups.map(({ id, attributes: { name, groupIds } }) => {
      const members = groupIds.flatMap((groupId) => callGroups.get(groupId) ?? [])
      const idsOf = (isOfUsers: boolean) => members.filter(({ type }) => (type === 'USER') === isOfUsers).flatMap(({ memberIds }) => memberIds)
      return { id, name, userIds: idsOf(true), lineIds: idsOf(false) }
    }),
  }
}
