import type { DeviceKind, DeviceManufacturer, DeviceType, LineType, RingTypeAlertInfo } from './device-type.ts'

const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7'] as const

const ADAPTER_KEYS: readonly LineType[] = ['Line']
const PHONE_KEYS: readonly LineType[] = [
  'Line', 'AdvancedSharedLine', 'ReferencedUser', 'IntercomLine', 'PresenceBlfUser', 'SpeedDialUser', 'SpeedDialTn', 'CallParkingSpot', 'Custom',
] // prettier-ignore
const SIDE_CAR_KEYS: readonly LineType[] = ['ReferencedUser', 'PresenceBlfUser', 'SpeedDialUser', 'SpeedDialTn', 'CallParkingSpot']

/** Everything of a device type that follows from its family; a catalogue row adds id, name and counts. */
export type DeviceFamily = Omit<DeviceType, 'id' | 'name' | 'numLines' | 'sipRegMax' | 'sideCarTypeIds' | 'maxSideCars'>

/** Bellcore cadences: adapters ring analogue phones with them (GR-506). */
function bellcoreRings(): readonly RingTypeAlertInfo[] {
  return RING_TYPES.map((ringType, index) => ({ ringType, alertInfoHeaderValue: `<http://127.0.0.1/Bellcore-dr${index + 1}>` }))
}

/** Phones choose a ring by the name in the header. */
function namedRings(): readonly RingTypeAlertInfo[] {
  return RING_TYPES.map((ringType) => ({ ringType, alertInfoHeaderValue: `<http://127.0.0.1/${ringType}>;info=${ringType}` }))
}

function adapter(deviceTypeManufacturer: DeviceManufacturer, managed: boolean, deviceKind: DeviceKind = 'ATA'): DeviceFamily {
  return {
    deviceTypeManufacturer,
    deviceKind,
    acceptsRemoteResync: managed,
    faxSupported: true,
    macAddressRequired: managed,
    showProvisionStatus: managed,
    enforceUniqueAdminPassword: managed,
    customEncryptionKeys: managed,
    sipPagingEnabled: false,
    distinctiveRingInfo: 'Alert-Info',
    smbDevice: false,
    ringTypeAlertInfo: bellcoreRings(),
    lineFunctionality: { device: ADAPTER_KEYS },
  }
}

function phone(deviceTypeManufacturer: DeviceManufacturer, o: { kind?: DeviceKind; sideCars?: boolean } = {}): DeviceFamily {
  return {
    deviceTypeManufacturer,
    deviceKind: o.kind ?? 'IP_PHONE',
    acceptsRemoteResync: true,
    faxSupported: false,
    macAddressRequired: true,
    showProvisionStatus: true,
    enforceUniqueAdminPassword: true,
    customEncryptionKeys: deviceTypeManufacturer !== 'POLYCOM',
    sipPagingEnabled: true,
    distinctiveRingInfo: 'Alert-Info',
    smbDevice: true,
    ringTypeAlertInfo: namedRings(),
    lineFunctionality: { device: [...PHONE_KEYS, 'SipPaging'], ...(o.sideCars === true ? { sideCar: SIDE_CAR_KEYS } : {}) },
  }
}

/** Programs, and devices that somebody else configures: we hand out credentials and nothing more. */
function unmanaged(deviceTypeManufacturer: DeviceManufacturer, deviceKind: DeviceKind): DeviceFamily {
  return { ...adapter(deviceTypeManufacturer, false, deviceKind), faxSupported: false, distinctiveRingInfo: '', ringTypeAlertInfo: [] }
}

export const FAMILIES = {
  ciscoAdapter: adapter('CISCO_LINKSYS_SIPURA', true),
  ciscoPhone: phone('CISCO_LINKSYS_SIPURA'),
  ciscoPhoneWithSideCar: phone('CISCO_LINKSYS_SIPURA', { sideCars: true }),
  arrisModem: adapter('ARRIS', true, 'EMTA'),
  grandstreamAdapter: adapter('GRANDSTREAM', true),
  grandstreamPhone: phone('GRANDSTREAM'),
  grandstreamPhoneWithSideCar: phone('GRANDSTREAM', { sideCars: true }),
  snomPhone: phone('SNOM'),
  // Makers that the published list of manufacturers does not know.
  otherMakersPhone: phone('THIRD_PARTY'),
  otherMakersGateway: adapter('THIRD_PARTY', true),
  obihaiAdapter: adapter('OBIHAI', true),
  polycomPhone: phone('POLYCOM'),
  polycomPhoneWithSideCar: phone('POLYCOM', { sideCars: true }),
  polycomConference: phone('POLYCOM', { kind: 'CONFERENCE_PHONE' }),
  yealinkPhone: phone('YEALINK'),
  yealinkPhoneWithSideCar: phone('YEALINK', { sideCars: true }),
  yealinkConference: phone('YEALINK', { kind: 'CONFERENCE_PHONE' }),
  thirdPartyAdapter: adapter('THIRD_PARTY', false),
  softphone: unmanaged('SOFT_PHONE', 'SOFTPHONE'),
  genericDevice: unmanaged('THIRD_PARTY', 'SIP_DEVICE'),
} as const satisfies Readonly<Record<string, DeviceFamily>>
