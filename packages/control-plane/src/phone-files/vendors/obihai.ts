import { xml } from '../escape-text.ts'
import { hostInUri, type PhoneConfiguration, portOf } from '../phone-configuration.ts'
import { gmtOffset, phoneTimeZone } from '../phone-time-zone.ts'
import { ownParameters, type Vendor } from '../vendor.ts'

const XML = 'application/xml; charset=utf-8'
const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const

type Objects = readonly (readonly [object: string, parameters: readonly (readonly [string, string | number])[]])[]

/** Obihai and Poly OBi adapters: objects and parameters in the manner of TR-104. Each line has a service of its own. */
export const obihai: Vendor = {
  id: 'OBIHAI',
  // It restarts to take a new file.
  events: { resync: 'resync', reboot: 'resync' },
  encryption: 'aes-128-cbc',
  // `Object.Sub.Parameter`: all but the last word is the object.
  parameterName: /^[A-Za-z_][A-Za-z0-9_.-]*\.[A-Za-z0-9_-]+$/,
  files: [
    { name: /^obi[a-z0-9]*\.xml$/, example: 'obi302.xml', purpose: 'model', contentType: XML, render: (phone) => document(provisioning(phone)) },
    { name: '{mac}.xml', purpose: 'device', contentType: XML, render: wholeFile },
    { name: '{mac}.aes', purpose: 'device', contentType: 'application/octet-stream', render: wholeFile },
    { name: /\.(fw|bin)$/, purpose: 'optional' },
  ],
}

function wholeFile(phone: PhoneConfiguration): string {
  return document([...provisioning(phone), ...access(phone), ...time(phone), ...phone.lines.flatMap((line) => service(phone, line)), ...ownObjects(phone)])
}

function provisioning({ source, settings }: PhoneConfiguration): Objects {
  const fetched =
    source.encryptionKey === undefined
      ? `${source.url}$MAC.xml`
      : `SYNC -A=aes -K=${source.encryptionKey.slice(0, 32)} -IV=${source.encryptionKey.slice(32, 64)} ${source.url}$MAC.aes`
  return [
    [
      'X_DeviceManagement.ITSPProvisioning.',
      [
        ['Method', 'Periodically'],
        ['Interval', settings.resyncSeconds],
        ['ConfigURL', fetched],
      ],
    ],
    ...(settings.firmware === undefined
      ? []
      : ([['X_DeviceManagement.FirmwareUpdate.', [['Method', 'Periodically'], ['Interval', settings.resyncSeconds], ['FirmwareURL', settings.firmware.url]]]] as const)), // prettier-ignore
  ]
}

function access({ adminPassword }: PhoneConfiguration): Objects {
  return adminPassword === undefined ? [] : [['X_DeviceManagement.WebServer.', [['AdminPassword', adminPassword]]]]
}

function time({ settings }: PhoneConfiguration): Objects {
  const zone = phoneTimeZone(settings.timeZone)
  const saves = zone?.savesDaylight === true
  return [
    [
      'Time.',
      [
        ['NTPServer1', settings.ntpServer],
        ...(zone === undefined ? [] : [['LocalTimeZone', gmtOffset(zone)] as const]),
        ['DaylightSavingTimeEnable', saves ? 'true' : 'false'],
        ...(saves ? ([['DaylightSavingTimeStart', '3/8/7/2'], ['DaylightSavingTimeEnd', '11/1/7/2'], ['DaylightSavingTimeDiff', '1']] as const) : []), // prettier-ignore
      ],
    ],
  ]
}

function service(phone: PhoneConfiguration, line: PhoneConfiguration['lines'][number]): Objects {
  const { server, settings } = phone
  const profile = `VoiceService.1.VoiceProfile.${line.account}.`
  const own = `VoiceService.1.VoiceProfile.1.Line.${line.account}.`
  return [
    [
      `${profile}SIP.`,
      [
        ['ProxyServer', server.host],
        ['ProxyServerPort', portOf(phone)],
        ['ProxyServerTransport', TRANSPORTS[settings.transport]],
        ['RegistrarServer', server.host],
        ['RegistrarServerPort', portOf(phone)],
        ['OutboundProxy', server.host],
        ['OutboundProxyPort', portOf(phone)],
        ['RegistrationPeriod', settings.registerExpiresSeconds],
        ['X_EnableSRTP', settings.srtp === 'off' ? 'false' : 'true'],
        // Our NOTIFY comes over the phone's own flow.
        ['X_AcceptResync', 'yes without authentication'],
      ],
    ],
    [profile, [['DigitMap', `(911|933|*xx.|[2-8]${'x'.repeat(phone.extensionLength - 1)}S3|1xxxxxxxxxx|[2-9]xxxxxxxxx|011x.|xx.)`]]],
    [own, [['Enable', 'true'], ['X_ServProvProfile', String.fromCodePoint(64 + line.account)]]], // prettier-ignore
    [`${own}SIP.`, [['AuthUserName', line.username], ['AuthPassword', line.password], ['URI', `${line.username}@${hostInUri(phone)}`]]], // prettier-ignore
    [`${own}CallingFeatures.`, [['CallerIDName', line.displayName], ['X_CheckVoiceMailNumber', settings.voicemailNumber], ['MWIEnable', 'true']]], // prettier-ignore
    [`VoiceService.1.PhyInterface.${line.account}.`, [['X_PrimaryLine', `SP${line.account} Service`], ['X_T38Enable', line.fax ? 'true' : 'false']]], // prettier-ignore
  ]
}

/** `Object.Sub.Parameter`: all but the last word is the object. */
function ownObjects(phone: PhoneConfiguration): Objects {
  return ownParameters(phone).flatMap(([name, value]) => {
    const dot = name.lastIndexOf('.')
    return dot < 1 ? [] : [[name.slice(0, dot + 1), [[name.slice(dot + 1), value]]] as const]
  })
}

function document(objects: Objects): string {
  const parts = objects.map(([name, parameters]) => {
    const inside = parameters.map(([key, value]) => `    <P><N>${xml(key)}</N><V>${xml(value)}</V></P>`)
    return `  <O><N>${xml(name)}</N>\n${inside.join('\n')}\n  </O>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ParameterList X_Reset="None">\n${parts.join('\n')}\n</ParameterList>\n`
}
