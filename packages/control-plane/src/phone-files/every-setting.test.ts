import { describe, expect, it } from 'vitest'
import { type PhoneConfiguration, type PhoneSettings, readFileRequest, ruleOf, vendorOf } from './index.ts'
import { EXAMPLE_MAC, examplePhone, EXAMPLE_NAMES, EXAMPLE_TYPES } from './test/example-phone.ts'

const settings = (phone: PhoneConfiguration, changes: Partial<PhoneSettings>): PhoneConfiguration => ({ ...phone, settings: { ...phone.settings, ...changes } })
const key = (phone: PhoneConfiguration, place: number, kind: PhoneConfiguration['keys'][number]['kind']): PhoneConfiguration => ({
  ...phone,
  keys: [...phone.keys, { place, kind, label: 'Added', value: '1099', account: 1 }],
})

/** What an operator can set, as one change each. */
const CHANGES: Readonly<Record<string, (phone: PhoneConfiguration) => PhoneConfiguration>> = {
  'time zone': (phone) => settings(phone, { timeZone: 'US/Pacific' }),
  'daylight saving': (phone) => settings(phone, { timeZone: 'US/Arizona' }),
  language: (phone) => settings(phone, { language: 'fr-CA' }),
  'time server': (phone) => settings(phone, { ntpServer: 'time.example.com' }),
  TCP: (phone) => settings(phone, { transport: 'tcp' }),
  TLS: (phone) => settings(phone, { transport: 'tls' }),
  SRTP: (phone) => settings(phone, { srtp: 'required' }),
  'registration time': (phone) => settings(phone, { registerExpiresSeconds: 1_800 }),
  resync: (phone) => settings(phone, { resyncSeconds: 7_200 }),
  firmware: (phone) => settings(phone, { firmware: { url: 'http://firmware.example.com/new.rom', version: '9.9.9' } }),
  'voicemail number': (phone) => settings(phone, { voicemailNumber: '*99' }),
  'own parameters': (phone) => settings(phone, { parameters: { 'Features.1.P999': '1' } }),
  'admin password': (phone) => ({ ...phone, adminPassword: 'An0therPassw0rd' }),
  'BLF key': (phone) => key(phone, 6, 'blf'),
  'park key': (phone) => key(phone, 6, 'park'),
  'speed dial key': (phone) => key(phone, 6, 'speedDial'),
  'intercom key': (phone) => key(phone, 6, 'intercom'),
  'paging key': (phone) => key(phone, 6, 'paging'),
  'side car key': (phone) => key(phone, 9, 'blf'),
} // prettier-ignore

const ALL_KEYS = Object.keys(CHANGES).filter((name) => name.endsWith(' key'))
/** What a make has no place for, or none that anybody has told us of (docs/compatibility.md). */
const CANNOT: Readonly<Partial<Record<(typeof EXAMPLE_TYPES)[number], readonly string[]>>> = {
  OBi302: ['language', ...ALL_KEYS],
  SANGOMAS505: ['language'],
  VEGA50_4FXS: ['time zone', 'daylight saving', 'language', 'SRTP', 'resync', 'firmware', 'voicemail number', 'admin password', ...ALL_KEYS],
}

describe('every setting of every make', () => {
  it.each(EXAMPLE_TYPES)('%s: what is set is in its files, or it is known that it cannot be', (type) => {
    const before = textOf(examplePhone(type))
    const without = Object.entries(CHANGES).flatMap(([name, change]) => (textOf(change(examplePhone(type))) === before ? [name] : []))
    expect(without).toEqual(CANNOT[type] ?? [])
  })
})

function textOf(phone: PhoneConfiguration): string {
  const vendor = vendorOf(phone.deviceTypeId)
  // Files of the A series, which the same maker has from another, are nothing to phones of the S series.
  const names = phone.deviceTypeId === 'SANGOMAS505' ? [`cfg${EXAMPLE_MAC}.xml`] : EXAMPLE_NAMES
  return names
    .map((name) => {
      const request = readFileRequest(name)
      return (request === undefined ? undefined : ruleOf(vendor, request))?.render?.(phone) ?? ''
    })
    .join('\n')
}
