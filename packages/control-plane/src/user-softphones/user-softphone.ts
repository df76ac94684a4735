import { newId } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import { addObject, removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import type { DomainEvent, Write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { addSipCredentials, removeSipCredentials } from '../sip-credentials/index.ts'
import { findSoftphone, forgetSoftphone, type SoftphoneRow, type SoftphoneUser, storeSoftphone } from './softphone-queries.ts'

/** What the app registers as; no device is needed for it. */
export const SOFTPHONE_TYPE = 'CCSoftphone'

/** The plans that bring the app (S1-46, S1-96). */
export function bringsSoftphone(userProductPlan: string | null): boolean {
  return userProductPlan === 'ADVANCED' || userProductPlan === 'PROFESSIONAL'
}

/**
 * Makes the app's line what the user's plan says: it comes with ADVANCED and PROFESSIONAL unless it was switched off, and goes with
 * them (S1-96). @param user a locked row, as it will be. @returns why it cannot go: something of the account still uses it
 */
export async function keepSoftphone(context: Context, change: Write, scope: AccountScope, user: SoftphoneUser): Promise<ApiFailure | undefined> {
  const row = await findSoftphone(change.sql, scope, user.id)
  if (bringsSoftphone(user.user_product_plan)) return row === undefined ? applySoftphone(context, change, scope, user) : undefined
  if (row === undefined || row.line_id === null) return undefined
  return removeSoftphone(change, scope, row)
}

/** Gives the user the line with a login of its own, whose password is told by `renewCredentials` alone. */
export async function applySoftphone(context: Context, change: Write, scope: AccountScope, user: SoftphoneUser): Promise<ApiFailure | undefined> {
  const line = { type: 'LINE_APPEARANCE', id: newId() } as const
  const refused = await addObject(change, scope, { ...line, name: `${user.first_name} ${user.last_name} (softphone)` })
  if (refused !== undefined) return refused
  const login = await addSipCredentials(context, change, scope, line, { sipUsername: undefined, sipPassword: undefined, username: line.id })
  if (!login.ok) return login.error
  await storeSoftphone(change.sql, scope, user.id, line.id, change.now)
  change.emit(softphoneChanged(scope, user.id, line.id, 'applied'))
  return undefined
}

/** Takes the line away: what is registered as it rings no more, calls that go on go on. @param row of a locked user */
export async function removeSoftphone(change: Write, scope: AccountScope, row: SoftphoneRow): Promise<ApiFailure | undefined> {
  const { line_id: lineId, user_id: userId } = row
  if (lineId !== null) {
    const line = { type: 'LINE_APPEARANCE', id: lineId } as const
    const refused = await removeObject(change, scope, line)
    if (refused !== undefined) return refused
    await removeSipCredentials(change, line)
    change.afterCommit((context) => context.registrations.dropBindings(lineId))
    change.emit(softphoneChanged(scope, userId, lineId, 'removed'))
  }
  await forgetSoftphone(change.sql, scope, userId)
  return undefined
}

/** With the user, or when he becomes another person: nothing of it stays. */
export async function dropSoftphone(change: Write, scope: AccountScope, userId: string): Promise<ApiFailure | undefined> {
  const row = await findSoftphone(change.sql, scope, userId)
  return row === undefined ? undefined : removeSoftphone(change, scope, row)
}

export function softphoneChanged(scope: AccountScope, userId: string, lineId: string, what: 'applied' | 'removed' | 'credentialschanged'): DomainEvent {
  return {
    type: `softphone.${what}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { userId, lineId, deviceTypeId: SOFTPHONE_TYPE },
    history: {
      type: 'DEVICE',
      action: what === 'applied' ? 'CREATE' : what === 'removed' ? 'DELETE' : 'UPDATE',
      oldValue: what === 'applied' ? undefined : { softphone: true },
      newValue: what === 'removed' ? undefined : { softphone: true },
      referenceType: 'DEVICE',
      referenceId: lineId,
      referenceName: 'Softphone',
    },
  }
}
