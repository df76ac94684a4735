import { listField, xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, type PhoneKey, placeOf, portOf } from '../phone-configuration.ts'
import { gmtOffset, phoneTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'

const XML = 'application/xml; charset=utf-8'
const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const
const LANGUAGES = { en: 'English-US', fr: 'French', es: 'Spanish', de: 'German', it: 'Italian' } as const
const CODEC_NAMES: Readonly<Record<string, string>> = { PCMU: 'G711u', PCMA: 'G711a', G722: 'G722', G729: 'G729a' }
/** What of an extended function a key does. */
const FUNCTIONS: Readonly<Record<Exclude<PhoneKey['kind'], 'line'>, string>> = {
  blf: 'blf+sd+cp',
  park: 'blf+sd',
  speedDial: 'sd',
  intercom: 'sd',
  paging: 'sd',
}

type Parameters = readonly (readonly [string, string | number])[]

/** Cisco and Linksys SPA phones and adapters, ATA 19x with multiplatform firmware: a flat profile in XML. */
export const cisco: Vendor = {
  id: 'CISCO',
  // `Event: resync` restarts the device when its profile asks for it; `reboot` needs no change.
  events: { resync: 'resync', reboot: 'reboot' },
  encryption: 'openssl-aes-256-cbc',
  files: [
    // Factory defaults ask for these once, and learn where their own profile is.
    {
      name: /^(spa|pap|wrp|ata)[a-z0-9]*\.cfg$/,
      example: 'spa504g.cfg',
      purpose: 'model',
      contentType: XML,
      render: (phone) => profile(sourceParameters(phone)),
    },
    { name: 'init.cfg', purpose: 'model', contentType: XML, render: (phone) => profile(sourceParameters(phone)) },
    { name: '{mac}.xml', purpose: 'device', contentType: XML, render: wholeProfile },
    { name: '{mac}.cfg', purpose: 'device', contentType: XML, render: wholeProfile },
    { name: /^(ata|spa|sep)\{mac\}\.(cnf\.xml|cfg|xml)$/, purpose: 'device', contentType: XML, render: wholeProfile },
    { name: /^(xmldefault\.cnf\.xml|dialplan\.xml)$/, purpose: 'optional' },
  ],
}

function wholeProfile(phone: PhoneConfiguration): string {
  return profile([
    ...sourceParameters(phone),
    ...timeParameters(phone),
    ...phone.lines.flatMap((line) => lineParameters(phone, line)),
    ...(phone.isAdapter ? unusedPorts(phone) : keyParameters(phone)),
    ...(phone.adminPassword === undefined
      ? []
      : ([
          ['Admin_Passwd', phone.adminPassword],
          ['Admin_Password', phone.adminPassword],
        ] as const)),
    ...ownParameters(phone),
  ])
}

/** `$MA` is the address of the device in lower case; `--key` opens what was encrypted for it. */
function sourceParameters({ source, settings }: PhoneConfiguration): Parameters {
  const key = source.encryptionKey === undefined ? '' : `[--key ${source.encryptionKey}] `
  return [
    ['Provision_Enable', 'Yes'],
    ['Resync_On_Reset', 'Yes'],
    ['Resync_Periodic', settings.resyncSeconds],
    ['Resync_From_SIP', 'Yes'],
    // Our NOTIFY comes over the phone's own flow; without this the phone challenges it.
    ['Auth_Resync-Reboot', 'No'],
    ['Profile_Rule', `${key}${source.url}$MA.xml`],
    ...(settings.firmware === undefined
      ? []
      : ([
          ['Upgrade_Enable', 'Yes'],
          ['Upgrade_Rule', upgradeRule(settings.firmware)],
        ] as const)),
  ]
}

/** `( $SWVER ne 7.6.2 )? url`: fetched only by a device with another version. */
function upgradeRule({ url, version }: NonNullable<PhoneConfiguration['settings']['firmware']>): string {
  return version === undefined ? url : `( $SWVER ne ${version.replaceAll(/[^A-Za-z0-9._()-]/g, '')} )? ${url}`
}

function timeParameters(phone: PhoneConfiguration): Parameters {
  const { settings } = phone
  const zone = phoneTimeZone(settings.timeZone)
  const saves = zone?.savesDaylight === true
  return [
    ['Primary_NTP_Server', settings.ntpServer],
    ...(zone === undefined ? [] : [['Time_Zone', gmtOffset(zone)] as const]),
    ['Daylight_Saving_Time_Enable', saves ? 'yes' : 'no'],
    ['Daylight_Saving_Time_Rule', saves ? 'start=3/8/7/02:0:0;end=11/1/7/02:0:0;save=1' : ''],
    ['Language_Selection', languageOf(phone, LANGUAGES, 'English-US')],
  ]
}

function lineParameters(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Parameters {
  const { settings } = phone
  const of = (name: string): string => `${name}_${line.account}_`
  const codec = line.codecs.map((each) => CODEC_NAMES[each]).find((each) => each !== undefined)
  return [
    [of('Line_Enable'), 'Yes'],
    [of('Proxy'), `${hostInUri(phone)}:${portOf(phone)}`],
    [of('SIP_Transport'), TRANSPORTS[settings.transport]],
    [of('Register'), 'Yes'],
    [of('Register_Expires'), settings.registerExpiresSeconds],
    [of('Display_Name'), line.displayName],
    [of('User_ID'), line.username],
    [of('Use_Auth_ID'), 'Yes'],
    [of('Auth_ID'), line.username],
    [of('Password'), line.password],
    [of('Mailbox_ID'), line.username],
    [of('Secure_Call_Setting'), settings.srtp === 'off' ? 'No' : 'Yes'],
    [of('Dial_Plan'), dialPlan(phone.extensionLength)],
    ...(codec === undefined ? [] : [[of('Preferred_Codec'), codec] as const]),
    ...(line.fax
      ? ([
          [of('FAX_Enable_T38'), 'Yes'],
          [of('FAX_Passthru_Method'), 'ReINVITE'],
        ] as const)
      : []),
    ...(line.account === 1 ? [['Voice_Mail_Number', settings.voicemailNumber] as const] : []),
  ]
}

function unusedPorts(phone: PhoneConfiguration): Parameters {
  const used = new Set(phone.lines.map((line) => line.account))
  const ports = Array.from({ length: Math.min(phone.numKeys, 24) }, (_, index) => index + 1)
  return ports.filter((port) => !used.has(port)).map((port) => [`Line_Enable_${port}_`, 'No'])
}

function keyParameters(phone: PhoneConfiguration): Parameters {
  const own = new Map(phone.keys.map((key) => [key.place, key]))
  const places = Array.from({ length: Math.min(phone.numKeys, 24) }, (_, index) => index + 1)
  return [
    ...places.flatMap((place): Parameters => {
      const key = own.get(place)
      if (key?.kind === 'line')
        return [
          [`Extension_${place}_`, key.account],
          [`Short_Name_${place}_`, key.label],
          [`Share_Call_Appearance_${place}_`, isShared(phone, key) ? 'shared' : 'private'],
        ]
      return [
        [`Extension_${place}_`, 'Disabled'],
        [`Short_Name_${place}_`, key?.label ?? ''],
        [`Extended_Function_${place}_`, key === undefined ? '' : extendedFunction(phone, key)],
      ]
    }),
    ...phone.keys
      .filter((key) => key.place > phone.numKeys && key.kind !== 'line')
      .map((key): readonly [string, string] => {
        const { sideCar, key: place } = placeOf(phone, key.place)
        return [`Unit_${sideCar}_Key_${place}_`, extendedFunction(phone, key)]
      }),
  ]
}

function isShared(phone: PhoneConfiguration, key: PhoneKey): boolean {
  return phone.lines.some((line) => line.account === key.account && line.isShared)
}

function extendedFunction(phone: PhoneConfiguration, key: PhoneKey): string {
  const what = key.kind === 'line' ? 'sd' : FUNCTIONS[key.kind]
  const address = `${listField(key.value)}@${hostInUri(phone)}:${portOf(phone)}`
  const watched = what.startsWith('blf') ? `sub=${address};usr=${listField(key.value)}@$PROXY` : `ext=${address}`
  return `fnc=${what};${watched};nme=${listField(key.label)};vid=${key.account}`
}

/** 911 at once (`S0`), an extension after three seconds in which it may become a longer number. */
function dialPlan(extensionLength: number): string {
  return `(911S0|933S0|*xx.|[2-8]${'x'.repeat(extensionLength - 1)}S3|1xxxxxxxxxxS0|[2-9]xxxxxxxxxS0|011x.|x.)`
}

function profile(parameters: Parameters): string {
  const own = [...new Map(parameters)].map(([name, value]) => `  <${name}>${xml(value)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<flat-profile>\n${own.join('\n')}\n</flat-profile>\n`
}
