import type { RoutingPagingGroup } from '@dialtone/call-routing'
import type { CallGroup } from '../../call-groups/index.ts'
import type { PagingGroup } from '../../paging-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { ServiceReader } from './service-reader.ts'

/** Paging groups, with everybody of their call groups (S0-49). */
export const pagingGroups: ServiceReader = async (sql, accountId) => {
  const [rows, groups] = await Promise.all([
    configuredAttributes<PagingGroup>(sql, accountId, 'PAGING_GROUP'),
    configuredAttributes<CallGroup>(sql, accountId, 'CALL_GROUP'),
  ])
  const membersById = new Map(groups.map(({ id, attributes }) => [id, membersOf(attributes)]))
  const pages = rows.map(({ id, attributes: { name, type, groupIds } }): RoutingPagingGroup => ({
    id,
    name,
    type,
    members: groupIds.flatMap((groupId) => membersById.get(groupId) ?? []),
  }))
  return { pagingGroups: new Map(pages.map((page) => [page.id, page])) }
}

function membersOf({ type, memberIds }: CallGroup): RoutingPagingGroup['members'] {
  return memberIds.map((id) => ({ kind: type === 'USER' ? 'user' : 'line', id }))
}
