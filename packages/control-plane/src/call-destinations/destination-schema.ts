import Type from 'typebox'
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
