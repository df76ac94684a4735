import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { removeCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { releasePort } from '../devices/index.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { removeSipCredentials } from '../sip-credentials/index.ts'
import { specialtyLineChanged } from './specialty-line-events.ts'
import { deleteSpecialtyLineRow, lockSpecialtyLine } from './specialty-line-queries.ts'
import { attributesOf } from './specialty-line-view.ts'

/** Removes a line with its login and plans, and its device with the last line on it (S4-35). Refused while a number rings it. */
export async function deleteSpecialtyLine(context: Context, principal: Principal, scope: AccountScope, lineId: string): Promise<Result<undefined, ApiFailure>> {
  const object = { type: 'SPECIALTY_LINE', id: lineId } as const
  const deleted = await write(context, actorOf(principal), async (change) => {
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('SpecialtyLine', lineId))
    const row = await lockSpecialtyLine(change.sql, scope, lineId)
    if (row === undefined) return err(entityNotFound('SpecialtyLine', lineId))
    const before = await attributesOf(change.sql, scope, row, change.now)
    const refused = (await removeObject(change, scope, object)) ?? (await releasePort(change, scope, lineId))
    if (refused !== undefined) return err(refused)
    await removeSipCredentials(change, object)
    await removeCallingPlans(change.sql, scope, 'SPECIALTY_LINE', lineId)
    await deleteSpecialtyLineRow(change.sql, row)
    change.emit(specialtyLineChanged(scope, lineId, before, undefined))
    return ok(undefined)
  })
  if (deleted.ok) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return deleted
}
