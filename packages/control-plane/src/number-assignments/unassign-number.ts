import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, fieldRequired, inConflict } from '../failures/index.ts'
import { numbersOf, type ReferenceType, updateTelephoneNumber } from '../telephone-numbers/index.ts'

/** More numbers of one object than this: then the one to take away has to be named anyway. */
const MAX_NUMBERS = 2

/**
 * Takes a number away from what it rings; it stays on the account (S0-41, S2-39).
 * @param phoneNumber undefined when the object has only one (C-31).
 */
export async function unassignNumber(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  target: { readonly type: ReferenceType; readonly id: string },
  phoneNumber: string | undefined,
): Promise<Result<undefined, ApiFailure>> {
  const wanted = phoneNumber === undefined ? await onlyNumberOf(context, scope, target) : ok(phoneNumber)
  if (!wanted.ok) return wanted
  const updated = await updateTelephoneNumber(context, principal, scope, wanted.value, (before) =>
    before.reference_type === target.type && before.reference_id === target.id
      ? ok({ reference: null, assignAsCallerId: false })
      : err(inConflict('TelephoneNumberNotAssigned', `${wanted.value} is not assigned to it.`, { phoneNumber: wanted.value })),
  )
  return updated.ok ? ok(undefined) : updated
}

async function onlyNumberOf(
  context: Context,
  scope: AccountScope,
  target: { readonly type: ReferenceType; readonly id: string },
): Promise<Result<string, ApiFailure>> {
  const [first, second] = await numbersOf(context.database.sql, scope, target, MAX_NUMBERS)
  if (first === undefined) return err(entityNotFound('TelephoneNumber', target.id))
  return second === undefined ? ok(first.phone_number) : err(fieldRequired('telephoneNumber'))
}
