import { FAMILIES } from './device-families.ts'
import type { DeviceType } from './device-type.ts'

interface CatalogueRow {
  readonly id: string
  readonly name: string
  readonly family: keyof typeof FAMILIES
  readonly numLines: number
  /** Side cars: how many, and which type fits. */
  readonly sideCars?: readonly [count: number, typeId: string]
}

/** Lines of a device of unknown make (C-53). */
export const UNKNOWN_DEVICE_LINES = 100

// prettier-ignore
const ROWS: readonly CatalogueRow[] = [
  // Analogue adapters (ports)
  { id: 'SPA112', name: 'Cisco SPA112', family: 'ciscoAdapter', numLines: 2 },
  { id: 'SPA122', name: 'Cisco SPA122', family: 'ciscoAdapter', numLines: 2 },
  { id: 'SPA2102', name: 'Linksys SPA2102', family: 'ciscoAdapter', numLines: 2 },
  { id: 'SPA8000', name: 'Cisco SPA8000', family: 'ciscoAdapter', numLines: 8 },
  { id: 'TM604G', name: 'Arris Touchstone TM604G', family: 'arrisModem', numLines: 4 },
  { id: 'HT801', name: 'Grandstream HT801', family: 'grandstreamAdapter', numLines: 1 },
  { id: 'HT802', name: 'Grandstream HT802', family: 'grandstreamAdapter', numLines: 2 },
  { id: 'HT812', name: 'Grandstream HT812', family: 'grandstreamAdapter', numLines: 2 },
  { id: 'HT814', name: 'Grandstream HT814', family: 'grandstreamAdapter', numLines: 4 },
  { id: 'HT818', name: 'Grandstream HT818', family: 'grandstreamAdapter', numLines: 8 },
  { id: 'OBi300', name: 'OBi300', family: 'obihaiAdapter', numLines: 1 },
  { id: 'OBi302', name: 'OBi302', family: 'obihaiAdapter', numLines: 2 },
  { id: 'PolycomOBi504', name: 'Polycom OBi504vs', family: 'obihaiAdapter', numLines: 4 },
  { id: 'PolycomOBi508', name: 'Polycom OBi508vs', family: 'obihaiAdapter', numLines: 8 },
  { id: 'ATA191', name: 'Cisco ATA 191', family: 'ciscoAdapter', numLines: 2 },
  { id: 'ATA192', name: 'Cisco ATA 192', family: 'ciscoAdapter', numLines: 2 },
  { id: 'VEGA50_4FXS', name: 'Sangoma Vega 50 with 4 FXS', family: 'otherMakersGateway', numLines: 4 },
  { id: 'VEGA50_8FXS', name: 'Sangoma Vega 50 with 8 FXS', family: 'otherMakersGateway', numLines: 8 },
  { id: 'VEGA3050', name: 'Sangoma Vega 3050G', family: 'otherMakersGateway', numLines: 50 },
  // Adapters that a third party configures, by ports (S4-21, C-54)
  { id: 'SIP_2_Port_MTA', name: 'SIP MTA with 2 ports', family: 'thirdPartyAdapter', numLines: 2 },
  { id: 'SIP_4_Port_MTA', name: 'SIP MTA with 4 ports', family: 'thirdPartyAdapter', numLines: 4 },
  { id: 'SIP_8_Port_MTA', name: 'SIP MTA with 8 ports', family: 'thirdPartyAdapter', numLines: 8 },
  { id: 'SIP_24_Port_MTA', name: 'SIP MTA with 24 ports', family: 'thirdPartyAdapter', numLines: 24 },
  { id: 'SIP_50_Port_MTA', name: 'SIP MTA with 50 ports', family: 'thirdPartyAdapter', numLines: 50 },
  { id: 'SIP_50_Port_ATA', name: 'SIP ATA with 50 ports', family: 'thirdPartyAdapter', numLines: 50 },
  { id: 'GENERIC_ATA', name: 'Other analogue adapter', family: 'thirdPartyAdapter', numLines: UNKNOWN_DEVICE_LINES },
  // Phones (lines)
  { id: 'SPA303', name: 'Cisco SPA303', family: 'ciscoPhone', numLines: 3 },
  { id: 'SPA504G', name: 'Cisco SPA504G', family: 'ciscoPhoneWithSideCar', numLines: 4, sideCars: [2, 'SPA500S'] },
  { id: 'SPA508G', name: 'Cisco SPA508G', family: 'ciscoPhoneWithSideCar', numLines: 8, sideCars: [2, 'SPA500S'] },
  { id: 'SPA514G', name: 'Cisco SPA514G', family: 'ciscoPhoneWithSideCar', numLines: 4, sideCars: [2, 'SPA500S'] },
  { id: 'SPA525G2', name: 'Cisco SPA525G2', family: 'ciscoPhoneWithSideCar', numLines: 5, sideCars: [2, 'SPA500S'] },
  { id: 'SPIP331', name: 'Polycom SoundPoint IP 331', family: 'polycomPhone', numLines: 2 },
  { id: 'SPIP335', name: 'Polycom SoundPoint IP 335', family: 'polycomPhone', numLines: 2 },
  { id: 'SPIP450', name: 'Polycom SoundPoint IP 450', family: 'polycomPhone', numLines: 3 },
  { id: 'SPIP550', name: 'Polycom SoundPoint IP 550', family: 'polycomPhone', numLines: 4 },
  { id: 'SPIP650', name: 'Polycom SoundPoint IP 650', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'SPIPEXP'] },
  { id: 'SPIP670', name: 'Polycom SoundPoint IP 670', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'SPIPEXP'] },
  { id: 'VVX101', name: 'Polycom VVX 101', family: 'polycomPhone', numLines: 1 },
  { id: 'VVX150', name: 'Poly VVX 150', family: 'polycomPhone', numLines: 2 },
  { id: 'VVX201', name: 'Polycom VVX 201', family: 'polycomPhone', numLines: 2 },
  { id: 'VVX250', name: 'Poly VVX 250', family: 'polycomPhone', numLines: 4 },
  { id: 'VVX300', name: 'Polycom VVX 300', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX301', name: 'Polycom VVX 301', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX310', name: 'Polycom VVX 310', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX311', name: 'Polycom VVX 311', family: 'polycomPhoneWithSideCar', numLines: 6, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX350', name: 'Poly VVX 350', family: 'polycomPhone', numLines: 6 },
  { id: 'VVX400', name: 'Polycom VVX 400', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX401', name: 'Polycom VVX 401', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX410', name: 'Polycom VVX 410', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX411', name: 'Polycom VVX 411', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX450', name: 'Poly VVX 450', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEM50'] },
  { id: 'VVX500', name: 'Polycom VVX 500', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX501', name: 'Polycom VVX 501', family: 'polycomPhoneWithSideCar', numLines: 12, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX600', name: 'Polycom VVX 600', family: 'polycomPhoneWithSideCar', numLines: 16, sideCars: [3, 'VVXEXP'] },
  { id: 'VVX601', name: 'Polycom VVX 601', family: 'polycomPhoneWithSideCar', numLines: 16, sideCars: [3, 'VVXEXP'] },
  { id: 'SSIP5000', name: 'Polycom SoundStation IP 5000', family: 'polycomConference', numLines: 1 },
  { id: 'SSIP6000', name: 'Polycom SoundStation IP 6000', family: 'polycomConference', numLines: 1 },
  { id: 'Trio8300', name: 'Poly Trio 8300', family: 'polycomConference', numLines: 1 },
  { id: 'Trio8500', name: 'Poly Trio 8500', family: 'polycomConference', numLines: 1 },
  { id: 'Trio8800', name: 'Poly Trio 8800', family: 'polycomConference', numLines: 1 },
  { id: 'YEALINKT21P', name: 'Yealink SIP-T21P E2', family: 'yealinkPhone', numLines: 2 },
  { id: 'YEALINKT23G', name: 'Yealink SIP-T23G', family: 'yealinkPhone', numLines: 3 },
  { id: 'YEALINKT27G', name: 'Yealink SIP-T27G', family: 'yealinkPhoneWithSideCar', numLines: 8, sideCars: [6, 'YEALINKEXP40'] },
  { id: 'YEALINKT29G', name: 'Yealink SIP-T29G', family: 'yealinkPhoneWithSideCar', numLines: 10, sideCars: [6, 'YEALINKEXP40'] },
  { id: 'YEALINKT31P', name: 'Yealink SIP-T31P', family: 'yealinkPhone', numLines: 2 },
  { id: 'YEALINKT33G', name: 'Yealink SIP-T33G', family: 'yealinkPhone', numLines: 4 },
  { id: 'YEALINKT42S', name: 'Yealink SIP-T42S', family: 'yealinkPhone', numLines: 12 },
  { id: 'YEALINKT42U', name: 'Yealink SIP-T42U', family: 'yealinkPhone', numLines: 12 },
  { id: 'YEALINKT43U', name: 'Yealink SIP-T43U', family: 'yealinkPhoneWithSideCar', numLines: 12, sideCars: [3, 'YEALINKEXP43'] },
  { id: 'YEALINKT46G', name: 'Yealink SIP-T46G', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [6, 'YEALINKEXP40'] },
  { id: 'YEALINKT46S', name: 'Yealink SIP-T46S', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [6, 'YEALINKEXP40'] },
  { id: 'YEALINKT46U', name: 'Yealink SIP-T46U', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [3, 'YEALINKEXP43'] },
  { id: 'YEALINKT48S', name: 'Yealink SIP-T48S', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [6, 'YEALINKEXP40'] },
  { id: 'YEALINKT48U', name: 'Yealink SIP-T48U', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [3, 'YEALINKEXP43'] },
  { id: 'YEALINKT53W', name: 'Yealink SIP-T53W', family: 'yealinkPhoneWithSideCar', numLines: 12, sideCars: [3, 'YEALINKEXP50'] },
  { id: 'YEALINKT54W', name: 'Yealink SIP-T54W', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [3, 'YEALINKEXP50'] },
  { id: 'YEALINKT57W', name: 'Yealink SIP-T57W', family: 'yealinkPhoneWithSideCar', numLines: 16, sideCars: [3, 'YEALINKEXP50'] },
  { id: 'YEALINKCP920', name: 'Yealink CP920', family: 'yealinkConference', numLines: 1 },
  { id: 'GXP1625', name: 'Grandstream GXP1625', family: 'grandstreamPhone', numLines: 2 },
  { id: 'GXP1630', name: 'Grandstream GXP1630', family: 'grandstreamPhone', numLines: 3 },
  { id: 'GXP2130', name: 'Grandstream GXP2130', family: 'grandstreamPhone', numLines: 8 },
  { id: 'GXP2135', name: 'Grandstream GXP2135', family: 'grandstreamPhone', numLines: 8 },
  { id: 'GXP2140', name: 'Grandstream GXP2140', family: 'grandstreamPhoneWithSideCar', numLines: 8, sideCars: [4, 'GXP2200EXT'] },
  { id: 'GXP2160', name: 'Grandstream GXP2160', family: 'grandstreamPhone', numLines: 24 },
  { id: 'GXP2170', name: 'Grandstream GXP2170', family: 'grandstreamPhoneWithSideCar', numLines: 12, sideCars: [4, 'GXP2200EXT'] },
  { id: 'GRP2612', name: 'Grandstream GRP2612', family: 'grandstreamPhone', numLines: 16 },
  { id: 'GRP2614', name: 'Grandstream GRP2614', family: 'grandstreamPhone', numLines: 24 },
  { id: 'SNOM320', name: 'Snom 320', family: 'snomPhone', numLines: 12 },
  { id: 'SNOM370', name: 'Snom 370', family: 'snomPhone', numLines: 12 },
  { id: 'SNOM720', name: 'Snom 720', family: 'snomPhone', numLines: 18 },
  { id: 'SNOM760', name: 'Snom 760', family: 'snomPhone', numLines: 16 },
  { id: 'SNOMD315', name: 'Snom D315', family: 'snomPhone', numLines: 5 },
  { id: 'SNOMD345', name: 'Snom D345', family: 'snomPhone', numLines: 12 },
  { id: 'SNOMD385', name: 'Snom D385', family: 'snomPhone', numLines: 12 },
  { id: 'SNOMD717', name: 'Snom D717', family: 'snomPhone', numLines: 6 },
  { id: 'SNOMD735', name: 'Snom D735', family: 'snomPhone', numLines: 8 },
  { id: 'SNOMD785', name: 'Snom D785', family: 'snomPhone', numLines: 6 },
  { id: 'FANVILX3U', name: 'Fanvil X3U', family: 'otherMakersPhone', numLines: 6 },
  { id: 'FANVILX4U', name: 'Fanvil X4U', family: 'otherMakersPhone', numLines: 12 },
  { id: 'FANVILX5U', name: 'Fanvil X5U', family: 'otherMakersPhone', numLines: 16 },
  { id: 'FANVILX6U', name: 'Fanvil X6U', family: 'otherMakersPhone', numLines: 20 },
  { id: 'SANGOMAS205', name: 'Sangoma S205', family: 'otherMakersPhone', numLines: 1 },
  { id: 'SANGOMAS505', name: 'Sangoma S505', family: 'otherMakersPhone', numLines: 4 },
  { id: 'SANGOMAS705', name: 'Sangoma S705', family: 'otherMakersPhone', numLines: 6 },
  { id: 'SANGOMAA20', name: 'Sangoma A20', family: 'otherMakersPhone', numLines: 4 },
  // Programs and everything else
  { id: 'CCSoftphone', name: 'Softphone', family: 'softphone', numLines: 1 },
  { id: 'CYMBUS', name: 'Cymbus softphone', family: 'softphone', numLines: 1 },
  { id: 'GENERIC_SIP', name: 'Other SIP device', family: 'genericDevice', numLines: UNKNOWN_DEVICE_LINES },
]

/** Every device type the platform knows, in the order they are listed. */
export const DEVICE_TYPES: readonly DeviceType[] = ROWS.map(deviceTypeOf)

const BY_ID: ReadonlyMap<string, DeviceType> = new Map(DEVICE_TYPES.map((type) => [type.id.toUpperCase(), type]))

/** @param id as published; case does not matter. @returns undefined for an id that is not in the catalogue. */
export function deviceType(id: string): DeviceType | undefined {
  return BY_ID.get(id.trim().toUpperCase())
}

function deviceTypeOf(row: CatalogueRow): DeviceType {
  const [maxSideCars, sideCarTypeId] = row.sideCars ?? [0, undefined]
  return {
    ...FAMILIES[row.family],
    id: row.id,
    name: row.name,
    numLines: row.numLines,
    sipRegMax: row.numLines,
    maxSideCars,
    sideCarTypeIds: sideCarTypeId === undefined ? [] : [sideCarTypeId],
  }
}
