import { DEVICE_TYPES, deviceType, UNKNOWN_DEVICE_LINES } from './device-type-catalogue.ts'
import type { DeviceType } from './device-type.ts'

/** How the surfaces describe a device (C-46): ids on A, `deviceType` and `model` in the guides, `model` and `manufacturer` on C. */
export interface DeviceDescription {
  readonly deviceTypeId?: string | undefined
  /** The same as `deviceTypeId` in requests of S1-93. */
  readonly deviceId?: string | undefined
  /** An id, or only the kind: `IP_PHONE`, `ATA`. */
  readonly deviceType?: string | undefined
  readonly model?: string | undefined
  readonly manufacturer?: string | undefined
}

export interface DeviceTypeMatch {
  readonly deviceType: DeviceType
  readonly matchedBy: 'id' | 'model' | 'kind'
}

/** Words in a model text that say who made the device, or nothing. */
const MAKERS = /POLYCOM|POLY|YEALINK|GRANDSTREAM|CISCO|LINKSYS|SIPURA|OBIHAI|ARRIS|TOUCHSTONE|SOUNDPOINTIP|SOUNDSTATIONIP|SANGOMA|SIPPHONE|IPPHONE/g
const ADAPTER_WORDS = /\bATA\b|ADAPT[EO]R|\bE?MTA\b|\bHT-?\d|\bSPA-?(1|2|3102|8000)|\bOBI|\bVEGA|GATEWAY|\bFXS\b/i

/** The model without maker, spaces and punctuation: "Polycom VVX 450" → VVX450, "yealink_t46u" → T46U, "SIP-T54W" → T54W. */
function modelKey(text: string): string {
  const plain = text
    .slice(0, 128)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
  return plain.replace(MAKERS, '').replace(/^(IP|SIP)(?=[A-Z]?\d)|^SIP(?=T\d)/, '')
}

const BY_MODEL: ReadonlyMap<string, DeviceType> = new Map(
  DEVICE_TYPES.flatMap((type): [string, DeviceType][] => [
    [modelKey(type.id), type],
    [modelKey(type.name), type],
  ]),
)

/** @returns the type a free-text model means, or undefined. */
export function deviceTypeOfModel(model: string): DeviceType | undefined {
  const key = modelKey(model)
  return key === '' ? undefined : BY_MODEL.get(key)
}

/**
 * The device type of a description; free text that matches nothing is stored as GENERIC_SIP or GENERIC_ATA (C-46).
 * An unknown id with nothing else beside it is not matched: that is the caller's mistake.
 * @returns undefined only when an id was given that the catalogue does not hold and no model says more.
 */
export function matchDeviceType(description: DeviceDescription): DeviceTypeMatch | undefined {
  const ids = given(description.deviceTypeId, description.deviceId, description.deviceType)
  for (const id of ids) {
    const found = deviceType(id)
    if (found !== undefined) return { deviceType: found, matchedBy: 'id' }
  }
  const models = given(description.model)
  for (const model of [...models, ...ids]) {
    const found = deviceTypeOfModel(model)
    if (found !== undefined) return { deviceType: found, matchedBy: 'model' }
  }
  const onlyUnknownId = given(description.deviceTypeId, description.deviceId).length > 0 && models.length === 0
  return onlyUnknownId ? undefined : genericMatch([...models, ...ids, ...given(description.manufacturer)].join(' '))
}

function given(...texts: readonly (string | undefined)[]): readonly string[] {
  return texts.flatMap((text) => (text === undefined || text.trim() === '' ? [] : [text]))
}

function genericMatch(text: string): DeviceTypeMatch | undefined {
  const generic = deviceType(ADAPTER_WORDS.test(text.replaceAll('_', ' ')) ? 'GENERIC_ATA' : 'GENERIC_SIP')
  return generic === undefined ? undefined : { deviceType: generic, matchedBy: 'kind' }
}

/** Lines or ports of a device type; 100 when the id is unknown (C-53). */
export function lineCountOf(deviceTypeId: string | undefined): number {
  return (deviceTypeId === undefined ? undefined : deviceType(deviceTypeId)?.numLines) ?? UNKNOWN_DEVICE_LINES
}

/** @returns false for a line or port the device does not have: 400 `InvalidLineNumber` (C-53). */
export function isLineNumberOf(deviceTypeId: string | undefined, lineNumber: number): boolean {
  return Number.isInteger(lineNumber) && lineNumber >= 1 && lineNumber <= lineCountOf(deviceTypeId)
}
