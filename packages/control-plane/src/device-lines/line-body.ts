import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { invalidMacAddress, normalizeMacAddress } from '../devices/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { named, oneOf } from '../http/index.ts'
import { matchDeviceType } from '../reference-data/index.ts'
import { codecOf, type DeviceLineAttributes, LINE_FEATURES, LINE_TYPES, type LineCodec } from './device-line.ts'
import type { RevisedLine } from './update-device-line.ts'

export const shortText = Type.Optional(Type.String({ maxLength: 256 }))

export const LineFeaturesBody = Type.Object(Object.fromEntries(LINE_FEATURES.map((feature) => [feature, Type.Optional(Type.Boolean())])))

/** The device type is written `deviceTypeId` by the interface, `deviceId` by the account guide, `deviceType` or `model` elsewhere (C-46). */
export const DeviceLineBody = named(
  'DeviceLineRequest',
  Type.Object({
    userId: shortText,
    deviceName: shortText,
    deviceTypeId: shortText,
    deviceId: shortText,
    deviceType: shortText,
    model: shortText,
    macAddress: shortText,
    lineNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    lineType: Type.Optional(oneOf(LINE_TYPES)),
    referenceId: shortText,
    faxEnabled: Type.Optional(Type.Boolean()),
    emergencyNumber: shortText,
    state: Type.Optional(Type.String({ maxLength: 256, deprecated: true, description: 'Kept nowhere: the address of the emergency number has it' })),
    sipUsername: shortText,
    sipPassword: shortText,
    features: Type.Optional(LineFeaturesBody),
    codecs: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10 })),
  }),
)
/** What a replace without them keeps: a line that registers has a login. */
export const LOGIN = ['sipUsername', 'sipPassword']
/** In whatever word the type of a device is named, the stored one gives way to it. */
export const TYPE_NAMES = { deviceId: ['deviceTypeId'], deviceType: ['deviceTypeId'], model: ['deviceTypeId'] }
export type DeviceLineRequest = Static<typeof DeviceLineBody>

export function readLine(body: DeviceLineRequest): Result<RevisedLine, ApiFailure> {
  const typeName = body.deviceTypeId ?? body.deviceId ?? body.deviceType ?? body.model
  if (typeName === undefined) return err(fieldRequired('deviceTypeId'))
  const type = matchDeviceType(body)?.deviceType
  if (type === undefined) return err(entityNotFound('DeviceType', typeName))
  const macAddress = body.macAddress === undefined || body.macAddress === '' ? undefined : normalizeMacAddress(body.macAddress)
  if (macAddress === undefined && body.macAddress !== undefined && body.macAddress !== '') return err(invalidMacAddress(body.macAddress))
  const parts = readLineParts(body)
  if (!parts.ok) return parts
  return ok({
    line: { ...parts.value, deviceName: body.deviceName ?? type.name, deviceTypeId: type.id, macAddress },
    given: { sipUsername: body.sipUsername, sipPassword: body.sipPassword },
  })
}

/** What is a line's own, not its device's. */
export function readLineParts(body: DeviceLineRequest): Result<Omit<DeviceLineAttributes, 'deviceName' | 'deviceTypeId' | 'macAddress'>, ApiFailure> {
  const written = given(body.emergencyNumber)
  const emergencyNumber = written === undefined ? undefined : normalizePhoneNumber(written)
  if (written !== undefined && emergencyNumber === undefined) return err(invalidField('emergencyNumber', 'is no telephone number', '10 or 11 digits'))
  const codecs = readCodecs(body.codecs)
  if (!codecs.ok) return codecs
  return ok({
    userId: given(body.userId),
    lineNumber: body.lineNumber ?? 1,
    lineType: body.lineType ?? 'Line',
    referenceId: given(body.referenceId),
    faxEnabled: body.faxEnabled ?? false,
    emergencyNumber,
    features: body.features,
    codecs: codecs.value,
  })
}

function readCodecs(names: readonly string[] | undefined): Result<readonly LineCodec[] | undefined, ApiFailure> {
  if (names === undefined || names.length === 0) return ok(undefined)
  const codecs: LineCodec[] = []
  for (const name of names) {
    const codec = codecOf(name)
    if (codec === undefined) return err(invalidField('codecs', `"${name}" is not known`, 'PCMU, PCMA, G722, G729, opus'))
    if (!codecs.includes(codec)) codecs.push(codec)
  }
  return ok(codecs)
}

/** A replace that leaves out what names the device keeps it. */
export function withDeviceOf(line: DeviceLineAttributes, body: DeviceLineRequest): DeviceLineRequest {
  const namesType = (body.deviceTypeId ?? body.deviceId ?? body.deviceType ?? body.model) !== undefined
  return {
    ...(namesType ? {} : { deviceTypeId: line.deviceTypeId }),
    lineNumber: line.lineNumber,
    ...(line.macAddress === undefined ? {} : { macAddress: line.macAddress }),
    ...body,
  }
}

/** The guide writes an absent value as '' (S1-98). */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
