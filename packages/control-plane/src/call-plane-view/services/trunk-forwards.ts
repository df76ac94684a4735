import type { CallTarget, RoutingTrunkForwards, RoutingTrunkGroup } from '@dialtone/call-routing'
import { rulesOf as rulesOfGroup, type SipTrunkGroup } from '../../sip-trunk-groups/index.ts'
import { type ForwardRules, type ForwardTarget, rulesOf, trunkOf } from '../../sip-trunks/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import { trunksOfAccount } from '../trunks-of-account.ts'
import type { ServiceReader } from './service-reader.ts'

/** Where calls of customers' trunks go instead, and the groups of them; a trunk says itself that it is in a group, the oldest is the first. */
export const trunkForwards: ServiceReader = async (sql, accountId) => {
  const [rows, groups] = await Promise.all([trunksOfAccount(sql, accountId), configuredAttributes<SipTrunkGroup>(sql, accountId, 'SIP_TRUNK_GROUP')])
  const members = Map.groupBy(rows, (row) => trunkOf(row).sipTrunkGroupId ?? '')
  const trunkGroups = groups.map(({ id, attributes }): [string, RoutingTrunkGroup] => {
    const trunkIds = (members.get(id) ?? []).map((row) => row.id)
    return [id, { id, name: attributes.name, trunkIds, forwards: forwardsOf(rulesOfGroup(attributes)) }]
  })
  return { trunkForwards: new Map(rows.map((row) => [row.id, forwardsOf(rulesOf(row))])), trunkGroups: new Map(trunkGroups) }
}

function forwardsOf({ forwardAlways, forwardOnFailure, forwardOnCapacityExceeded }: ForwardRules): RoutingTrunkForwards {
  return {
    always: forwardAlways?.enabled === true ? targetOf(forwardAlways) : undefined,
    onFailure: forwardOnFailure.map(targetOf),
    onCapacityExceeded: forwardOnCapacityExceeded.map(targetOf),
  }
}

function targetOf({ referenceType, referenceId }: ForwardTarget): CallTarget {
  return { referenceType, referenceId: referenceId ?? '' }
}
