import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import { replaceCallingPlans } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { changeSipCredentials, type GivenCredentials } from '../sip-credentials/index.ts'
import { CREDENTIAL_FORMS, placeOf } from './create-specialty-line.ts'
import { referencesOf, type SpecialtyLineAttributes } from './specialty-line.ts'
import { specialtyLineChanged } from './specialty-line-events.ts'
import { lockSpecialtyLine, type SpecialtyLineRow, updateSpecialtyLineRow } from './specialty-line-queries.ts'
import { specialtyLineFailure } from './specialty-line-rules.ts'
import { attributesOf } from './specialty-line-view.ts'

/** Replaces a line. A login that is left out stays; a device that is left out is taken away from the line (S4-32). */
export async function updateSpecialtyLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  line: SpecialtyLineAttributes,
  given: GivenCredentials,
): Promise<Result<SpecialtyLineRow, ApiFailure>> {
  const object = { type: 'SPECIALTY_LINE', id: lineId } as const
  const reference = { referenceType: 'SPECIALTY_LINE', referenceId: lineId } as const
  const updated = await write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    const stored = account === undefined ? undefined : await lockSpecialtyLine(change.sql, scope, lineId)
    if (account === undefined || stored === undefined) return err(entityNotFound('SpecialtyLine', lineId))
    const before = await attributesOf(change.sql, scope, stored, change.now)
    const failure = await specialtyLineFailure(change.sql, scope, line)
    if (failure !== undefined) return err(failure)
    const login = await changeSipCredentials(context, change, scope, object, given, CREDENTIAL_FORMS)
    if (!login.ok) return login
    // A device that loses its last line goes: the line lets it go first.
    const kept = await pointTo(change, scope, object, referencesOf(line, undefined))
    if (kept !== undefined) return err(kept)
    const device = await placeOf(change, scope, account, lineId, line)
    if (!device.ok) return device
    const refused =
      (await changeObject(change, scope, object, { name: line.name })) ??
      (await pointTo(change, scope, object, referencesOf(line, device.value))) ??
      (await replaceCallingPlans(change.sql, scope, reference, line.callingPlanIds, change.now))
    if (refused !== undefined) return err(refused)
    const row = await updateSpecialtyLineRow(change.sql, stored, line, change.now)
    change.emit(specialtyLineChanged(scope, lineId, before, line))
    return ok({ row, hasNewLogin: login.value.changed })
  })
  if (!updated.ok) return updated
  // A device with the old login is no longer this line.
  if (updated.value.hasNewLogin) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return ok(updated.value.row)
}
