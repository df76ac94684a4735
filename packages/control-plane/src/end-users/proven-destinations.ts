import { normalizePhoneNumber } from '@dialtone/numbering'
import type { AccountScope } from '../access/index.ts'
import { plansInForce, productOf } from '../calling-plans/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { destinationsOf, ringsUsers } from './call-handling-rules.ts'
import { callHandlingsOf, type EndUserAttributes } from './end-user.ts'
import { hasReserved, ownsNumber, unknownExtension } from './end-user-queries.ts'

/** What of a user needs the rest of the account to be judged: whose numbers he shows, and where his calls go. */
export async function provenUser(
  change: Write,
  scope: AccountScope,
  user: EndUserAttributes,
  o: { readonly extensionLength: number; readonly userId: string | undefined },
): Promise<ApiFailure | undefined> {
  return (await unownedCallerId(change, scope, user)) ?? (await wrongDestination(change, scope, user, o))
}

/** Calls are not sent on by whose plan prevents it (S4-40). */
export async function preventedForward(change: Write, scope: AccountScope, userId: string, user: EndUserAttributes): Promise<ApiFailure | undefined> {
  const forward = destinations(user)[0]
  if (forward === undefined) return undefined
  const [used] = await plansInForce(change.sql, scope, { referenceType: 'END_USER', referenceId: userId }, change.now)
  if (used === undefined) return undefined
  const product = await change.sql.selectFrom('calling_plan_product').selectAll().where('id', '=', used.plan.calling_plan_product_id).executeTakeFirstOrThrow()
  if (!productOf(product).terms.preventForwarding) return undefined
  return invalidField(forward.field, 'forwards calls', `the calling plan "${product.name}" prevents forwarding`, 'ForwardingPrevented')
}

async function unownedCallerId(change: Write, scope: AccountScope, { callerIdConfig }: EndUserAttributes): Promise<ApiFailure | undefined> {
  const { callerIdNumber, callerIdNumberReservationId: reservation } = callerIdConfig
  if (callerIdNumber !== undefined && !(await ownsNumber(change.sql, scope, callerIdNumber))) return foreignCallerId(callerIdNumber)
  if (reservation === undefined) return undefined
  const number = normalizePhoneNumber(reservation) ?? reservation
  if ((await ownsNumber(change.sql, scope, number)) || (await hasReserved(change.sql, scope, number, change.now))) return undefined
  return entityNotFound('TelephoneNumberReservation', reservation)
}

async function wrongDestination(
  change: Write,
  scope: AccountScope,
  user: EndUserAttributes,
  o: { readonly extensionLength: number; readonly userId: string | undefined },
): Promise<ApiFailure | undefined> {
  for (const [place, handling] of callHandlingsOf(user))
    if (o.userId !== undefined && ringsUsers(handling).includes(o.userId))
      return invalidField(`${place}.findMeFollowMeCallHandling.findMeEndpoints`, 'rings the user himself', 'ringUserDevice rings his own phones')
  const extensions: string[] = []
  for (const { field, number } of destinations(user)) {
    if (normalizePhoneNumber(number) !== undefined || /^\*\d{2,4}$/.test(number)) continue
    if (!/^\d+$/.test(number) || number.length !== o.extensionLength)
      return invalidField(field, `"${number}" can be reached by nobody`, `a telephone number, an extension of ${o.extensionLength} digits, or a star code`)
    extensions.push(number)
  }
  const unknown = await unknownExtension(change.sql, scope, extensions)
  if (unknown === undefined) return undefined
  return inConflict('EntityNotFound', `Nothing on the account has the extension "${unknown}".`, { type: 'Extension', id: unknown })
}

function destinations(user: EndUserAttributes) {
  const forwardTn = user.callScreeningSettings.forwardTn
  const screened = forwardTn === undefined ? [] : [{ field: 'callScreeningSettings.forwardTn', number: forwardTn }]
  return [...callHandlingsOf(user).flatMap(([place, handling]) => destinationsOf(handling, place)), ...screened]
}

export function foreignCallerId(number: string): ApiFailure {
  return invalidField(
    'callerIdConfig.callerIdNumber',
    `"${number}" is not on this account`,
    'an active telephone number of the account',
    'InvalidCallerIdNumber',
  )
}
