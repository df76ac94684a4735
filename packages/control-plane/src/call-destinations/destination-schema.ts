import Type, { type TProperties } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { DESTINATION_TYPES } from './call-destination.ts'

export const CallDestinationBody = named(
  'CallDestination',
  Type.Object({ referenceType: oneOf(DESTINATION_TYPES), referenceId: Type.Optional(Type.String({ maxLength: 64 })) }),
)

export const memberProperties = {
  userId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  lineId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
}

/** What everything that rings its members has in common: a name, perhaps an extension, and where a call goes that nobody takes. */
export const ringingGroupProperties = {
  name: Type.String({ minLength: 1, maxLength: 256 }),
  extension: Type.Optional(Type.String({ maxLength: 8 })),
  overflow: Type.Optional(CallDestinationBody),
}

/** Members as a request gives them. @param own what a member has besides who it is */
export function membersBody<Own extends TProperties>(own: Own, maxItems: number) {
  return Type.Array(Type.Object({ ...memberProperties, ...own }), { maxItems, default: [] })
}
