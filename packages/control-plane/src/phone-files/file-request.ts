import type { FileRule, Vendor } from './vendor.ts'
import { vendorOf, VENDORS } from './vendors.ts'

/** A name of a file as a phone asked for it, taken apart. */
export interface FileRequest {
  /** As asked, in lower case. */
  readonly fileName: string
  /** With `{mac}` in place of the address of the device. */
  readonly pattern: string
  /** The address in the name; undefined: the name is that of a model. */
  readonly macAddress: string | undefined
}

/** What stands before the address in names of some vendors; `ata` ends with a digit of an address. */
const NAME = /^(|cfg|sep|ata|spa|snom[a-z0-9]+-)((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})(?![0-9a-f])(.*)$/
const NOBODY = '000000000000'

/** @returns undefined for what is no name of a file: nothing of it is looked up anywhere. */
export function readFileRequest(name: string): FileRequest | undefined {
  const fileName = name.toLowerCase()
  if (!/^[a-z0-9][a-z0-9._:-]{0,120}$/.test(fileName)) return undefined
  const [, before = '', address, after = ''] = NAME.exec(fileName) ?? []
  const macAddress = address?.replaceAll(/[:-]/g, '')
  // Names for every phone of a vendor carry the address of none.
  if (macAddress === undefined || macAddress === NOBODY) return { fileName, pattern: fileName, macAddress: undefined }
  return { fileName, pattern: `${before}{mac}${after}`, macAddress }
}

/** The file of a vendor that a request means. */
export function ruleOf(vendor: Vendor, request: FileRequest): FileRule | undefined {
  return vendor.files.find(({ name }) => (typeof name === 'string' ? name === request.pattern : name.test(request.pattern)))
}

/** Of whichever vendor asks for such a name: what a phone nobody has told us of may ask. */
export function anyRuleOf(request: FileRequest, userAgent = ''): { readonly vendor: Vendor; readonly rule: FileRule } | undefined {
  for (const vendor of [vendorOf('', userAgent), ...VENDORS]) {
    const rule = ruleOf(vendor, request)
    if (rule !== undefined) return { vendor, rule }
  }
  return undefined
}
