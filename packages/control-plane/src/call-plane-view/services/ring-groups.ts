import type { RoutingRingGroup } from '@dialtone/call-routing'
import type { Sql } from '../../database/index.ts'
import { businessLineHuntGroups } from './business-line-hunt-groups.ts'
import { callGroups } from './call-groups.ts'
import { huntGroups } from './hunt-groups.ts'
import { menuGroups } from './menus.ts'
import { queueAgents } from './queues.ts'
import type { ServiceReader } from './service-reader.ts'

/** One kind of group whose members ring. */
export type RingGroupReader = (sql: Sql, accountId: string) => Promise<readonly RoutingRingGroup[]>

const RING_GROUP_READERS: readonly RingGroupReader[] = [huntGroups, businessLineHuntGroups, callGroups, menuGroups, queueAgents]

export const ringGroups: ServiceReader = async (sql, accountId) => {
  const groups = await Promise.all(RING_GROUP_READERS.map((read) => read(sql, accountId)))
  return { ringGroups: new Map(groups.flat().map((group) => [group.id, group])) }
}
