import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject, fittingExtension } from '../account-objects/index.ts'
import { named, type Operation } from '../http/index.ts'
import { type ConferenceRoom, DEFAULT_PARTIES, MAX_PARTIES } from './conference-room.ts'

const shape = {
  name: Type.String({ minLength: 1, maxLength: 256 }),
  extension: Type.Optional(Type.String({ maxLength: 8 })),
  pin: Type.Optional(Type.String({ pattern: '^\\d{4,10}$' })),
}
const ConferenceRoomBody = named(
  'ConferenceRoomRequest',
  Type.Object({
    ...shape,
    maxParties: Type.Optional(Type.Integer({ minimum: 2, maximum: MAX_PARTIES })),
    entryTone: Type.Optional(Type.Boolean()),
  }),
)
const ConferenceRoomView = named(
  'ConferenceRoom',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    ...shape,
    maxParties: Type.Integer(),
    entryTone: Type.Boolean(),
  }),
)

const conferenceRooms: ConfigurationObject<typeof ConferenceRoomBody, ConferenceRoom> = {
  type: 'CONFERENCE_ROOM',
  idForm: 'short',
  historyType: 'ACCOUNT',
  eventName: 'conference-room',
  nameOf: (room) => room.name,
  keys: ({ name, extension }) => ({ 'name:CONFERENCE_ROOM': name.toLowerCase(), ...(extension === undefined ? {} : { extension }) }),
  check: (change, scope, room) => fittingExtension(change, scope, room.extension),
  limit: 500,
  path: 'conference-room',
  parameter: 'conferenceRoomId',
  tag: 'Conference Room',
  noun: 'a conference room',
  permission: 'EU_Account',
  createStatus: 201,
  deleteStatus: 204,
  body: ConferenceRoomBody,
  view: ConferenceRoomView,
  read: ({ name, extension, pin, maxParties = DEFAULT_PARTIES, entryTone = true }) => ok({ name, extension, pin, maxParties, entryTone }),
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
}

export const conferenceRoomOperations: readonly Operation[] = configurationObject(conferenceRooms)
