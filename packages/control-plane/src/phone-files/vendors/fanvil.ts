import { oneLine, PARAMETER_NAME_OF_WORDS } from '../escape-text.ts'
import { type PhoneConfiguration, type PhoneKey, placeOf, portOf } from '../phone-configuration.ts'
import { type PhoneTimeZone, phoneTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'

const TRANSPORTS = { udp: 0, tcp: 1, tls: 3 } as const
const LANGUAGES = { en: 'en', fr: 'fr', es: 'es', de: 'de', it: 'it', pt: 'pt' } as const
/** The phone reads names to a fixed width. */
const NAME_WIDTH = 24

type Values = readonly (readonly [string, string | number])[]

/** Fanvil X and H, and phones made by Fanvil under other names: text in modules, `Name :value`. */
export const fanvil: Vendor = {
  id: 'FANVIL',
  events: { resync: 'check-sync', reboot: 'check-sync;reboot=true' },
  parameterName: PARAMETER_NAME_OF_WORDS,
  files: [
    // Common file of a model and hardware, such as f0V0X4hw1.100.cfg.
    { name: /^f0[a-z0-9.]+\.cfg$/, example: 'f0hw1.cfg', purpose: 'model', render: (phone) => fanvilText(commonModules(phone)) },
    { name: '{mac}.cfg', purpose: 'device', render: fanvilDeviceFile },
    { name: /^\{mac\}\.(txt|xml)$/, purpose: 'optional' },
    { name: /\.z$/, purpose: 'optional' },
  ],
}

export function fanvilDeviceFile(phone: PhoneConfiguration): string {
  const modules = {
    ...commonModules(phone),
    'SIP CONFIG MODULE': phone.lines.flatMap((line) => lineValues(phone, line)),
    'PHONE CONFIG MODULE': [
      ...(phone.adminPassword === undefined ? [] : [['Account1 Name', 'admin'], ['Account1 Password', phone.adminPassword]] as const), // prettier-ignore
      ...phone.keys.flatMap((key) => keyValues(phone, key)),
    ],
  }
  return fanvilText(withOwnParameters(modules, ownParameters(phone, PARAMETER_NAME_OF_WORDS)))
}

/** Each in the module its name is in already: the phone reads it nowhere else. What is new belongs to an account, or to the phone. */
function withOwnParameters(modules: Readonly<Record<string, Values>>, own: readonly (readonly [string, string])[]): Readonly<Record<string, Values>> {
  const moduleOf = (name: string): string =>
    Object.keys(modules).find((module) => modules[module]?.some(([known]) => known === name)) ??
    (/^SIP\d+ /.test(name) ? 'SIP CONFIG MODULE' : 'PHONE CONFIG MODULE')
  return Object.fromEntries(
    Object.entries(modules).map(([module, values]) => [module, [...new Map([...values, ...own.filter(([name]) => moduleOf(name) === module)])]]),
  )
}

function commonModules(phone: PhoneConfiguration): Readonly<Record<string, Values>> {
  const { settings, source } = phone
  const zone = phoneTimeZone(settings.timeZone)
  return {
    'GLOBAL CONFIG MODULE': [
      ['Enable SNTP', 1],
      ['SNTP Server', settings.ntpServer],
      ...(zone === undefined ? [] : timeValues(zone)),
      ['Default Language', languageOf(phone, LANGUAGES, 'en')],
    ],
    'AUTOUPDATE CONFIG MODULE': [
      ['Flash Server IP', source.url],
      ['Flash Mode', 1],
      ['Flash Interval', Math.max(1, Math.round(settings.resyncSeconds / 3600))],
      ...(settings.firmware === undefined ? [] : [['Firmware Server', settings.firmware.url] as const]),
    ],
  }
}

/** Offsets are counted in quarters of an hour; 2 of `Enable DST` goes by the rule below, whose week begins with Sunday, 0. */
function timeValues({ offsetMinutes, savesDaylight }: PhoneTimeZone): Values {
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60]
  const change = (name: 'Start' | 'End', month: number, week: number): Values => [
    [`DST ${name} Mon`, month],
    [`DST ${name} Week`, week],
    [`DST ${name} Wday`, 0],
    [`DST ${name} Hour`, 2],
    [`DST ${name} Min`, 0],
  ]
  return [
    ['Time Zone', offsetMinutes / 15],
    ['Time Zone Name', `UTC${offsetMinutes < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${minutes}`}`],
    ['Enable DST', savesDaylight ? 2 : 0],
    ...(savesDaylight ? [['DST Min Offset', 60] as const, ...change('Start', 3, 2), ...change('End', 11, 1)] : []),
  ]
}

function lineValues(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Values {
  const { settings, server } = phone
  const sip = `SIP${line.account}`
  return [
    [`${sip} Phone Number`, line.username],
    [`${sip} Display Name`, line.displayName],
    [`${sip} Sip Name`, line.label],
    [`${sip} Register Addr`, server.host],
    [`${sip} Register Port`, portOf(phone)],
    [`${sip} Register User`, line.username],
    [`${sip} Register Pswd`, line.password],
    [`${sip} Register TTL`, settings.registerExpiresSeconds],
    [`${sip} Enable Reg`, 1],
    [`${sip} Transport`, TRANSPORTS[settings.transport]],
    [`${sip} SRTP`, settings.srtp === 'off' ? 0 : settings.srtp === 'optional' ? 1 : 2],
    [`${sip} MWI Num`, settings.voicemailNumber],
    [`${sip} Subscribe MWI`, 1],
  ]
}

/** `2` is a line, `1` a memory key whose value says what it does: `bc` busy lamp and pickup, `f` speed dial, `c` parking. */
function keyValues(phone: PhoneConfiguration, key: PhoneKey): Values {
  const { sideCar, key: place } = placeOf(phone, key.place)
  const name = sideCar === 0 ? `Fkey${place}` : `EXT${sideCar} Fkey${place}`
  const suffixes: Readonly<Record<PhoneKey['kind'], string>> = { line: '', blf: 'ba', park: 'c', speedDial: 'f', intercom: 'i', paging: 'f' }
  return [
    [`${name} Type`, key.kind === 'line' ? 2 : 1],
    [`${name} Value`, key.kind === 'line' ? `SIP${key.account}` : `${key.value}@${key.account}/${suffixes[key.kind]}`],
    [`${name} Title`, key.label],
  ]
}

export function fanvilText(modules: Readonly<Record<string, Values>>): string {
  const lines = Object.entries(modules).flatMap(([module, values]) => [
    `<${module}>`,
    ...values.map(([name, value]) => `${oneLine(name).padEnd(NAME_WIDTH)}:${fieldOf(String(value))}`),
    '',
  ])
  return ['<<VOIP CONFIG FILE>>Version:2.0000000000', '', ...lines, '<<END OF FILE>>', ''].join('\r\n')
}

/** A value that looks like the beginning of a module would end its own. */
function fieldOf(text: string): string {
  return oneLine(text).replaceAll(/[<>]/g, ' ')
}
