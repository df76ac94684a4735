import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type ConfigurationKind, configuredObject, lockObject, pointTo, removeObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { configurationsOfGroup } from './forward-configuration.ts'
import type { HuntGroup } from './hunt-group.ts'

/** A group and the forward configurations that are its own; refused while a number or anything else rings it. */
export function deleteHuntGroup(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  kind: Pick<ConfigurationKind<HuntGroup>, 'type' | 'historyType' | 'eventName'>,
  id: string,
): Promise<Result<undefined, ApiFailure>> {
  const object = { type: kind.type, id }
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const row = await lockObject(change.sql, scope, object)
    if (row === undefined) return err(entityNotFound('BusinessLineHuntGroup', id))
    // The group points at the forward it follows, and every forward at its group.
    const freed = await pointTo(change, scope, object, [])
    if (freed !== undefined) return err(freed)
    for (const configuration of await configurationsOfGroup(change.sql, scope, id)) {
      const failure = await removeObject(change, scope, { type: 'FORWARD_CONFIGURATION', id: configuration.id })
      if (failure !== undefined) return err(failure)
    }
    const refused = await removeObject(change, scope, object)
    if (refused !== undefined) return err(refused)
    change.emit({
      type: `${kind.eventName}.deleted`,
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { id, accountId: scope.accountId, name: row.name },
      history: {
        type: kind.historyType,
        action: 'DELETE',
        oldValue: configuredObject<HuntGroup>(row).attributes,
        referenceType: kind.type,
        referenceId: id,
        referenceName: row.name,
      },
    })
    return ok(undefined)
  })
}
