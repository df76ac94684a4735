import { PARAMETER_NAME_OF_WORDS, xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, type PhoneKey, placeOf, portOf } from '../phone-configuration.ts'
import { phoneTimeZone } from '../phone-time-zone.ts'
import { ownParameters, type Vendor } from '../vendor.ts'
import { fanvil, fanvilDeviceFile } from './fanvil.ts'
import { ACCOUNT_VALUES, ACCOUNTS, type AccountValue, encodingValues, keyValues, moduleKeyValues, TIME_ZONES } from './sangoma-names.ts'

const XML = 'application/xml; charset=utf-8'
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const
const SRTP = { off: 0, optional: 1, required: 2 } as const
/** An intercom or a page is dialed; the phone has no key of its own for them that anybody has told us of. */
const KEY_TYPES: Readonly<Record<PhoneKey['kind'], number>> = { line: 1, speedDial: 2, blf: 3, park: 8, intercom: 2, paging: 2 }
/** RFC 3551 payload types, in the order of preference of an account. */
const CODEC_NUMBERS: Readonly<Record<string, number>> = { PCMU: 0, PCMA: 8, G722: 9, G729: 18, opus: 120 }
/** Changes of clocks as the phone knows them for its place. */
const BY_PLACE = 2

type Values = readonly (readonly [number, string | number])[]

/** Sangoma S phones ask for P-values of their own numbering; those of the A series are Fanvil's and take Fanvil's text. */
export const sangoma: Vendor = {
  id: 'SANGOMA',
  events: { resync: 'resync', reboot: 'check-sync;reboot=true' },
  // Those of the A series.
  parameterName: PARAMETER_NAME_OF_WORDS,
  files: [
    ...fanvil.files.filter((file) => file.purpose === 'model'),
    { name: 'cfg{mac}.xml', purpose: 'device', contentType: XML, render: phoneValues },
    { name: 'cfg.xml', purpose: 'optional' },
    { name: '{mac}.cfg', purpose: 'device', render: fanvilDeviceFile },
  ],
}

function phoneValues(phone: PhoneConfiguration): string {
  const used = new Set(phone.lines.map(({ account }) => account))
  const unused = Array.from({ length: ACCOUNTS }, (_, index) => index + 1).filter((account) => !used.has(account))
  const values: Values = [
    ...commonValues(phone),
    ...unused.map((account) => [ACCOUNT_VALUES.active[account - 1] ?? 0, 0] as const),
    ...phone.lines.flatMap((line) => lineValues(phone, line)),
    ...phone.keys.flatMap((key) => valuesOfKey(phone, key)),
  ]
  const all = new Map<string, string | number>([...values.map(([number, value]) => [`P${number}`, value] as const), ...ownParameters(phone)])
  const lines = [...all].map(([name, value]) => `    <${name}>${xml(value)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<hl_provision version="1">\n  <mac>${phone.macAddress}</mac>\n  <config version="1">\n${lines.join('\n')}\n  </config>\n</hl_provision>\n`
}

function commonValues({ settings, source, adminPassword }: PhoneConfiguration): Values {
  const zone = phoneTimeZone(settings.timeZone)
  const place = zone === undefined ? undefined : TIME_ZONES[zone.offsetMinutes]
  return [
    [212, source.url.startsWith('https:') ? 3 : 1],
    [237, source.url],
    // DHCP does not send the phone elsewhere.
    [145, 0],
    [194, 1],
    [193, Math.max(1, Math.round(settings.resyncSeconds / 60))],
    ...(settings.firmware === undefined ? [] : [[192, settings.firmware.url] as const]),
    [30, settings.ntpServer],
    ...(zone === undefined || place === undefined ? [] : ([[143, 0], [64, place], [75, zone.savesDaylight ? BY_PLACE : 0]] as const)), // prettier-ignore
    ...(adminPassword === undefined ? [] : [[2, adminPassword] as const]),
  ]
}

function lineValues(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Values {
  const { settings } = phone
  const values: Readonly<Record<AccountValue, string | number>> = {
    active: 1,
    server: `${hostInUri(phone)}:${portOf(phone)}`,
    transport: TRANSPORTS[settings.transport],
    label: line.label,
    user: line.username,
    authentication: line.username,
    password: line.password,
    display: line.displayName,
    // Bindings of a former life are gone when the phone starts again.
    unregistersFirst: 1,
    expires: Math.max(1, Math.round(settings.registerExpiresSeconds / 60)),
    voicemail: settings.voicemailNumber,
    subscribesMessages: 1,
    srtp: SRTP[settings.srtp],
  }
  const own = Object.entries(ACCOUNT_VALUES).flatMap(([name, numbers]): Values => {
    const number = numbers[line.account - 1]
    return number === undefined ? [] : [[number, values[name as AccountValue]]]
  })
  const codecs = line.codecs.flatMap((codec) => CODEC_NUMBERS[codec] ?? [])
  const preferred = codecs.length === 0 || own.length === 0 ? [] : encodingValues(line.account)
  return [...own, ...preferred.map((number, index) => [number, codecs[index] ?? codecs.at(-1) ?? 0] as const)]
}

/** The account of a key is counted from 0. */
function valuesOfKey(phone: PhoneConfiguration, key: PhoneKey): Values {
  const { sideCar, key: place } = placeOf(phone, key.place)
  const numbers = sideCar === 0 ? keyValues(place) : moduleKeyValues(sideCar, place)
  if (numbers === undefined) return []
  return [
    [numbers.type, KEY_TYPES[key.kind]],
    [numbers.value, key.kind === 'line' ? '' : key.value],
    [numbers.label, key.label],
    [numbers.account, key.account - 1],
  ]
}
