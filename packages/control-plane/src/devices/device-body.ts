import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ApiFailure, entityNotFound, fieldRequired } from '../failures/index.ts'
import { named } from '../http/index.ts'
import { matchDeviceType } from '../reference-data/index.ts'
import type { NewDevice } from './device-queries.ts'
import { invalidMacAddress, normalizeMacAddress } from './mac-address.ts'

const shortText = Type.Optional(Type.String({ maxLength: 256 }))

/** The workflow guide names a device by kind and model in words; ids of the catalogue are understood as well (C-46). */
export const DeviceBody = named(
  'DeviceRequest',
  Type.Object({
    macAddress: shortText,
    deviceType: shortText,
    deviceTypeId: shortText,
    type: shortText,
    model: shortText,
    manufacturer: shortText,
    description: shortText,
    deviceName: shortText,
    name: shortText,
  }),
)

export function readDevice(body: Static<typeof DeviceBody>): Result<NewDevice, ApiFailure> {
  const { deviceTypeId, model, manufacturer } = body
  const kind = body.deviceType ?? body.type
  const given = deviceTypeId ?? model ?? kind
  if (given === undefined) return err(fieldRequired('deviceType'))
  const type = matchDeviceType({ deviceTypeId, deviceType: kind, model, manufacturer })?.deviceType
  if (type === undefined) return err(entityNotFound('DeviceType', given))
  const written = body.macAddress === '' ? undefined : body.macAddress
  const macAddress = written === undefined ? undefined : normalizeMacAddress(written)
  if (written !== undefined && macAddress === undefined) return err(invalidMacAddress(written))
  return ok({
    macAddress,
    deviceTypeId: type.id,
    deviceName: body.deviceName ?? body.name ?? body.description ?? model ?? type.name,
    model,
    description: body.description,
  })
}
