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

const BY_USER_AGENT: readonly (readonly [RegExp, Vendor])[] = [
  [/^yealink/i, yealink],
  [/polycom|^poly/i, polycom],
  [/^(cisco|linksys|sipura)/i, cisco],
  [/grandstream/i, grandstream],
  [/snom/i, snom],
  [/fanvil/i, fanvil],
  [/obihai/i, obihai],
  [/vega/i, vega],
  [/sangoma/i, sangoma],
]

/** Whose files a device takes. When its type says nothing, what it calls itself does; else those of nobody in particular. */
export function vendorOf(deviceTypeId: string, userAgent = ''): Vendor {
  const byType = BY_DEVICE_TYPE.find(([pattern]) => pattern.test(deviceTypeId))?.[1]
  return byType ?? BY_USER_AGENT.find(([pattern]) => pattern.test(userAgent))?.[1] ?? generic
}
