import type { AccountScope } from '../access/index.ts'
import { pointTo } from '../account-objects/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { trunkChanged } from './change-trunk.ts'
import { forwardReferences } from './forward-rules.ts'
import { referencesOf } from './sip-trunk.ts'
import { listTrunks, rulesOf, trunkOf, updateTrunkRow } from './sip-trunk-queries.ts'

/**
 * The trunks of each group, the oldest first. That a trunk is in a group is said once, by the trunk itself
 * (`sipTrunkGroupId`): a trunk is in one group at most, and both views are the same fact.
 */
export async function trunksOfGroups(sql: Sql | Transaction, scope: AccountScope): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await listTrunks(sql, scope)
  const groups = Map.groupBy(rows, (row) => trunkOf(row).sipTrunkGroupId ?? '')
  return new Map([...groups].map(([groupId, trunks]) => [groupId, trunks.map((trunk) => trunk.id)]))
}

/** Makes these trunks, and no others, those of the group; out of another group if need be. Part of a change that has locked the account. */
export async function moveTrunksInto(change: Write, scope: AccountScope, groupId: string, trunkIds: readonly string[]): Promise<ApiFailure | undefined> {
  const rows = await listTrunks(change.sql, scope)
  const missing = trunkIds.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) return entityNotFound('SIPTrunk', missing)
  for (const row of rows) {
    const before = trunkOf(row)
    const isWanted = trunkIds.includes(row.id)
    if (isWanted === (before.sipTrunkGroupId === groupId)) continue
    const trunk = { ...before, sipTrunkGroupId: isWanted ? groupId : undefined }
    const refused = await pointTo(change, scope, { type: 'SIP_TRUNK', id: row.id }, [...referencesOf(trunk), ...forwardReferences(rulesOf(row))])
    if (refused !== undefined) return refused
    change.emit(trunkChanged(scope, await updateTrunkRow(change.sql, row, trunk, change.now), before, trunk))
  }
  return undefined
}
