/** Manufacturers as the provisioning API spells them. */
export const DEVICE_MANUFACTURERS = [
  'CISCO_LINKSYS_SIPURA', 'POLYCOM', 'ARRIS', 'OBIHAI', 'INNOMEDIA', 'THIRD_PARTY', 'SOFT_PHONE', 'ZTE', 'SCIENTIFIC_ATLANTA', 'CALIX', 'YEALINK', 'SNOM', 'SMART_RG', 'ACROBITS',
  'GRANDSTREAM', 'ADTRAN', 'MEDIATRIX', 'ALGO', 'MITEL', 'CLEARLY_IP',
] as const // prettier-ignore

export type DeviceManufacturer = (typeof DEVICE_MANUFACTURERS)[number]

/** What a key of a device can be (`lineType` of a device line, public-spec 9). */
export const LINE_TYPES = [
  'Line', 'AdvancedSharedLine', 'ReferencedUser', 'IntercomLine', 'PresenceBlfUser', 'SpeedDialUser', 'SpeedDialTn', 'CallParkingSpot', 'SipPaging', 'Custom',
] as const // prettier-ignore

export type LineType = (typeof LINE_TYPES)[number]

/** Free text in the specification; these are our words. */
export type DeviceKind = 'IP_PHONE' | 'CONFERENCE_PHONE' | 'ATA' | 'EMTA' | 'SOFTPHONE' | 'SIP_DEVICE'

export interface RingTypeAlertInfo {
  readonly ringType: 'StandardRing' | `Ring${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  /** Value of the Alert-Info header (RFC 3261 section 20.4) that makes this device ring so. */
  readonly alertInfoHeaderValue: string
}

/** Make and model of a device: the answer of `/v2/ref/devicetype` (S1-93, C-46). */
export interface DeviceType {
  readonly id: string
  readonly name: string
  /** Lines (phones) or ports (adapters) it has. */
  readonly numLines: number
  readonly deviceTypeManufacturer: DeviceManufacturer
  /** A NOTIFY makes it fetch its configuration again. */
  readonly acceptsRemoteResync: boolean
  readonly faxSupported: boolean
  readonly macAddressRequired: boolean
  readonly showProvisionStatus: boolean
  readonly enforceUniqueAdminPassword: boolean
  readonly customEncryptionKeys: boolean
  readonly sipPagingEnabled: boolean
  readonly distinctiveRingInfo: string
  readonly smbDevice: boolean
  readonly sideCarTypeIds: readonly string[]
  readonly maxSideCars: number
  readonly ringTypeAlertInfo: readonly RingTypeAlertInfo[]
  /** Registrations it can hold at once. */
  readonly sipRegMax: number
  readonly deviceKind: DeviceKind
  /** What the keys of the device, and those of its side cars, can be. */
  readonly lineFunctionality: Readonly<Record<string, readonly LineType[]>>
}

/** Whether analog telephones, fax machines and alarm panels plug into it. */
export function hasAnalogPorts({ deviceKind }: Pick<DeviceType, 'deviceKind'>): boolean {
  return deviceKind === 'ATA' || deviceKind === 'EMTA'
}
