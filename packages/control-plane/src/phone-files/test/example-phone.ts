import { layeredSettings, type PhoneConfiguration } from '../index.ts'

export const EXAMPLE_MAC = '805ec0112233'

/** With two lines, keys of every kind and a side car. */
export function examplePhone(deviceTypeId: string, o: Partial<PhoneConfiguration> = {}): PhoneConfiguration {
  return {
    macAddress: EXAMPLE_MAC,
    deviceTypeId,
    deviceName: 'Reception',
    numKeys: 6,
    isAdapter: false,
    adminPassword: 'Adm1nPassw0rd',
    server: { host: '192.0.2.10', port: 5060, tlsPort: 5061 },
    lines: [
      { account: 1, place: 1, username: 'line-one', password: 's3cret-One', displayName: 'Jane Smith', label: '1002', isShared: false, fax: false, codecs: [] },
      { account: 2, place: 3, username: 'line-two', password: 's3cret-Two', displayName: 'Sales', label: 'Sales', isShared: true, fax: false, codecs: ['G722', 'PCMU'] },
    ], // prettier-ignore
    keys: [
      { place: 1, kind: 'line', label: '1002', value: 'line-one', account: 1 },
      { place: 2, kind: 'blf', label: 'Bob', value: '1003', account: 1 },
      { place: 3, kind: 'line', label: 'Sales', value: 'line-two', account: 2 },
      { place: 4, kind: 'park', label: 'Park 701', value: '701', account: 1 },
      { place: 5, kind: 'speedDial', label: 'Home', value: '18015550199', account: 1 },
      { place: 8, kind: 'blf', label: 'On the side car', value: '1004', account: 1 },
    ],
    sideCar: { count: 1, keysEach: 20 },
    settings: layeredSettings({ timeZone: 'US/Eastern' }),
    extensionLength: 4,
    source: { url: 'https://provision.example.com/provision/token/', encryptionKey: undefined },
    ...o,
  }
}

/** A type of each make. */
export const EXAMPLE_TYPES = [
  'YEALINKT54W',
  'VVX450',
  'SPA504G',
  'GXP2170',
  'SNOMD785',
  'FANVILX5U',
  'OBi302',
  'SANGOMAS505',
  'VEGA50_4FXS',
  'GENERIC_SIP',
] as const

/** Names that phones of all makes ask for. */
export const EXAMPLE_NAMES = [
  `${EXAMPLE_MAC}.boot`, 'y000000000096.cfg', `${EXAMPLE_MAC}.cfg`, '000000000000.cfg', `${EXAMPLE_MAC}-lines.cfg`, `${EXAMPLE_MAC}-settings.cfg`, `${EXAMPLE_MAC}-directory.xml`, 'spa504G.cfg', 'init.cfg', `${EXAMPLE_MAC}.xml`,
  `cfg${EXAMPLE_MAC}.xml`, 'cfg.xml', 'phonebook.xml', 'snom785.htm', `snom785-${EXAMPLE_MAC}.htm`, 'f0V0X4hw1.100.cfg', 'OBi302.xml', `${EXAMPLE_MAC}.aes`, `${EXAMPLE_MAC}script.txt`, `${EXAMPLE_MAC}.ini`, `${EXAMPLE_MAC}.json`,
] // prettier-ignore
