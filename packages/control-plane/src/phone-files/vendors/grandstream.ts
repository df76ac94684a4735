import { xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, type PhoneKey, placeOf, portOf } from '../phone-configuration.ts'
import { phoneTimeZone, posixTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'
import { type AccountMember, accountNames } from './grandstream-names.ts'

const XML = 'application/xml; charset=utf-8'
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const
const SRTP = { off: 0, optional: 1, required: 2 } as const
const LANGUAGES = { en: 'en', fr: 'fr', es: 'es', de: 'de', it: 'it', pt: 'pt' } as const
/** Modes of virtual multi-purpose keys, and of those of extension modules, which have no lines. */
const KEY_MODES: Readonly<Record<PhoneKey['kind'], number>> = { line: 0, speedDial: 10, blf: 11, park: 26, intercom: 20, paging: 10 }
const MODULE_MODES: Readonly<Record<Exclude<PhoneKey['kind'], 'line'>, number>> = { speedDial: 0, blf: 1, park: 16, intercom: 10, paging: 0 }
/** Keys of all modules are numbered through: those of the second begin with the forty-first. */
const MODULE_KEYS = 40
/** RFC 3551 payload types, in the order of preference of an account. */
const CODEC_NUMBERS: Readonly<Record<string, number>> = { PCMU: 0, PCMA: 8, G722: 9, G729: 18, opus: 123 }

type Values = readonly (readonly [string, string | number])[]

/** Grandstream HT8xx, GXP, GRP and DP: P-values in XML. */
export const grandstream: Vendor = {
  id: 'GRANDSTREAM',
  events: { resync: 'check-sync', reboot: 'check-sync;reboot=true' },
  encryption: 'openssl-aes-256-cbc',
  files: [
    // The binary form of firmware older than 1.0.4: the phone goes on to the next name.
    { name: 'cfg{mac}', purpose: 'optional' },
    { name: 'cfg{mac}.xml', purpose: 'device', contentType: XML, render: (phone) => document([...deviceValues(phone), ...ownParameters(phone)], phone) },
    { name: /^cfg[a-z]+[0-9]+[a-z0-9]*\.xml$/, purpose: 'optional' },
    { name: 'cfg.xml', purpose: 'model', contentType: XML, render: (phone) => document(commonValues(phone)) },
    { name: 'phonebook.xml', purpose: 'directory', contentType: XML, render: () => '<?xml version="1.0" encoding="UTF-8"?>\n<AddressBook>\n</AddressBook>\n' },
    { name: /\.(bin|zip)$/, purpose: 'optional' },
  ],
}

function deviceValues(phone: PhoneConfiguration): Values {
  return [
    ...commonValues(phone),
    ...(phone.adminPassword === undefined ? [] : [['P2', phone.adminPassword] as const]),
    ...phone.lines.flatMap((line) => lineValues(phone, line)),
    ...unusedAccounts(phone),
    ...(phone.isAdapter ? [] : phone.keys.flatMap((key) => keyValues(phone, key))),
  ]
}

function commonValues(phone: PhoneConfiguration): Values {
  const { settings, source } = phone
  const zone = phoneTimeZone(settings.timeZone)
  const { protocol, path } = partsOf(source.url)
  return [
    ['P212', protocol],
    ['P237', path],
    // DHCP does not send the phone elsewhere.
    ['P145', 0],
    ['P194', 2],
    ['P193', Math.max(1, Math.round(settings.resyncSeconds / 60))],
    ...(source.encryptionKey === undefined ? [] : [['P1359', source.encryptionKey] as const]),
    ...(settings.firmware === undefined ? [] : [['P192', partsOf(settings.firmware.url).path] as const]),
    ['P30', settings.ntpServer],
    ...(zone === undefined
      ? []
      : ([
          ['P64', 'customize'],
          ['P246', posixTimeZone(zone)],
        ] as const)),
    ['P1362', languageOf(phone, LANGUAGES, 'en')],
    // Bindings of a former life are gone when the phone starts again.
    ['P81', 1],
  ]
}

/** How the file is fetched, and from where without the scheme: the phone keeps them apart. */
function partsOf(url: string): { readonly protocol: 0 | 1 | 2; readonly path: string } {
  const protocol = url.startsWith('https:') ? 2 : url.startsWith('http:') ? 1 : 0
  return { protocol, path: url.replace(/^[a-z]+:\/\//, '').replace(/\/$/, '') }
}

function lineValues(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Values {
  const { settings } = phone
  const names = accountNames(phone, line.account)
  const values: Readonly<Record<AccountMember, string | number>> = {
    active: 1,
    name: line.label,
    server: `${hostInUri(phone)}:${portOf(phone)}`,
    user: line.username,
    authentication: line.username,
    password: line.password,
    display: line.displayName,
    voicemail: settings.voicemailNumber,
    transport: TRANSPORTS[settings.transport],
    srtp: SRTP[settings.srtp],
    expires: Math.max(1, Math.round(settings.registerExpiresSeconds / 60)),
  }
  const own = Object.entries(values).flatMap(([member, value]): Values => {
    const name = names[member as AccountMember]
    return name === undefined ? [] : [[name, value]]
  })
  return [...own, ...(line.account === 1 ? firstLineValues(line) : [])]
}

function firstLineValues(line: PhoneConfiguration['lines'][number]): Values {
  const codecs = line.codecs.flatMap((codec) => CODEC_NUMBERS[codec] ?? [])
  const names = ['P57', 'P58', 'P59', 'P60', 'P61', 'P62', 'P46'] as const
  const preferred = codecs.length === 0 ? [] : names.map((name, index): readonly [string, number] => [name, codecs[index] ?? codecs.at(-1) ?? 0])
  return [
    ...preferred,
    ...(line.fax
      ? ([
          ['P228', 0],
          ['P4417', 1],
        ] as const)
      : []),
  ]
}

function unusedAccounts(phone: PhoneConfiguration): Values {
  const used = new Set(phone.lines.map((line) => line.account))
  const accounts = Array.from({ length: Math.min(phone.numKeys, 6) }, (_, index) => index + 1)
  return accounts
    .filter((account) => !used.has(account))
    .flatMap((account): Values => {
      const { active, user } = accountNames(phone, account)
      return [...(active === undefined ? [] : [[active, 0] as const]), ...(user === undefined ? [] : [[user, ''] as const])]
    })
}

/**
 * Virtual multi-purpose keys: P1363 and P1364 say what, P1465 and P1466 with which label whom; from the seventh on all four stand together, as those
 * of extension modules do.
 */
function keyValues(phone: PhoneConfiguration, key: PhoneKey): Values {
  const { sideCar, key: place } = placeOf(phone, key.place)
  const [account, value] = [key.account - 1, key.kind === 'line' ? '' : key.value]
  if (sideCar > 0) {
    const first = 23_000 + 5 * ((sideCar - 1) * MODULE_KEYS + place - 1)
    return key.kind === 'line' || place > MODULE_KEYS ? [] : block(first, [MODULE_MODES[key.kind], account, key.label, value])
  }
  if (place > 6) return block(23_800 + 4 * (place - 7), [KEY_MODES[key.kind], account, key.label, value])
  const step = 2 * (place - 1)
  return [...block(1363 + step, [KEY_MODES[key.kind], account]), ...block(1465 + step, [key.label, value])]
}

/** Values of numbers that follow each other. */
function block(first: number, values: readonly (string | number)[]): Values {
  return values.map((value, index) => [`P${first + index}`, value] as const)
}

/** `<mac>` has to be the phone's own: a file for somebody else is refused. */
function document(values: Values, phone?: PhoneConfiguration): string {
  const own = [...new Map(values)].map(([name, value]) => `    <${name}>${xml(value)}</${name}>`)
  const mac = phone === undefined ? '' : `  <mac>${phone.macAddress}</mac>\n`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<gs_provision version="1">\n${mac}  <config version="1">\n${own.join('\n')}\n  </config>\n</gs_provision>\n`
}
