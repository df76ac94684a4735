import { createHash } from 'node:crypto'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { listPortsOfDevice } from '../device-lines/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import {
  type IgnoredSetting,
  layeredSettings,
  type PhoneConfiguration,
  type PhoneKey,
  type PhoneKeyKind,
  type PhoneLine,
  type PhoneSettings,
  readPhoneSettings,
  unfitParameters,
  vendorOf,
} from '../phone-files/index.ts'
import { deviceType, hasAnalogPorts, sideCarType } from '../reference-data/index.ts'
import { domainOfAccount, settingsOf, type SipDomainRow } from '../sip-domains/index.ts'
import type { DeviceConfigurationRow } from './configuration-queries.ts'
import { configurationToken } from './configuration-token.ts'
import { type TemplateVersionRow, templateInForce } from './template-queries.ts'

type PortRow = Awaited<ReturnType<typeof listPortsOfDevice>>[number]

export interface AssembledPhone {
  readonly phone: PhoneConfiguration
  readonly ignored: readonly IgnoredSetting[]
  readonly template: TemplateVersionRow | undefined
  /** Of everything the files are made of but the way they are fetched. */
  readonly digest: string
}

export interface AssembleOptions {
  /** How the phone reaches us, such as `http://203.0.113.5:8080`. */
  readonly origin: string
  /** In place of the one in force: for previews. */
  readonly template?: TemplateVersionRow | undefined
  /** In place of those of the device: for previews. */
  readonly settings?: unknown
}

const KEY_KINDS: Readonly<Record<string, PhoneKeyKind>> = {
  Line: 'line', AdvancedSharedLine: 'line', ReferencedUser: 'line', IntercomLine: 'intercom', PresenceBlfUser: 'blf', SpeedDialUser: 'speedDial', SpeedDialTn: 'speedDial', Custom: 'speedDial',
  CallParkingSpot: 'park', SipPaging: 'paging',
} // prettier-ignore
const SHARED: ReadonlySet<string> = new Set(['AdvancedSharedLine', 'ReferencedUser'])
/** When the way files are written changes, phones are told that theirs are old. */
const FILES_VERSION = 1
/** Vendors know no shorter one. */
const SHORTEST_REGISTRATION_SECONDS = 60

/** Everything a device has to know, from what stands in the database now. @param row a device that was proven to the caller. */
export async function assemblePhone(context: Context, row: DeviceRow, configuration: DeviceConfigurationRow, o: AssembleOptions): Promise<AssembledPhone> {
  const { sql } = context.database
  const ports = await listPortsOfDevice(sql, systemScope(row.partition_id, row.account_id), row.id)
  const [account, people, objects, template, domain] = await Promise.all([
    accountOf(sql, row),
    peopleOf(sql, row, ports),
    referencedObjects(sql, row, ports),
    o.template === undefined ? templateInForce(sql, row, configuration.template_id) : o.template,
    domainOfAccount(sql, { accountId: row.account_id, partitionId: row.partition_id }),
  ])
  const own = readPhoneSettings(o.settings ?? configuration.settings)
  const { type, isAdapter } = kindOf(row)
  const lines = linesOf(context, ports, { people, isAdapter })
  const owner = people.get(ports.find((port) => port.user_id !== null && KEY_KINDS[port.line_type] === 'line')?.user_id ?? '')
  const settings = layeredSettings(
    { timeZone: account.time_zone, language: account.language_tag },
    domain === undefined ? {} : settingsOfDomain(domain),
    owner === undefined ? {} : { timeZone: owner.time_zone, language: owner.language_tag },
    readPhoneSettings(template?.settings).settings,
    own.settings,
  )
  const sideCar = row.side_car_type_id === null ? undefined : sideCarType(row.side_car_type_id)
  const phone: PhoneConfiguration = {
    macAddress: row.mac_address ?? '',
    deviceTypeId: row.device_type_id,
    deviceName: row.device_name,
    numKeys: type?.numLines ?? lines.length,
    isAdapter,
    adminPassword: row.admin_password_sealed === null ? undefined : context.sealer.open(row.admin_password_sealed, row.id),
    // By its name only once that leads here: until then phones would find nobody.
    server: { tlsPort: undefined, ...context.settings.sipServer(), ...(domain?.points_here === true ? { host: domain.name } : {}) },
    lines,
    keys: isAdapter ? [] : keysOf(ports, lines, { people, objects }),
    sideCar: sideCar === undefined ? undefined : { count: row.num_side_cars, keysEach: sideCar.numLinesPerPage * sideCar.numPages },
    settings,
    extensionLength: account.extension_length,
    source: { url: configurationUrl(context, row, configuration, o.origin), encryptionKey: encryptionKeyOf(context, row, settings) },
  }
  const unfit = unfitParameters(vendorOf(row.device_type_id), own.settings)
  return { phone, ignored: [...own.ignored, ...unfit], template, digest: digestOf(phone) }
}

/** Phones of a domain register as its settings say, so often that no NAT forgets them. */
function settingsOfDomain(domain: SipDomainRow): Partial<PhoneSettings> {
  const { defaultTransport: transport, natKeepalive, keepaliveSeconds } = settingsOf(domain)
  return { transport, ...(natKeepalive ? { registerExpiresSeconds: Math.max(SHORTEST_REGISTRATION_SECONDS, keepaliveSeconds) } : {}) }
}

/** Where a device's files are; whoever knows it may have them. */
export function configurationUrl(context: Pick<Context, 'sealer'>, row: Pick<DeviceRow, 'id'>, configuration: DeviceConfigurationRow, origin: string): string {
  return `${origin}/provision/${configurationToken(context.sealer, { deviceId: row.id, version: configuration.token_version })}/`
}

/** Set only where files of this device go out encrypted. */
function encryptionKeyOf(context: Context, row: DeviceRow, settings: PhoneSettings): string | undefined {
  if (settings.encryption === 'off' || vendorOf(row.device_type_id).encryption === undefined || row.encryption_key_sealed === null) return undefined
  return context.sealer.open(row.encryption_key_sealed, row.id)
}

function digestOf({ source, ...phone }: PhoneConfiguration): string {
  return createHash('sha256')
    .update(JSON.stringify([FILES_VERSION, source.encryptionKey, phone]))
    .digest('hex')
}

function kindOf(row: DeviceRow) {
  const type = deviceType(row.device_type_id)
  return { type, isAdapter: type !== undefined && hasAnalogPorts(type) }
}

/** A row that is registered for: adapters by port, phones by the order of their keys. */
function linesOf(context: Context, ports: readonly PortRow[], o: { readonly people: People; readonly isAdapter: boolean }): readonly PhoneLine[] {
  const registering = ports.filter((port) => port.sip_username !== null && port.sip_password_sealed !== null && port.admin_state !== 'INACTIVE')
  return registering.map((port, index) => {
    const person = o.people.get(port.user_id ?? '')
    const name = person === undefined ? '' : `${person.first_name} ${person.last_name}`.trim()
    return {
      account: o.isAdapter ? port.line_number : index + 1,
      place: port.line_number,
      username: port.sip_username ?? '',
      password: context.sealer.open(port.sip_password_sealed ?? '', port.id),
      displayName: name === '' ? port.device_name : name,
      label: port.device_name,
      isShared: SHARED.has(port.line_type),
      fax: port.fax_enabled,
      codecs: port.codecs ?? [],
    }
  })
}

/** A key that has nothing to dial or to watch is left out: its user or spot is gone, or has no extension. */
function keysOf(
  ports: readonly PortRow[],
  lines: readonly PhoneLine[],
  o: { readonly people: People; readonly objects: ReadonlyMap<string, string> },
): readonly PhoneKey[] {
  return ports.flatMap((port): PhoneKey[] => {
    const kind = KEY_KINDS[port.line_type]
    if (kind === undefined) return []
    const line = lines.find((each) => each.place === port.line_number)
    const value = kind === 'line' ? line?.username : valueOf(port, o)
    if (value === undefined || value === '') return []
    return [{ place: port.line_number, kind, label: port.device_name, value, account: line?.account ?? lines[0]?.account ?? 1 }]
  })
}

function valueOf(port: PortRow, { people, objects }: { readonly people: People; readonly objects: ReadonlyMap<string, string> }): string | undefined {
  const reference = port.reference_id
  if (reference === null) return undefined
  if (port.line_type === 'SpeedDialTn' || port.line_type === 'Custom') return reference
  return people.get(reference)?.extension ?? objects.get(reference)
}

async function accountOf(sql: Sql | Transaction, row: DeviceRow) {
  return sql.selectFrom('account').select(['time_zone', 'language_tag', 'extension_length']).where('id', '=', row.account_id).executeTakeFirstOrThrow()
}

type People = ReadonlyMap<string, Awaited<ReturnType<typeof readPeople>>[number]>

/** Who owns lines of the device, and who is watched or called by its keys. */
async function peopleOf(sql: Sql | Transaction, row: DeviceRow, ports: readonly PortRow[]): Promise<People> {
  const ids = [...new Set(ports.flatMap((port) => [port.user_id, port.reference_id]).filter((id) => id !== null))]
  return new Map((await readPeople(sql, row, ids)).map((person) => [person.id, person]))
}

async function readPeople(sql: Sql | Transaction, row: DeviceRow, ids: readonly string[]) {
  return sql
    .selectFrom('end_user')
    .select(['id', 'first_name', 'last_name', 'extension', 'time_zone', 'language_tag'])
    .where('account_id', '=', row.account_id)
    .where('id', 'in', ids.length === 0 ? [''] : ids)
    .execute()
}

/** What parking spots and paging groups are dialed by. */
async function referencedObjects(sql: Sql | Transaction, row: DeviceRow, ports: readonly PortRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = ports.filter((port) => port.line_type === 'CallParkingSpot' || port.line_type === 'SipPaging').flatMap((port) => port.reference_id ?? [])
  if (ids.length === 0) return new Map()
  const objects = await sql
    .selectFrom('account_object')
    .select(['id', 'attributes'])
    .where('account_id', '=', row.account_id)
    .where('type', 'in', ['CALL_PARKING_SPOT', 'PAGING_GROUP'])
    .where('id', 'in', ids)
    .execute()
  return new Map(
    objects.flatMap(({ id, attributes }) => {
      const dialed = attributes?.['spotNumber'] ?? attributes?.['extension']
      return typeof dialed === 'string' ? [[id, dialed] as const] : []
    }),
  )
}
