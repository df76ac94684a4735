import { PARAMETER_NAME } from './escape-text.ts'
import type { PhoneConfiguration } from './phone-configuration.ts'
import type { IgnoredSetting, PhoneSettings } from './phone-settings.ts'

export const VENDOR_IDS = ['YEALINK', 'POLYCOM', 'CISCO', 'GRANDSTREAM', 'SNOM', 'FANVIL', 'OBIHAI', 'SANGOMA', 'VEGA', 'GENERIC'] as const
export type VendorId = (typeof VENDOR_IDS)[number]

/** Encryptions of files whose format is published, as OpenSSL makes them. */
export type FileEncryption = 'openssl-aes-256-cbc' | 'aes-128-cbc'

export type FilePurpose =
  /** Lines and passwords of this device. */
  | 'device'
  /** Nothing that belongs to somebody: may be told to whoever asks. */
  | 'model'
  /** Numbers the phone shows. */
  | 'directory'
  /** What the phone keeps with us (logs, overrides): taken, and not kept. */
  | 'upload'
  /** What the phone asks for and goes on without. */
  | 'optional'

/** A name that phones of a vendor ask for. */
export interface FileRule {
  /** The name in lower case with `{mac}` for the address. */
  readonly name: string | RegExp
  /** One of the names, where a pattern has many. */
  readonly example?: string
  readonly purpose: FilePurpose
  readonly contentType?: string
  /** Of the device, but without its lines: who has it has not all of it. */
  readonly isPart?: boolean
  /** Absent: there is none, and the phone goes on. */
  readonly render?: (phone: PhoneConfiguration) => string
}

/** How a phone is told over SIP to come for its files (RFC 3265 out of dialog). */
export interface VendorEvents {
  readonly resync: string
  readonly reboot: string
}

export interface Vendor {
  readonly id: VendorId
  /** In the order phones ask. */
  readonly files: readonly FileRule[]
  readonly events: VendorEvents
  /** Absent: the vendor's format is closed, or there is none. */
  readonly encryption?: FileEncryption
  /** The vendor's own names; default: one word. */
  readonly parameterName?: RegExp
}

/** Names of parameters the template laid over everything, in the vendor's own words. */
export function ownParameters(phone: PhoneConfiguration, pattern = PARAMETER_NAME): readonly (readonly [string, string])[] {
  return Object.entries(phone.settings.parameters)
    .filter(([name]) => pattern.test(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** What of the parameters can be no name in the files of a vendor: it is in none of them. */
export function unfitParameters({ parameterName = PARAMETER_NAME }: Vendor, { parameters = {} }: Partial<PhoneSettings>): readonly IgnoredSetting[] {
  return Object.keys(parameters)
    .filter((name) => !parameterName.test(name))
    .map((name) => ({ name: `parameters.${name}`, reason: 'no name in the files of this make' }))
}

/** @param table by primary language (RFC 5646). */
export function languageOf(phone: PhoneConfiguration, table: Readonly<Record<string, string>>, fallback: string): string {
  return table[phone.settings.language.slice(0, 2).toLowerCase()] ?? fallback
}
