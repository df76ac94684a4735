import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { invalidMacAddress, normalizeMacAddress, type PortPlace } from '../devices/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { named } from '../http/index.ts'
import { deviceType } from '../reference-data/index.ts'
import type { GivenCredentials } from '../sip-credentials/index.ts'
import type { SpecialtyLineAttributes } from './specialty-line.ts'

const shortText = Type.Optional(Type.String({ maxLength: 256 }))

export const SpecialtyLineBody = named(
  'SpecialtyLineRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    callerId: Type.String({ minLength: 1, maxLength: 32 }),
    e911CallbackNumber: Type.String({ minLength: 1, maxLength: 32 }),
    callingPlanIds: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 20 }),
    deviceType: shortText,
    macAddress: shortText,
    portNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    sipUsername: shortText,
    sipPassword: shortText,
  }),
)
type Body = Static<typeof SpecialtyLineBody>

export interface SpecialtyLineRequest {
  readonly line: SpecialtyLineAttributes
  readonly given: GivenCredentials
}

export function readSpecialtyLine(body: Body): Result<SpecialtyLineRequest, ApiFailure> {
  const callerId = normalizePhoneNumber(body.callerId)
  if (callerId === undefined) return err(notANumber('callerId'))
  const e911CallbackNumber = normalizePhoneNumber(body.e911CallbackNumber)
  if (e911CallbackNumber === undefined) return err(notANumber('e911CallbackNumber'))
  const port = readPort(body)
  if (!port.ok) return port
  return ok({
    line: { name: body.name, callerId, e911CallbackNumber, callingPlanIds: [...new Set(body.callingPlanIds)], port: port.value },
    given: { sipUsername: written(body.sipUsername), sipPassword: written(body.sipPassword) },
  })
}

/** Any of the three says that a device is wanted; then its type has to be known, and with a MAC the port too (S4-13). */
function readPort(body: Body): Result<PortPlace | undefined, ApiFailure> {
  const typeName = written(body.deviceType)
  const mac = written(body.macAddress)
  if (typeName === undefined && mac === undefined && body.portNumber === undefined) return ok(undefined)
  if (typeName === undefined) return err(fieldRequired('deviceType'))
  const type = deviceType(typeName)
  if (type === undefined) return err(entityNotFound('DeviceType', typeName))
  const macAddress = mac === undefined ? undefined : normalizeMacAddress(mac)
  if (mac !== undefined && macAddress === undefined) return err(invalidMacAddress(mac))
  if (macAddress !== undefined && body.portNumber === undefined) return err(fieldRequired('portNumber'))
  return ok({ macAddress, deviceTypeId: type.id, portNumber: body.portNumber ?? 1, faxEnabled: false })
}

function notANumber(field: string): ApiFailure {
  return invalidField(field, 'is no telephone number', '10 or 11 digits')
}

function written(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
