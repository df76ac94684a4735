import type { Vendor } from './vendor.ts'
import { cisco } from './vendors/cisco.ts'
import { fanvil } from './vendors/fanvil.ts'
import { generic } from './vendors/generic.ts'
import { grandstream } from './vendors/grandstream.ts'
import { obihai } from './vendors/obihai.ts'
import { polycom } from './vendors/polycom.ts'
import { sangoma } from './vendors/sangoma.ts'
import { snom } from './vendors/snom.ts'
import { vega } from './vendors/vega.ts'
import { yealink } from './vendors/yealink.ts'

export const VENDORS: readonly Vendor[] = [yealink, polycom, cisco, grandstream, snom, fanvil, obihai, sangoma, vega, generic]

/** By the beginning of the id of a device type. */
const BY_DEVICE_TYPE: readonly (readonly [RegExp, Vendor])[] = [
  [/^YEALINK/i, yealink],
  [/^(VVX|SPIP|SSIP|Trio)/i, polycom],
  [/^PolycomOBi|^OBi/i, obihai],
  [/^(SPA|PAP|ATA19)/i, cisco],
  [/^(HT\d|GXP|GRP|DP7)/i, grandstream],
  [/^snom/i, snom],
  [/^fanvil/i, fanvil],
  [/^vega/i, vega],
  [/^sangoma/i, sangoma],
]

/** Whose files a device takes; those of nobody in particular when its type says nothing. */
export function vendorOf(deviceTypeId: string): Vendor {
  return BY_DEVICE_TYPE.find(([pattern]) => pattern.test(deviceTypeId))?.[1] ?? generic
}
