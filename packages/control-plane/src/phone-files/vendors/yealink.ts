import { oneLine } from '../escape-text.ts'
import { type PhoneConfiguration, type PhoneKey, placeOf, portOf } from '../phone-configuration.ts'
import { phoneTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'

/** Without this first line the phone takes nothing of the file (auto provisioning guide of SIP-T2x to T5x). */
const HEADER = '#!version:1.0.0.1'
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const
const SRTP = { off: 0, optional: 1, required: 2 } as const
const LANGUAGES = { en: 'English', fr: 'French', es: 'Spanish', de: 'German', it: 'Italian', pt: 'Portuguese' } as const
/** DSS key types: the phone's own numbers. */
const KEY_TYPES: Readonly<Record<PhoneKey['kind'], number>> = { line: 15, blf: 16, speedDial: 13, park: 10, intercom: 14, paging: 13 }
const CODEC_NAMES: Readonly<Record<string, string>> = { PCMU: 'pcmu', PCMA: 'pcma', G722: 'g722', G729: 'g729', opus: 'opus' }

type Entries = readonly (readonly [string, string | number])[]

/** Yealink T2x to T5x and conference phones: text, `key = value`, one setting a line. */
export const yealink: Vendor = {
  id: 'YEALINK',
  events: { resync: 'check-sync;reboot=false', reboot: 'check-sync;reboot=true' },
  files: [
    { name: '{mac}.boot', purpose: 'device', isPart: true, render: bootFile },
    { name: 'y000000000000.boot', purpose: 'optional' },
    { name: /^y\d{12}\.cfg$/, example: 'y000000000000.cfg', purpose: 'model', render: (phone) => textOf(modelEntries(phone)) },
    { name: '{mac}.cfg', purpose: 'device', render: (phone) => textOf([...deviceEntries(phone), ...ownParameters(phone)]) },
    { name: /^\{mac\}(-local\.cfg|-calllog\.xml|-contact\.xml|-all\.tgz|-\d*\.?log|\.syslog)$/, purpose: 'upload' },
  ],
}

/** V81 and newer begin with it: which files, in which order, and that what was set before does not stay. */
function bootFile(phone: PhoneConfiguration): string {
  const { url } = phone.source
  return [HEADER, `include:config "${url}y000000000000.cfg"`, `include:config "${url}${phone.macAddress}.cfg"`, 'overwrite_mode = 1', ''].join('\n')
}

function modelEntries(phone: PhoneConfiguration): Entries {
  const { settings } = phone
  const zone = phoneTimeZone(settings.timeZone)
  return [
    ['static.auto_provision.power_on', 1],
    ['static.auto_provision.repeat.enable', 1],
    ['static.auto_provision.repeat.minutes', Math.max(1, Math.round(settings.resyncSeconds / 60))],
    ['local_time.ntp_server1', settings.ntpServer],
    ...(zone === undefined ? [] : timeEntries(zone)),
    ['lang.gui', languageOf(phone, LANGUAGES, 'English')],
    ...(settings.firmware === undefined ? [] : [['static.firmware.url', settings.firmware.url] as const]),
    ...(settings.ringtone === undefined ? [] : [['phone_setting.ring_type', settings.ringtone] as const]),
    // 911 goes out the moment it is dialed.
    ['dialplan.dialnow.rule.1', '911,933'],
    ['sip.notify_reboot_enable', 1],
  ]
}

/** By the rule itself, so that nothing hangs on a name the firmware may not know. */
function timeEntries({ offsetMinutes, savesDaylight }: NonNullable<ReturnType<typeof phoneTimeZone>>): Entries {
  const hours = offsetMinutes / 60
  const offset = Number.isInteger(hours) ? `${hours < 0 ? '' : '+'}${hours}` : `${Math.trunc(hours)}:${Math.abs(offsetMinutes % 60)}`
  const rule: Entries = [
    ['local_time.dst_time_type', 1],
    ['local_time.start_time', '3/2/7/2'],
    ['local_time.end_time', '11/1/7/2'],
    ['local_time.offset_time', 60],
  ]
  return [['local_time.time_zone', offset], ['local_time.summer_time', savesDaylight ? 1 : 0], ...(savesDaylight ? rule : [])]
}

function deviceEntries(phone: PhoneConfiguration): Entries {
  return [
    ...modelEntries(phone),
    ['static.auto_provision.server.url', phone.source.url],
    ...(phone.adminPassword === undefined ? [] : [['static.security.user_password', `admin:${phone.adminPassword}`] as const]),
    ...phone.lines.flatMap((line) => lineEntries(phone, line)),
    ...phone.keys.flatMap((key) => keyEntries(phone, key)),
  ]
}

function lineEntries(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Entries {
  const account = `account.${line.account}`
  const { settings } = phone
  return [
    [`${account}.enable`, 1],
    [`${account}.label`, line.label],
    [`${account}.display_name`, line.displayName],
    [`${account}.user_name`, line.username],
    [`${account}.auth_name`, line.username],
    [`${account}.password`, line.password],
    [`${account}.sip_server.1.address`, phone.server.host],
    [`${account}.sip_server.1.port`, portOf(phone)],
    [`${account}.sip_server.1.transport_type`, TRANSPORTS[settings.transport]],
    [`${account}.sip_server.1.expires`, settings.registerExpiresSeconds],
    [`${account}.srtp_encryption`, SRTP[settings.srtp]],
    [`${account}.shared_line`, 0],
    [`${account}.subscribe_mwi`, 1],
    [`voice_mail.number.${line.account}`, settings.voicemailNumber],
    ...line.codecs.flatMap((codec, index): Entries => {
      const name = CODEC_NAMES[codec]
      return name === undefined
        ? []
        : [
            [`${account}.codec.${name}.enable`, 1],
            [`${account}.codec.${name}.priority`, index + 1],
          ]
    }),
  ]
}

function keyEntries(phone: PhoneConfiguration, key: PhoneKey): Entries {
  const { sideCar, key: place } = placeOf(phone, key.place)
  const name = sideCar === 0 ? `linekey.${place}` : `expansion_module.${sideCar}.key.${place}`
  return [
    [`${name}.type`, KEY_TYPES[key.kind]],
    [`${name}.line`, key.account],
    [`${name}.value`, key.kind === 'line' ? '' : key.value],
    [`${name}.label`, key.label],
  ]
}

/** A later line wins on the phone too: the vendor's own parameters come last. */
function textOf(entries: Entries): string {
  return `${[HEADER, ...entries.map(([key, value]) => `${key} = ${oneLine(String(value))}`)].join('\n')}\n`
}
