import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject } from '../account-objects/index.ts'
import { type CallDestination, CallDestinationBody, destinationProblems, destinationReferences, OVERFLOW, overflowFailure } from '../call-destinations/index.ts'
import { invalidField, invalidFields } from '../failures/index.ts'
import { named, type Operation } from '../http/index.ts'

/** Where a call waits until somebody fetches it from any phone. */
export interface ParkingSpot {
  readonly name: string
  readonly spotNumber: string
  /** After that the call rings at who parked it. */
  readonly timeoutSeconds: number
  /** Where it goes when nobody takes it back; undefined: it waits on. */
  readonly overflow?: CallDestination | undefined
}

const DEFAULT_TIMEOUT_SECONDS = 120

const ParkingSpotBody = named(
  'CallParkingSpotRequest',
  Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    spotNumber: Type.String({ maxLength: 8 }),
    /** `timeout` in the other documentation set. */
    timeout: Type.Optional(Type.Integer({ minimum: 10, maximum: 3600 })),
    overflow: Type.Optional(CallDestinationBody),
  }),
)
const ParkingSpotView = named(
  'CallParkingSpot',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    spotNumber: Type.String(),
    timeout: Type.Integer(),
    overflow: Type.Optional(CallDestinationBody),
  }),
)

const parkingSpots: ConfigurationObject<typeof ParkingSpotBody, ParkingSpot> = {
  type: 'CALL_PARKING_SPOT',
  idForm: 'short',
  historyType: 'CALL_PARKING_SPOT',
  eventName: 'call-parking-spot',
  nameOf: (spot) => spot.name,
  references: (spot) => destinationReferences(OVERFLOW, spot.overflow),
  check: (change, scope, spot, id) => overflowFailure(change.sql, scope, { type: 'CALL_PARKING_SPOT', id }, spot.overflow),
  keys: (spot) => ({ spotNumber: spot.spotNumber, 'name:CALL_PARKING_SPOT': spot.name.toLowerCase() }),
  limit: 1000,
  path: 'callpark',
  aliases: ['call-parking-spot'],
  parameter: 'spotId',
  tag: 'Call Parking Spot',
  noun: 'a parking spot',
  permission: 'EU_Account',
  createStatus: 200,
  deleteStatus: 200,
  body: ParkingSpotBody,
  view: ParkingSpotView,
  read: ({ name, spotNumber, timeout, overflow }) => {
    if (!/^\d{1,6}$/.test(spotNumber)) return err(invalidField('spotNumber', `"${spotNumber}" cannot be dialed`, '1 to 6 digits'))
    const problems = overflow === undefined ? [] : destinationProblems('overflow', overflow)
    if (problems.length > 0) return err(invalidFields(problems))
    return ok({ name: name ?? `Spot ${spotNumber}`, spotNumber, timeoutSeconds: timeout ?? DEFAULT_TIMEOUT_SECONDS, overflow })
  },
  bodyOf,
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...bodyOf(attributes) }),
}

function bodyOf({ name, spotNumber, timeoutSeconds, overflow }: ParkingSpot) {
  return { name, spotNumber, timeout: timeoutSeconds, overflow }
}

export const parkingSpotOperations: readonly Operation[] = configurationObject(parkingSpots)
