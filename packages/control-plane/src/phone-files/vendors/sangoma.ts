import { xml } from '../escape-text.ts'
import { type PhoneConfiguration, portOf } from '../phone-configuration.ts'
import { ownParameters, type Vendor } from '../vendor.ts'
import { fanvil, fanvilDeviceFile } from './fanvil.ts'

const XML = 'application/xml; charset=utf-8'

/** Sangoma S and P phones ask for P-values as their maker's do; those of the A series are Fanvil's and take Fanvil's text. */
export const sangoma: Vendor = {
  id: 'SANGOMA',
  events: { resync: 'resync', reboot: 'check-sync;reboot=true' },
  files: [
    ...fanvil.files.filter((file) => file.purpose === 'model'),
    { name: 'cfg{mac}.xml', purpose: 'device', contentType: XML, render: phoneValues },
    { name: 'cfg.xml', purpose: 'optional' },
    { name: '{mac}.cfg', purpose: 'device', render: fanvilDeviceFile },
  ],
}

function phoneValues(phone: PhoneConfiguration): string {
  const { settings, server, source } = phone
  const values = phone.lines.flatMap((line): (readonly [string, string | number])[] => {
    const of = (first: string, block: number): string => (line.account === 1 ? first : `P${(line.account + 2) * 100 + block}`)
    return [
      [of('P271', 1), 1],
      [of('P47', 2), `${server.host}:${portOf(phone)}`],
      [of('P35', 4), line.username],
      [of('P36', 5), line.username],
      [of('P34', 6), line.password],
      [of('P3', 7), line.displayName],
    ]
  })
  const all = new Map<string, string | number>([['P237', source.url], ['P30', settings.ntpServer], ['P33', settings.voicemailNumber], ...values, ...ownParameters(phone)]) // prettier-ignore
  const lines = [...all].map(([name, value]) => `    <${name}>${xml(value)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<hl_provision version="1">\n  <mac>${phone.macAddress}</mac>\n  <config version="1">\n${lines.join('\n')}\n  </config>\n</hl_provision>\n`
}
