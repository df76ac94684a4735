import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type ConfiguredObject, dropObject, insertObject, reviseObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidFields } from '../failures/index.ts'
import { forwardProblems, moveTrunksInto, trunksOfGroups } from '../sip-trunks/index.ts'
import { rulesOf, type SipTrunkGroup, trunkGroupKind } from './sip-trunk-group.ts'

/** A group as it is shown: with the trunks that are in it. */
export interface ShownTrunkGroup {
  readonly group: ConfiguredObject<SipTrunkGroup>
  readonly trunkIds: readonly string[]
}

export interface WantedTrunkGroup {
  readonly group: SipTrunkGroup
  /** undefined: those it has. */
  readonly trunkIds: readonly string[] | undefined
}

type Answer = Promise<Result<ShownTrunkGroup, ApiFailure>>

export function createTrunkGroup(context: Context, principal: Principal, scope: AccountScope, { group, trunkIds }: WantedTrunkGroup): Answer {
  const problems = forwardProblems(rulesOf(group), undefined)
  if (problems.length > 0) return Promise.resolve(err(invalidFields(problems)))
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const created = await insertObject(change, scope, trunkGroupKind, group)
    return created.ok ? settled(change, scope, created.value, trunkIds) : created
  })
}

/** @param revise makes the wanted group of the stored one while its row is locked. */
export function reviseTrunkGroup(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  groupId: string,
  revise: (before: SipTrunkGroup, trunkIds: readonly string[]) => Result<WantedTrunkGroup, ApiFailure>,
): Answer {
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const before = (await trunksOfGroups(change.sql, scope)).get(groupId) ?? []
    let wanted: WantedTrunkGroup | undefined
    const revised = await reviseObject(change, scope, trunkGroupKind, groupId, (group) => {
      const answer = revise(group, before)
      if (!answer.ok) return answer
      wanted = answer.value
      const problems = forwardProblems(rulesOf(wanted.group), undefined)
      return problems.length > 0 ? err(invalidFields(problems)) : ok(wanted.group)
    })
    return revised.ok ? settled(change, scope, revised.value, wanted?.trunkIds) : revised
  })
}

/** A group that no number rings; its trunks stay, in no group. */
export function deleteTrunkGroup(context: Context, principal: Principal, scope: AccountScope, groupId: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const refused = await moveTrunksInto(change, scope, groupId, [])
    if (refused !== undefined) return err(refused)
    const dropped = await dropObject(change, scope, trunkGroupKind, groupId)
    return dropped.ok ? ok(undefined) : dropped
  })
}

async function settled(change: Write, scope: AccountScope, group: ConfiguredObject<SipTrunkGroup>, trunkIds: readonly string[] | undefined): Answer {
  const refused = trunkIds === undefined ? undefined : await moveTrunksInto(change, scope, group.id, trunkIds)
  if (refused !== undefined) return err(refused)
  return ok({ group, trunkIds: (await trunksOfGroups(change.sql, scope)).get(group.id) ?? [] })
}
