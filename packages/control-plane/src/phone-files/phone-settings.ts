import { normalizeTimeZone } from '../time-zones/index.ts'
import { PARAMETER_NAME_OF_WORDS } from './escape-text.ts'

/** What of a phone can be set besides its lines; every member has a value after the defaults were laid under it. */
export interface PhoneSettings {
  /** One of the fifteen of the platform (C-17). */
  readonly timeZone: string
  /** RFC 5646, such as en-US. */
  readonly language: string
  readonly ntpServer: string
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly srtp: 'off' | 'optional' | 'required'
  readonly registerExpiresSeconds: number
  /** How often the phone asks for its files by itself. */
  readonly resyncSeconds: number
  readonly ringtone: string | undefined
  readonly firmware: { readonly url: string; readonly version: string | undefined } | undefined
  readonly voicemailNumber: string
  /** Files of this phone go out in the encryption of its vendor: it is too old for TLS. */
  readonly encryption: 'off' | 'required'
  /** The vendor's own names and values, laid over everything else. */
  readonly parameters: Readonly<Record<string, string>>
}

export interface IgnoredSetting {
  readonly name: string
  readonly reason: string
}

export const DEFAULT_PHONE_SETTINGS: PhoneSettings = {
  timeZone: 'US/Mountain',
  language: 'en-US',
  ntpServer: 'pool.ntp.org',
  transport: 'udp',
  srtp: 'off',
  registerExpiresSeconds: 600,
  resyncSeconds: 86_400,
  ringtone: undefined,
  firmware: undefined,
  // The star code that opens one's own mailbox.
  voicemailNumber: '*97',
  encryption: 'off',
  parameters: {},
}

export const MAX_PARAMETERS = 500
const MAX_PARAMETER_CHARACTERS = 1_024
const MAX_PARAMETER_NAME = 128
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/
const FILE_URL = /^(https?|tftp):\/\/[^\s"'<>\\]{1,500}$/

type Reader = (value: unknown) => { readonly take: Partial<PhoneSettings>; readonly ignored?: readonly IgnoredSetting[] } | { readonly reason: string }

const text = (value: unknown): string | undefined => (typeof value === 'string' && value.length <= 512 ? value.trim() : undefined)

function choice<Key extends keyof PhoneSettings>(key: Key, choices: readonly PhoneSettings[Key][]): Reader {
  return (value) => {
    const given = typeof value === 'boolean' && key === 'srtp' ? (value ? 'optional' : 'off') : text(value)?.toLowerCase()
    const found = choices.find((each) => each === given)
    return found === undefined ? { reason: `one of ${choices.join(', ')}` } : { take: { [key]: found } }
  }
}

function seconds(key: 'registerExpiresSeconds' | 'resyncSeconds', from: number, to: number): Reader {
  return (value) => {
    const given = Number(value)
    return Number.isInteger(given) && given >= from && given <= to ? { take: { [key]: given } } : { reason: `${from} to ${to} seconds` }
  }
}

function matching(key: 'ntpServer' | 'voicemailNumber' | 'ringtone' | 'language', pattern: RegExp, rule: string): Reader {
  return (value) => {
    const given = text(value)
    return given !== undefined && pattern.test(given) ? { take: { [key]: given } } : { reason: rule }
  }
}

/** By the words of the settings without case and separators. */
const READERS: Readonly<Record<string, Reader>> = {
  timezone: (value) => {
    const zone = normalizeTimeZone(text(value) ?? '')
    return zone === undefined ? { reason: 'a time zone of the platform, or the IANA name of one' } : { take: { timeZone: zone } }
  },
  language: matching('language', /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'a language tag such as en or fr-CA'),
  ringtone: matching('ringtone', /^[A-Za-z0-9 ._-]{1,64}$/, 'up to 64 letters, digits, spaces, ".", "_" and "-"'),
  ntpserver: matching('ntpServer', HOST, 'a host name or an address'),
  voicemailnumber: matching('voicemailNumber', /^[0-9*#+]{1,20}$/, 'up to 20 digits, *, # and +'),
  transport: choice('transport', ['udp', 'tcp', 'tls']),
  srtp: choice('srtp', ['off', 'optional', 'required']),
  encryption: choice('encryption', ['off', 'required']),
  registerexpiresseconds: seconds('registerExpiresSeconds', 60, 86_400),
  resyncseconds: seconds('resyncSeconds', 300, 2_592_000),
  firmwareurl: (value) => {
    const url = text(value)
    return url !== undefined && FILE_URL.test(url) ? { take: { firmware: { url, version: undefined } } } : { reason: 'an http, https or tftp URL' }
  },
  firmware: (value) => {
    const { url, version } = (typeof value === 'object' && value !== null ? value : {}) as { readonly url?: unknown; readonly version?: unknown }
    const address = text(url)
    if (address === undefined || !FILE_URL.test(address)) return { reason: '{url, version?} with an http, https or tftp URL' }
    return { take: { firmware: { url: address, version: text(version) } } }
  },
  parameters: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { reason: "an object of the vendor's own names and values" }
    const taken: [string, string][] = []
    const ignored: IgnoredSetting[] = []
    for (const [index, [name, given]] of Object.entries(value).entries()) {
      const reason = parameterProblem(index, name, given)
      if (reason === undefined) taken.push([name, String(given)])
      else ignored.push({ name: `parameters.${name.slice(0, MAX_PARAMETER_NAME)}`, reason })
    }
    return { take: { parameters: Object.fromEntries(taken) }, ignored: ignored.slice(0, MAX_PARAMETERS) }
  },
}

function parameterProblem(index: number, name: string, given: unknown): string | undefined {
  if (index >= MAX_PARAMETERS) return `more than ${MAX_PARAMETERS} parameters`
  if (name.length > MAX_PARAMETER_NAME || !PARAMETER_NAME_OF_WORDS.test(name)) return 'no name of a parameter'
  if (!['string', 'number', 'boolean'].includes(typeof given)) return 'a text, a number or a truth value'
  return String(given).length > MAX_PARAMETER_CHARACTERS ? `up to ${MAX_PARAMETER_CHARACTERS} characters` : undefined
}

/**
 * Reads settings that somebody wrote freely (S3-46): what is understood, and what is not with the reason. They are kept as they are;
 * what is not understood reaches no file.
 */
export function readPhoneSettings(free: unknown): { readonly settings: Partial<PhoneSettings>; readonly ignored: readonly IgnoredSetting[] } {
  const settings: Partial<PhoneSettings>[] = []
  const ignored: IgnoredSetting[] = []
  for (const [name, value] of Object.entries(typeof free === 'object' && free !== null ? free : {})) {
    const word = wordOf(name)
    // `constructor` is a member of every object, and would let any value through.
    const read = Object.hasOwn(READERS, word) ? READERS[word]?.(value) : undefined
    if (read === undefined) ignored.push({ name, reason: 'no setting of phones' })
    else if ('reason' in read) ignored.push({ name, reason: read.reason })
    else {
      settings.push(read.take)
      ignored.push(...(read.ignored ?? []))
    }
  }
  return { settings: Object.assign({}, ...settings) as Partial<PhoneSettings>, ignored }
}

/** What is said in the words of one make, or is a file for it alone: nothing for a device of another one. */
const OF_ONE_MAKE: ReadonlySet<string> = new Set(['parameters', 'firmware', 'firmwareurl'])

/** Settings as somebody wrote them, without what another make would read as something else. */
export function settingsForEveryMake(free: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(free).filter(([name]) => !OF_ONE_MAKE.has(wordOf(name))))
}

/** `time_zone`, `timeZone` and `timezone` are one. */
function wordOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Each laid over the one before; parameters are joined name by name. */
export function layeredSettings(...layers: readonly Partial<PhoneSettings>[]): PhoneSettings {
  const parameters = Object.assign({}, ...layers.map((layer) => layer.parameters ?? {})) as Record<string, string>
  return { ...(Object.assign({}, DEFAULT_PHONE_SETTINGS, ...layers) as PhoneSettings), parameters }
}
