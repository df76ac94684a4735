import { oneLine, quoted } from '../escape-text.ts'
import type { PhoneConfiguration } from '../phone-configuration.ts'
import { ownParameters, type Vendor } from '../vendor.ts'

/** Sangoma Vega gateways and MTAs with their command line: a script the gateway fetches and runs when it starts. */
export const vega: Vendor = {
  id: 'VEGA',
  events: { resync: 'check-sync', reboot: 'check-sync;reboot=true' },
  files: [
    { name: /^(\{mac\}_?(script|config)\.txt|\{mac\}\.(txt|script))$/, example: '{mac}script.txt', purpose: 'device', render: script },
    { name: /^(vega|default)_?(script|config)?\.txt$/, purpose: 'optional' },
    { name: /\.(abs|bin|dat)$/, purpose: 'optional' },
  ],
}

function script(phone: PhoneConfiguration): string {
  const { settings, server } = phone
  const lines = phone.lines.flatMap((line): string[] => {
    const port = line.account
    return [
      set(`.pots.port.${port}.if.1.username`, line.username),
      set(`.pots.port.${port}.if.1.dn`, line.label),
      set(`.pots.port.${port}.enable`, '1'),
      set(`.pots.port.${port}.fax_relay`, line.fax ? '1' : '0'),
      // A table grows by `cp`, which does nothing to a row that is there.
      `cp .sip.auth.user.${port}`,
      set(`.sip.auth.user.${port}.enable`, '1'),
      set(`.sip.auth.user.${port}.username`, line.username),
      set(`.sip.auth.user.${port}.password`, line.password),
      set(`.sip.auth.user.${port}.sip_profile`, '1'),
      `cp .sip.reg.user.${port}`,
      set(`.sip.reg.user.${port}.enable`, '1'),
      set(`.sip.reg.user.${port}.dn`, line.username),
      set(`.sip.reg.user.${port}.username`, line.username),
      set(`.sip.reg.user.${port}.auth_user_index`, String(port)),
      set(`.sip.reg.user.${port}.sip_profile`, '1'),
    ]
  })
  const own = ownParameters(phone).map(([name, value]) => set(`.${name}`, value))
  return [
    set('.sip.reg_enable', '1'),
    set('.sip.profile.1.sig_transport', settings.transport),
    set('.sip.profile.1.reg_domain', server.host),
    ...['proxy', 'registrar'].flatMap((role) => [
      set(`.sip.profile.1.${role}.1.enable`, '1'),
      set(`.sip.profile.1.${role}.1.ipname`, server.host),
      set(`.sip.profile.1.${role}.1.port`, String(server.port)),
      ...(server.tlsPort === undefined ? [] : [set(`.sip.profile.1.${role}.1.tls_port`, String(server.tlsPort))]),
    ]),
    set('.sip.profile.1.reg_expiry', String(settings.registerExpiresSeconds)),
    set('.ntp.ntp_ip', settings.ntpServer),
    ...lines,
    ...own,
    'apply',
    'save',
    '',
  ].join('\r\n')
}

function set(name: string, value: string): string {
  return `set ${name}=${quoted(oneLine(value))}`
}
