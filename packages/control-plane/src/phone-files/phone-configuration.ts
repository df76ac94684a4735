import type { PhoneSettings } from './phone-settings.ts'

/** Everything a phone has to know, in words of no vendor. What a file is rendered from, and nothing else. */
export interface PhoneConfiguration {
  /** 12 lower-case hex digits (C-48). */
  readonly macAddress: string
  readonly deviceTypeId: string
  readonly deviceName: string
  /** Keys of the device itself; places behind are on side cars. */
  readonly numKeys: number
  readonly isAdapter: boolean
  readonly adminPassword: string | undefined
  readonly server: PhoneServer
  readonly lines: readonly PhoneLine[]
  readonly keys: readonly PhoneKey[]
  readonly sideCar: { readonly count: number; readonly keysEach: number } | undefined
  readonly settings: PhoneSettings
  /** Extensions have so many digits. */
  readonly extensionLength: number
  readonly source: ConfigurationSource
}

export interface PhoneServer {
  /** What phones register at. */
  readonly host: string
  readonly port: number
  readonly tlsPort: number | undefined
}

/** Where the phone gets its files from next time. */
export interface ConfigurationSource {
  /** Ends with a slash; names the device by its token. */
  readonly url: string
  /** Key the vendor's own encryption of files uses; undefined: they go out as they are. */
  readonly encryptionKey: string | undefined
}

/** Something that registers. */
export interface PhoneLine {
  /** Account or port of the device, from 1: on adapters the port it is on, on phones in the order of their keys. */
  readonly account: number
  readonly place: number
  readonly username: string
  readonly password: string
  readonly displayName: string
  readonly label: string
  readonly isShared: boolean
  readonly fax: boolean
  /** Empty: the default of the device. */
  readonly codecs: readonly string[]
}

export type PhoneKeyKind = 'line' | 'blf' | 'speedDial' | 'park' | 'intercom' | 'paging'

/** What a key of the phone, or of a side car, does. */
export interface PhoneKey {
  /** From 1; places behind the keys of the device are on its side cars. */
  readonly place: number
  readonly kind: PhoneKeyKind
  readonly label: string
  /** What is dialed or watched; of a line its username. */
  readonly value: string
  /** The account the key belongs to. */
  readonly account: number
}

/** Where a key is: on the device, or on which key of which side car. */
export function placeOf(phone: Pick<PhoneConfiguration, 'numKeys' | 'sideCar'>, place: number): { readonly sideCar: number; readonly key: number } {
  if (place <= phone.numKeys) return { sideCar: 0, key: place }
  const keysEach = Math.max(1, phone.sideCar?.keysEach ?? 1)
  const behind = place - phone.numKeys - 1
  return { sideCar: Math.floor(behind / keysEach) + 1, key: (behind % keysEach) + 1 }
}

/** What phones register at, for the inside of a URI and before a port: an address of IPv6 stands between brackets there (RFC 3986 section 3.2.2). */
export function hostInUri({ server }: Pick<PhoneConfiguration, 'server'>): string {
  return server.host.includes(':') ? `[${server.host}]` : server.host
}

/** Port of the transport the phone is told to use. */
export function portOf(phone: PhoneConfiguration): number {
  return phone.settings.transport === 'tls' ? (phone.server.tlsPort ?? phone.server.port) : phone.server.port
}
