import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, changeObject, findObject, lockObject, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'

/** Whether an account sends faxes, and the number they come from. */
export interface FaxOutbound {
  readonly enabled: boolean
  /** 11 digits, a number of the account. */
  readonly callerId: string | undefined
}

/** An account has one of them at most; it is an object so that its caller ID cannot leave the account behind its back. */
const OBJECT = { type: 'VFAX_OUTBOUND', id: 'outbound' } as const
const NAME = 'Outbound fax'

export async function faxOutboundOf(sql: Sql | Transaction, scope: AccountScope): Promise<FaxOutbound> {
  const row = await findObject(sql, scope, OBJECT)
  return { enabled: false, callerId: undefined, ...(row?.attributes as Partial<FaxOutbound> | null | undefined) }
}

export async function setFaxOutbound(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  given: { readonly enabled: boolean; readonly callerId: string | undefined },
): Promise<Result<FaxOutbound, ApiFailure>> {
  const callerId = given.callerId === undefined || given.callerId === '' ? undefined : normalizePhoneNumber(given.callerId)
  if (callerId === undefined && given.callerId !== undefined && given.callerId !== '')
    return err(invalidField('callerId', `"${given.callerId}" is no telephone number`, 'a telephone number of the account'))
  if (given.enabled && callerId === undefined) return err(fieldRequired('callerId'))
  const wanted = { enabled: given.enabled, callerId }
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const before = await faxOutboundOf(change.sql, scope)
    const attributes = { ...wanted }
    const isThere = (await lockObject(change.sql, scope, OBJECT)) !== undefined
    const refused =
      (isThere ? await changeObject(change, scope, OBJECT, { attributes }) : await addObject(change, scope, { ...OBJECT, name: NAME, attributes })) ??
      (await pointTo(change, scope, OBJECT, callerId === undefined ? [] : [{ role: 'callerId', type: 'TELEPHONE_NUMBER', id: callerId }]))
    if (refused !== undefined) return err(refused)
    change.emit({
      type: 'virtual-fax-outbound.updated',
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { accountId: scope.accountId, ...attributes },
      history: {
        type: 'VFAX',
        action: 'UPDATE',
        oldValue: before,
        newValue: wanted,
        referenceType: 'ACCOUNT',
        referenceId: scope.accountId,
        referenceName: account.account_name,
      },
    })
    return ok(wanted)
  })
}
