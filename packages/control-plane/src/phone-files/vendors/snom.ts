import { xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, type PhoneKey, portOf } from '../phone-configuration.ts'
import { phoneTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'

const XML = 'application/xml; charset=utf-8'
const LANGUAGES = { en: 'English', fr: 'Francais', es: 'Espanol', de: 'Deutsch', it: 'Italiano', pt: 'Portugues' } as const
const CODEC_NAMES: Readonly<Record<string, string>> = { PCMU: 'pcmu', PCMA: 'pcma', G722: 'g722', G729: 'g729', opus: 'opus' }

type Settings = readonly (readonly [name: string, value: string | number, index?: number])[]

/** Snom D1xx to D8xx, 3xx, 7xx and 8xx: one XML file with settings and keys. */
export const snom: Vendor = {
  id: 'SNOM',
  events: { resync: 'check-sync;reboot=false', reboot: 'check-sync;reboot=true' },
  files: [
    {
      name: /^snom[a-z0-9]+\.(htm|xml)$/,
      example: 'snom320.htm',
      purpose: 'model',
      contentType: XML,
      render: (phone) => document(phone, [['setting_server', settingServer(phone)]], []),
    },
    { name: /^snom[a-z0-9]+-\{mac\}\.(htm|xml)$/, purpose: 'device', contentType: XML, render: wholeFile },
    { name: /^\{mac\}\.(xml|htm)$/, example: '{mac}.xml', purpose: 'device', contentType: XML, render: wholeFile },
    { name: /-firmware\.(htm|xml)$/, purpose: 'optional' },
  ],
}

function settingServer({ source }: PhoneConfiguration): string {
  return `${source.url}{mac}.xml`
}

function wholeFile(phone: PhoneConfiguration): string {
  const { settings } = phone
  const zone = phoneTimeZone(settings.timeZone)
  const values: Settings = [
    ['setting_server', `${phone.source.url}${phone.macAddress}.xml`],
    ['settings_refresh_timer', settings.resyncSeconds],
    ['ntp_server', settings.ntpServer],
    ...(zone === undefined
      ? []
      : ([
          ['utc_offset', zone.offsetMinutes * 60],
          ['dst', zone.savesDaylight ? '3600 03.02.07 02:00:00 11.01.07 02:00:00' : ''],
        ] as const)),
    ['language', languageOf(phone, LANGUAGES, 'English')],
    ['web_language', languageOf(phone, LANGUAGES, 'English')],
    ['sip_remote_notify_protection', 'off'],
    ...(settings.firmware === undefined
      ? []
      : ([
          ['update_policy', 'auto_update'],
          ['firmware', settings.firmware.url],
        ] as const)),
    ...(phone.adminPassword === undefined
      ? []
      : ([
          ['admin_mode_password', phone.adminPassword],
          ['http_user', 'admin'],
          ['http_pass', phone.adminPassword],
        ] as const)),
    ...phone.lines.flatMap((line) => lineSettings(phone, line)),
    ...ownParameters(phone),
  ]
  return document(phone, values, phone.keys)
}

function lineSettings(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Settings {
  const { settings } = phone
  const index = line.account
  const transport = settings.transport === 'udp' ? '' : `;transport=${settings.transport}`
  const codecs = line.codecs.flatMap((codec) => CODEC_NAMES[codec] ?? [])
  return [
    ['user_active', 'on', index],
    ['user_realname', line.displayName, index],
    ['user_idle_text', line.label, index],
    ['user_name', line.username, index],
    ['user_pname', line.username, index],
    ['user_pass', line.password, index],
    ['user_host', hostInUri(phone), index],
    ['user_outbound', `${hostInUri(phone)}:${portOf(phone)}${transport}`, index],
    ['user_expiry', settings.registerExpiresSeconds, index],
    ['user_mailbox', settings.voicemailNumber, index],
    ['user_srtp', settings.srtp === 'off' ? 'off' : 'on', index],
    ['user_savp', settings.srtp === 'required' ? 'mandatory' : settings.srtp, index],
    ['user_shared_line', line.isShared ? 'on' : 'off', index],
    ...(codecs.length === 0 ? [] : [['codec_priority_list', codecs.join(','), index] as const]),
  ]
}

/** What a key does, in the phone's words. */
function actionOf(phone: PhoneConfiguration, key: PhoneKey): string {
  const uri = `sip:${key.value}@${hostInUri(phone)}`
  const actions: Readonly<Record<PhoneKey['kind'], string>> = {
    line: 'line',
    blf: `blf ${uri}|*8`,
    park: `blf ${uri}`,
    speedDial: `speed ${key.value}`,
    paging: `speed ${key.value}`,
    intercom: `icom ${uri}`,
  }
  return actions[key.kind]
}

function document(phone: PhoneConfiguration, settings: Settings, keys: readonly PhoneKey[]): string {
  // The same setting may stand once an index; the last one counts.
  const own = [...new Map(settings.map((setting) => [`${setting[0]} ${setting[2] ?? ''}`, setting])).values()]
  const lines = own.map(([name, value, index]) => `    <${name}${index === undefined ? '' : ` idx="${index}"`} perm="R">${xml(value)}</${name}>`)
  const functions = keys.map(
    (key) =>
      `    <fkey idx="${key.place - 1}" context="${key.kind === 'line' ? key.account : 'active'}" label="${xml(key.label)}" perm="R">${xml(actionOf(phone, key))}</fkey>`,
  )
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<settings>',
    '  <phone-settings>',
    ...lines,
    '  </phone-settings>',
    '  <functionKeys>',
    ...functions,
    '  </functionKeys>',
    '</settings>',
    '',
  ].join('\n')
}
