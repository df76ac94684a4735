import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject } from '../account-objects/index.ts'
import { invalidField } from '../failures/index.ts'
import { named, type Operation } from '../http/index.ts'

/** Where a call waits until somebody fetches it from any phone. */
export interface ParkingSpot {
  readonly name: string
  readonly spotNumber: string
  /** After that the call rings again where it was parked from. */
  readonly timeoutSeconds: number
}

const DEFAULT_TIMEOUT_SECONDS = 120

const ParkingSpotBody = named(
  'CallParkingSpotRequest',
  Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    spotNumber: Type.String({ maxLength: 8 }),
    /** `timeout` in the other documentation set. */
    timeout: Type.Optional(Type.Integer({ minimum: 10, maximum: 3600 })),
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
  }),
)

const parkingSpots: ConfigurationObject<typeof ParkingSpotBody, ParkingSpot> = {
  type: 'CALL_PARKING_SPOT',
  idForm: 'short',
  historyType: 'CALL_PARKING_SPOT',
  eventName: 'call-parking-spot',
  nameOf: (spot) => spot.name,
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
  read: ({ name, spotNumber, timeout }) =>
    /^\d{1,6}$/.test(spotNumber)
      ? ok({ name: name ?? `Spot ${spotNumber}`, spotNumber, timeoutSeconds: timeout ?? DEFAULT_TIMEOUT_SECONDS })
      : err(invalidField('spotNumber', `"${spotNumber}" cannot be dialed`, '1 to 6 digits')),
  bodyOf: ({ name, spotNumber, timeoutSeconds }) => ({ name, spotNumber, timeout: timeoutSeconds }),
  viewOf: ({ id, partitionId, accountId, attributes: { name, spotNumber, timeoutSeconds } }) => ({
    id,
    partitionId,
    accountId,
    name,
    spotNumber,
    timeout: timeoutSeconds,
  }),
}

export const parkingSpotOperations: readonly Operation[] = configurationObject(parkingSpots)
