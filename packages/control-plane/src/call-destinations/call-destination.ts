import type { AccountScope } from '../access/index.ts'
import { entityNameOf, type ObjectId, type ObjectReference, type ObjectType, referencesOf } from '../account-objects/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, type FieldProblem, inConflict } from '../failures/index.ts'

/** Where a call can go on to, in the words numbers and forward rules use (S0-48, S0-49, S0-51). */
export const DESTINATION_TYPES = [
  'END_USER', 'LINE_APPEARANCE', 'BUSINESS_LINE', 'BUSINESS_LINE_HUNT_GROUP', 'SIP_TRUNK', 'SIP_TRUNK_GROUP', 'IVR', 'AUTO_ATTENDANT', 'HUNT_GROUP', 'CALL_QUEUE',
  'CALL_GROUP', 'CONFERENCE_ROOM', 'PAGING_GROUP', 'PICKUP_GROUP', 'CALL_PARKING_SPOT', 'VOICEMAIL', 'TELEPHONE', 'BUSY',
] as const // prettier-ignore

export interface CallDestination {
  readonly referenceType: (typeof DESTINATION_TYPES)[number]
  /** An object of the account; for TELEPHONE the number to call; nothing for BUSY. */
  readonly referenceId?: string | undefined
}

const DIALABLE = /^\+?\d{3,15}$/
/** Longer chains are nobody's plan; the account's lock is held meanwhile. */
const MAX_HOPS = 50

export function destinationProblems(field: string, { referenceType, referenceId }: CallDestination): readonly FieldProblem[] {
  const problem = (reason: string, rule: string): readonly FieldProblem[] => [{ field: `${field}.referenceId`, code: 'InvalidDestination', reason, rule }]
  if (referenceType === 'BUSY') return []
  if (referenceId === undefined || referenceId === '') return problem('is missing', `required with ${referenceType}`)
  return referenceType !== 'TELEPHONE' || DIALABLE.test(referenceId) ? [] : problem(`"${referenceId}" cannot be dialed`, 'an extension or a telephone number')
}

/** The object of the account that has to be there, and stays while calls can go there. */
export function destinationReferences(role: string, destination: CallDestination | undefined): readonly ObjectReference[] {
  if (destination?.referenceId === undefined) return []
  const { referenceType, referenceId: id } = destination
  switch (referenceType) {
    case 'TELEPHONE':
    case 'BUSY':
      return []
    case 'VOICEMAIL':
      return [{ role, type: 'VOICEMAIL_BOX', id }]
    case 'AUTO_ATTENDANT':
      return [{ role, type: 'IVR', id }]
    default:
      return [{ role, type: referenceType, id }]
  }
}

/** The role of a destination that calls go to by themselves when nobody answers. */
export const OVERFLOW = 'overflow'
const WITH_OVERFLOW: readonly ObjectType[] = ['HUNT_GROUP', 'CALL_QUEUE']

/** A caller nobody answers must not be sent in a circle. Part of a change that has locked the account, so nobody closes one meanwhile. */
export async function overflowFailure(
  sql: Transaction,
  scope: AccountScope,
  from: ObjectId,
  destination: CallDestination | undefined,
): Promise<ApiFailure | undefined> {
  let [next] = destinationReferences(OVERFLOW, destination)
  for (let hops = 0; next !== undefined && hops < MAX_HOPS; hops++) {
    if (next.type === from.type && next.id === from.id)
      return inConflict('OverflowCircle', `The overflow leads back to this ${entityNameOf(from.type)}.`, { hops: hops + 1 })
    if (!WITH_OVERFLOW.includes(next.type)) return undefined
    next = (await referencesOf(sql, scope, next)).find((reference) => reference.role === OVERFLOW)
  }
  return next === undefined ? undefined : inConflict('OverflowTooLong', `The overflow goes on for more than ${MAX_HOPS} steps.`)
}
