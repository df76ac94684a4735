/** What an account holds that something else can point at. */
export const OBJECT_TYPES = [
  'END_USER', 'DEVICE', 'LINE_APPEARANCE', 'TELEPHONE_NUMBER', 'BUSINESS_LINE', 'BUSINESS_LINE_HUNT_GROUP', 'SPECIALTY_LINE', 'SIP_TRUNK', 'SIP_TRUNK_GROUP', 'IVR', 'VFAX', 'VFAX_OUTBOUND',
  'CALL_GROUP', 'CONFERENCE_ROOM', 'CALL_SUPERVISION', 'CALL_QUEUE', 'HUNT_GROUP', 'PAGING_GROUP', 'PICKUP_GROUP', 'CALL_PARKING_SPOT', 'VOICEMAIL_BOX', 'MEDIA', 'USER_GROUP', 'CALLING_PLAN', 'FORWARD_CONFIGURATION',
] as const // prettier-ignore

export type ObjectType = (typeof OBJECT_TYPES)[number]

export interface ObjectId {
  readonly type: ObjectType
  readonly id: string
}

export interface ObjectReference extends ObjectId {
  /** Why it is pointed at: `destination`, `member`, `forwardTo`, `voicemailBox` … */
  readonly role: string
  /** Further kinds an id may be of when there is none of `type`. */
  readonly orTypes?: readonly ObjectType[]
}

/** Somebody who points at an object. */
export interface UsedBy extends ObjectReference {
  readonly name: string
}

/** The names of failures: `EntityNotFound` with this type, and `<name>InUse`. */
const ENTITY_NAMES: Partial<Record<ObjectType, string>> = { LINE_APPEARANCE: 'Device', IVR: 'IVR', SIP_TRUNK: 'SIPTrunk', SIP_TRUNK_GROUP: 'SIPTrunkGroup' }

export function entityNameOf(type: ObjectType): string {
  return ENTITY_NAMES[type] ?? type.toLowerCase().replaceAll(/(?:^|_)(\w)/g, (_text, letter: string) => letter.toUpperCase())
}
