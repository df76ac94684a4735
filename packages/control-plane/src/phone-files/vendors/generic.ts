import { oneLine } from '../escape-text.ts'
import { type PhoneConfiguration, portOf } from '../phone-configuration.ts'
import { ownParameters, type Vendor } from '../vendor.ts'

/** Devices we know nothing of, softphones among them: an INI file for people and scripts, and the same as JSON for programs. */
export const generic: Vendor = {
  id: 'GENERIC',
  events: { resync: 'check-sync;reboot=false', reboot: 'check-sync;reboot=true' },
  files: [
    { name: /^\{mac\}\.(cfg|ini|txt)$/, example: '{mac}.cfg', purpose: 'device', render: ini },
    {
      name: '{mac}.json',
      purpose: 'device',
      contentType: 'application/json; charset=utf-8',
      render: (phone) => `${JSON.stringify(plain(phone), undefined, 2)}\n`,
    },
  ],
}

function plain(phone: PhoneConfiguration) {
  const { settings, server, source } = phone
  return {
    device: {
      mac: phone.macAddress,
      name: phone.deviceName,
      admin_password: phone.adminPassword ?? '',
      time_zone: settings.timeZone,
      language: settings.language,
      ntp_server: settings.ntpServer,
      configuration_url: source.url,
      resync_seconds: settings.resyncSeconds,
      voicemail: settings.voicemailNumber,
      firmware_url: settings.firmware?.url ?? '',
    },
    server: { host: server.host, port: portOf(phone), transport: settings.transport, srtp: settings.srtp, register_expires: settings.registerExpiresSeconds },
    lines: phone.lines.map((line) => ({ line: line.account, username: line.username, password: line.password, display_name: line.displayName, label: line.label, fax: line.fax })), // prettier-ignore
    keys: phone.keys.map((key) => ({ key: key.place, kind: key.kind, label: key.label, value: key.value, line: key.account })),
    parameters: Object.fromEntries(ownParameters(phone)),
  }
}

function ini(phone: PhoneConfiguration): string {
  const { device, server, lines, keys, parameters } = plain(phone)
  return [
    ...section('device', device),
    ...section('server', server),
    ...lines.flatMap((line) => section(`line${line.line}`, line)),
    ...keys.flatMap((key) => section(`key${key.key}`, key)),
    ...(Object.keys(parameters).length === 0 ? [] : section('parameters', parameters)),
  ].join('\n')
}

/** Always in quotes: a `;` or `#` in a value begins no comment then. */
function section(name: string, values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = "${iniText(String(value))}"`), '']
}

function iniText(text: string): string {
  return oneLine(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
}
