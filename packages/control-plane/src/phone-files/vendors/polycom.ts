import { xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, type PhoneKey, portOf } from '../phone-configuration.ts'
import { phoneTimeZone } from '../phone-time-zone.ts'
import { languageOf, ownParameters, type Vendor } from '../vendor.ts'

const XML = 'application/xml; charset=utf-8'
const TRANSPORTS = { udp: 'UDPOnly', tcp: 'TCPOnly', tls: 'TLS' } as const
const LANGUAGES = { en: 'English_United_States', fr: 'French_France', es: 'Spanish_Spain', de: 'German_Germany', it: 'Italian_Italy' } as const
const CODEC_NAMES: Readonly<Record<string, string>> = { PCMU: 'G711_Mu', PCMA: 'G711_A', G722: 'G722', G729: 'G729_AB', opus: 'Opus' }

type Attributes = readonly (readonly [string, string | number])[]

/** Polycom and Poly VVX, SoundPoint and SoundStation with UC Software 4 and newer: XML whose parameters are attributes. */
export const polycom: Vendor = {
  id: 'POLYCOM',
  // alwaysReboot is 0: the phone restarts only when its files have changed.
  events: { resync: 'check-sync', reboot: 'check-sync' },
  files: [
    { name: '{mac}.cfg', purpose: 'device', isPart: true, contentType: XML, render: (phone) => masterFile(phone, phone.macAddress) },
    { name: '000000000000.cfg', purpose: 'model', contentType: XML, render: (phone) => masterFile(phone, '[PHONE_MAC_ADDRESS]') },
    { name: '{mac}-lines.cfg', purpose: 'device', contentType: XML, render: (phone) => parameterFile('lines', lineAttributes(phone)) },
    { name: '{mac}-settings.cfg', purpose: 'device', isPart: true, contentType: XML, render: (phone) => parameterFile('settings', settingAttributes(phone)) },
    { name: /^\{mac\}-(phone|web|license|cloud|user-.*)\.cfg$/, purpose: 'optional' },
    { name: '{mac}-directory.xml', purpose: 'directory', contentType: XML, render: directory },
    { name: '000000000000-directory.xml', purpose: 'directory', contentType: XML, render: directory },
    { name: /^\{mac\}-(app|boot|now|flash|calls)\.(log|xml)$/, purpose: 'upload' },
    { name: /\.(ld|ver|bin)$/, purpose: 'optional' },
  ],
}

function masterFile(phone: PhoneConfiguration, mac: string): string {
  const { firmware } = phone.settings
  const files = [`${mac}-lines.cfg`, `${mac}-settings.cfg`].join(', ')
  return document('APPLICATION', [
    ['APP_FILE_PATH', firmware?.url ?? ''],
    ['CONFIG_FILES', files],
    ['MISC_FILES', ''],
    ['LOG_FILE_DIRECTORY', ''],
    ['OVERRIDES_DIRECTORY', ''],
    ['CONTACTS_DIRECTORY', ''],
    ['LICENSE_DIRECTORY', ''],
  ])
}

function lineAttributes(phone: PhoneConfiguration): Attributes {
  const watching = phone.keys.filter((key) => key.kind === 'blf' || key.kind === 'park')
  const dialing = speedDials(phone)
  return [
    ...phone.lines.flatMap((line) => registration(phone, line)),
    ['lineKey.reassignment.enabled', 1],
    ...phone.keys.flatMap((key): Attributes => {
      const name = `lineKey.${key.place}`
      if (key.kind === 'line')
        return [
          [`${name}.category`, 'Line'],
          [`${name}.index`, key.account],
        ]
      const watched = watching.indexOf(key)
      if (watched >= 0)
        return [
          [`${name}.category`, 'BLF'],
          [`${name}.index`, 0],
        ]
      return [
        [`${name}.category`, 'SpeedDial'],
        [`${name}.index`, dialing.indexOf(key) + 1],
      ]
    }),
    ['attendant.reg', phone.lines[0]?.account ?? 1],
    ...watching.flatMap((key, index): Attributes => {
      const name = `attendant.resourceList.${index + 1}`
      return [
        [`${name}.address`, `${key.value}@${hostInUri(phone)}`],
        [`${name}.label`, key.label],
        // A parked call is fetched by dialing its place; a colleague's ringing phone offers to be picked up.
        [`${name}.type`, key.kind === 'park' ? 'automata' : 'normal'],
      ]
    }),
  ]
}

function registration(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Attributes {
  const reg = `reg.${line.account}`
  const { settings } = phone
  const offers = settings.srtp !== 'off'
  return [
    [`${reg}.address`, line.username],
    [`${reg}.label`, line.label],
    [`${reg}.displayName`, line.displayName],
    [`${reg}.type`, line.isShared ? 'shared' : 'private'],
    [`${reg}.auth.userId`, line.username],
    [`${reg}.auth.password`, line.password],
    [`${reg}.server.1.address`, phone.server.host],
    [`${reg}.server.1.port`, portOf(phone)],
    [`${reg}.server.1.transport`, TRANSPORTS[settings.transport]],
    [`${reg}.server.1.expires`, settings.registerExpiresSeconds],
    [`${reg}.srtp.enable`, offers ? 1 : 0],
    [`${reg}.srtp.offer`, offers ? 1 : 0],
    [`${reg}.srtp.require`, settings.srtp === 'required' ? 1 : 0],
    [`msg.mwi.${line.account}.callBackMode`, 'contact'],
    [`msg.mwi.${line.account}.callBack`, settings.voicemailNumber],
    [`msg.mwi.${line.account}.subscribe`, line.username],
  ]
}

function settingAttributes(phone: PhoneConfiguration): Attributes {
  const { settings } = phone
  const zone = phoneTimeZone(settings.timeZone)
  const codecs = phone.lines[0]?.codecs ?? []
  return [
    ['voIpProt.SIP.specialEvent.checkSync.alwaysReboot', 0],
    ['prov.polling.enabled', 1],
    ['prov.polling.mode', 'rel'],
    ['prov.polling.period', settings.resyncSeconds],
    ['tcpIpApp.sntp.address', settings.ntpServer],
    ['tcpIpApp.sntp.address.overrideDHCP', 1],
    ...(zone === undefined ? [] : timeAttributes(zone)),
    ['lcl.ml.lang', languageOf(phone, LANGUAGES, 'English_United_States')],
    ['dialplan.digitmap', digitMap(phone.extensionLength)],
    ...codecs.flatMap((codec, index): Attributes => {
      const name = CODEC_NAMES[codec]
      return name === undefined ? [] : [[`voice.codecPref.${name}`, index + 1]]
    }),
    ...(phone.adminPassword === undefined
      ? []
      : ([
          ['device.set', 1],
          ['device.auth.localAdminPassword.set', 1],
          ['device.auth.localAdminPassword', phone.adminPassword],
        ] as const)),
    ['device.prov.serverName', phone.source.url],
    ...ownParameters(phone),
  ]
}

function timeAttributes({ offsetMinutes, savesDaylight }: NonNullable<ReturnType<typeof phoneTimeZone>>): Attributes {
  const sntp = 'tcpIpApp.sntp'
  const rule: Attributes = [
    [`${sntp}.daylightSavings.fixedDayEnable`, 0],
    [`${sntp}.daylightSavings.start.month`, 3],
    [`${sntp}.daylightSavings.start.date`, 8],
    [`${sntp}.daylightSavings.start.dayOfWeek`, 1],
    [`${sntp}.daylightSavings.start.time`, 2],
    [`${sntp}.daylightSavings.stop.month`, 11],
    [`${sntp}.daylightSavings.stop.date`, 1],
    [`${sntp}.daylightSavings.stop.dayOfWeek`, 1],
    [`${sntp}.daylightSavings.stop.time`, 2],
  ]
  return [[`${sntp}.gmtOffset`, offsetMinutes * 60], [`${sntp}.gmtOffset.overrideDHCP`, 1], [`${sntp}.daylightSavings.enable`, savesDaylight ? 1 : 0], ...(savesDaylight ? rule : [])] // prettier-ignore
}

/** 911 at once; what may go on after a pause (`T`). */
function digitMap(extensionLength: number): string {
  return ['911', '933', `[2-8]${'x'.repeat(extensionLength - 1)}T`, '1xxxxxxxxxx', '[2-9]xxxxxxxxx', '011x.T', '*xx.T', '+x.T'].join('|')
}

function speedDials(phone: PhoneConfiguration): readonly PhoneKey[] {
  return phone.keys.filter((key) => key.kind === 'speedDial' || key.kind === 'intercom' || key.kind === 'paging')
}

/** Keys that dial lie in the directory: `sd` is the place a line key names. */
function directory(phone: PhoneConfiguration): string {
  const items = speedDials(phone).map(
    (key, index) => `    <item><ln>${xml(key.label)}</ln><ct>${xml(key.value)}</ct><sd>${index + 1}</sd><rt>ringerdefault</rt></item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<directory>\n  <item_list>\n${items.join('\n')}\n  </item_list>\n</directory>\n`
}

function parameterFile(name: string, attributes: Attributes): string {
  // An attribute stands once in an element: the last value given is the one that counts.
  const own = [...new Map(attributes)]
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<polycomConfig>\n  ${element(name, own)}\n</polycomConfig>\n`
}

function document(name: string, attributes: Attributes): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${element(name, attributes)}\n`
}

function element(name: string, attributes: Attributes): string {
  return `<${name}\n${attributes.map(([key, value]) => `    ${key}="${xml(value)}"`).join('\n')} />`
}
