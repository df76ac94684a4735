import type { AccountScope } from '../access/index.ts'
import { entityNameOf, objectExists, type ObjectId, type ObjectType, pointTo } from '../account-objects/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { REFERENCE_TYPES, type ReferenceType } from './telephone-number.ts'

/** What a number rings, in the words of the interface (C-39). */
export interface GivenReference {
  readonly referenceType: string | undefined
  readonly referenceId: string | undefined
}

/** The kinds of objects behind a word, the likeliest first; a word without any is known and not to be had. */
const KINDS: Readonly<Record<ReferenceType, readonly ObjectType[]>> = {
  END_USER: ['END_USER'],
  SIP_TRUNK: ['SIP_TRUNK'],
  SIP_TRUNK_GROUP: ['SIP_TRUNK_GROUP'],
  IVR: ['IVR'],
  AUTO_ATTENDANT: ['IVR'],
  VFAX: ['VFAX'],
  BUSINESS_LINE: ['BUSINESS_LINE'],
  BUSINESS_LINE_HUNT_GROUP: ['BUSINESS_LINE_HUNT_GROUP'],
  CALL_GROUP: ['CALL_GROUP'],
  CALL_QUEUE: ['CALL_QUEUE'],
  CONFERENCE_ROOM: ['CONFERENCE_ROOM'],
  PAGING_GROUP: ['PAGING_GROUP'],
  CONTACT_CENTER: [],
  SPECIALTY_LINE: ['SPECIALTY_LINE'],
  TELEPHONE: ['LINE_APPEARANCE'],
  LINE_APPEARANCE: ['LINE_APPEARANCE'],
  HUNT_GROUP: ['HUNT_GROUP'],
  LINE_HUNTGROUP: ['HUNT_GROUP', 'BUSINESS_LINE_HUNT_GROUP'],
}

/** The object a number is to ring has to exist inside the account. */
export async function referenceFailure(sql: Transaction, scope: AccountScope, given: GivenReference): Promise<ApiFailure | undefined> {
  const { referenceType, referenceId } = given
  if (referenceType === undefined && referenceId === undefined) return undefined
  if (referenceType === undefined || referenceId === undefined)
    return invalidField('referenceId', 'comes with a type and an id, or not at all', 'referenceType and referenceId together')
  const type = REFERENCE_TYPES.find((candidate) => candidate === referenceType)
  if (type === undefined) return invalidField('referenceType', `"${referenceType}" is unknown`, `one of ${REFERENCE_TYPES.join(', ')}`)
  const [first] = KINDS[type]
  if (first === undefined) return invalidField('referenceType', `the platform has no ${type}`, 'another type')
  return (await destinationOf(sql, scope, type, referenceId)) === undefined ? entityNotFound(entityNameOf(first), referenceId) : undefined
}

/** Records what a number of the account rings; its object row exists. What was there a moment ago may be gone: then it is refused. */
export async function pointNumberAt(change: Write, scope: AccountScope, phoneNumber: string, reference: GivenReference): Promise<ApiFailure | undefined> {
  const number = { type: 'TELEPHONE_NUMBER', id: phoneNumber } as const
  const type = REFERENCE_TYPES.find((candidate) => candidate === reference.referenceType)
  if (type === undefined || reference.referenceId === undefined) return pointTo(change, scope, number, [])
  const target = await destinationOf(change.sql, scope, type, reference.referenceId)
  if (target === undefined) return entityNotFound(entityNameOf(KINDS[type][0] ?? 'TELEPHONE_NUMBER'), reference.referenceId)
  return pointTo(change, scope, number, [{ role: 'destination', ...target }])
}

async function destinationOf(sql: Transaction, scope: AccountScope, type: ReferenceType, id: string): Promise<ObjectId | undefined> {
  for (const kind of KINDS[type]) if (await objectExists(sql, scope, { type: kind, id })) return { type: kind, id }
  return undefined
}
