import { createHash } from 'node:crypto'
import type { AccountServices, EmergencyLocation, RoutingCarrier, RoutingLine, RoutingNumber, RoutingSnapshot, RoutingUser } from '@dialtone/call-routing'
import { areaCodeOf, type DialingBehavior, normalizePhoneNumber } from '@dialtone/numbering'
import type { LineCredentials, TrunkPeer } from '@dialtone/softswitch'
import type { Selectable } from 'kysely'
import type { Sealer } from '../access/index.ts'
import type { AddressLists } from '@dialtone/foundation'
import type { AccountTable, SipCredentialTable, TelephoneNumberTable } from '../database/index.ts'
import { callHandlingOf } from './call-handling-of.ts'
import { callScreeningOf } from './call-screening-of.ts'
import { handlingSchedulesOf } from './handling-schedules-of.ts'
import type { LineOfAccount } from './lines/line-kind.ts'
import { textAt } from './stored-object.ts'
import type { UserOfAccount } from './users-of-account.ts'

export interface AccountRows {
  readonly account: Selectable<AccountTable>
  readonly users: readonly UserOfAccount[]
  /** Of every kind. */
  readonly lines: readonly LineOfAccount[]
  /** The logins of the account; those of trunks are among them. */
  readonly logins: readonly Selectable<SipCredentialTable>[]
  readonly numbers: readonly Selectable<TelephoneNumberTable>[]
  readonly services: AccountServices
  readonly accessLevels: readonly AddressLists[]
  /** ENABLE_STAGED_CALL of its partition: numbers that are staged take calls already, as a trial before they go into service. */
  readonly takesStagedCalls: boolean
  /** By its inbound rate plan. */
  readonly tollFreeRefused: RoutingSnapshot['tollFreeRefused']
  /** SIP domains its lines may log in at, besides the platform's own. */
  readonly domains: readonly string[]
}

/** What one account contributes to the call plane: its snapshot, how its lines are known by SIP username, and its PBXs by address. */
export interface AccountPicture {
  readonly snapshot: RoutingSnapshot
  readonly credentials: ReadonlyMap<string, LineCredentials>
  /** Address and port with a space between them. */
  readonly trunksByAddress: ReadonlyMap<string, TrunkPeer>
  /** From where its phones and trunks may speak SIP; from everywhere without any. */
  readonly accessLevels?: readonly AddressLists[]
}

export interface PictureOptions {
  /** For ordinary calls; a peer that leads to a PSAP is not among them. */
  readonly carriers: readonly RoutingCarrier[]
  readonly emergencyCarrierIds: readonly string[]
  readonly realm: string
  readonly sealer: Sealer
}

/** From stored rows to the picture routing decides on; nothing here is a rule of routing. */
export function pictureOf(rows: AccountRows, o: PictureOptions): AccountPicture {
  const { account } = rows
  const lineIdsByUser = linesByUser(rows.lines)
  const loginOf = new Map(rows.logins.map((login) => [login.owner_id, login]))
  const users = rows.users.map((user) => userOf(user, lineIdsByUser.get(user.id) ?? []))
  const numbers = rows.numbers.map((number) => numberOf(number, rows.takesStagedCalls))
  const snapshot: RoutingSnapshot = {
    version: Number(account.version),
    partitionId: account.partition_id,
    accountId: account.id,
    accountStatus: account.status as RoutingSnapshot['accountStatus'],
    dialingBehavior: account.dialing_behavior_type as DialingBehavior,
    extensionLength: account.extension_length,
    homeAreaCode: homeAreaCode(numbers),
    timeZone: account.time_zone ?? undefined,
    language: account.language_tag,
    users: new Map(users.map((user) => [user.id, user])),
    lines: new Map(rows.lines.map((line) => [line.id, lineOf(line, loginOf.get(line.id)?.sip_username ?? '')])),
    numbers: new Map(numbers.map((number) => [number.number, number])),
    userIdByExtension: new Map(users.flatMap((user) => (user.extension === undefined ? [] : [[user.extension, user.id]]))),
    services: rows.services,
    screening: callScreeningOf(account.call_screening_settings),
    tollFreeRefused: rows.tollFreeRefused,
    carriers: o.carriers,
    emergencyCarrierIds: o.emergencyCarrierIds,
  }
  const credentials = rows.lines.flatMap((line): [string, LineCredentials][] => {
    const login = loginOf.get(line.id)
    return login === undefined ? [] : [[login.sip_username, credentialsOf(rows, line, login, o)]]
  })
  const trunks = rows.lines.flatMap((line): [string, TrunkPeer][] => {
    const at = line.trunk?.address
    return at === undefined ? [] : [[`${at.address} ${at.port}`, { lineId: line.id, partitionId: account.partition_id, accountId: account.id }]]
  })
  return { snapshot, credentials: new Map(credentials), trunksByAddress: new Map(trunks), accessLevels: rows.accessLevels }
}

function linesByUser(lines: readonly LineOfAccount[]): ReadonlyMap<string, readonly string[]> {
  const lineIds = new Map<string, string[]>()
  for (const line of lines) {
    for (const userId of line.ringsForUserIds) {
      const known = lineIds.get(userId)
      if (known === undefined) lineIds.set(userId, [line.id])
      else known.push(line.id)
    }
  }
  return lineIds
}

function userOf(user: UserOfAccount, lineIds: readonly string[]): RoutingUser {
  const callerId = user.caller_id_config
  return {
    id: user.id,
    firstName: user.first_name,
    lastName: user.last_name,
    extension: user.extension ?? undefined,
    callerIdNumber: normalizePhoneNumber(textAt(callerId, 'callerIdNumber') ?? ''),
    externalCallerIdVisible: callerId['externalCallerIdVisible'] === true,
    extensionCallerIdVisible: callerId['extensionCallerIdVisible'] !== false,
    lineIds,
    callHandling: callHandlingOf(user.call_handling_settings),
    screening: callScreeningOf(user.call_screening_settings),
    schedules: handlingSchedulesOf(user.call_handling_schedules),
    timeZone: user.time_zone,
    language: user.language_tag,
    voicemailBoxId: user.voicemail_box_id ?? undefined,
  }
}

function lineOf({ ringsForUserIds: _users, ...line }: LineOfAccount, sipUsername: string): RoutingLine {
  return { ...line, sipUsername }
}

function numberOf(number: Selectable<TelephoneNumberTable>, takesStagedCalls: boolean): RoutingNumber {
  const isStaged = number.operational_status === 'STAGED' && !takesStagedCalls
  return {
    number: number.phone_number,
    referenceType: number.reference_type ?? undefined,
    referenceId: number.reference_id ?? undefined,
    // What the carrier has not activated yet, or has not ported, cannot be called.
    operationalStatus: isStaged || number.carrier_status !== 'ACTIVE' ? 'STAGED' : 'ACTIVE',
    callerName: textAt(number.customer_service_record ?? {}, 'customerName'),
    emergencyAddress: number.e911_address === null ? undefined : locationOf(number.e911_address),
  }
}

function locationOf(address: Readonly<Record<string, unknown>>): EmergencyLocation {
  const text = (name: string): string => textAt(address, name) ?? ''
  return {
    streetNumber: [text('streetNumber'), text('streetNumberSuffix')].filter((part) => part !== '').join(' '),
    preDirectional: text('preDirectional'),
    streetName: text('streetName'),
    streetSuffix: text('streetSuffix'),
    postDirectional: text('postDirectional'),
    unit: [text('secondaryLocationDescription'), text('unit')].filter((part) => part !== '').join(' '),
    city: text('city'),
    state: text('state'),
    postalCode: text('postalCode'),
    country: text('country'),
    latitude: textAt(address, 'latitude'),
    longitude: textAt(address, 'longitude'),
  }
}

/** RFC 7616 section 3.4.2: what the registrar compares with, never the password itself. */
function credentialsOf(
  { account, domains }: Pick<AccountRows, 'account' | 'domains'>,
  line: LineOfAccount,
  login: Selectable<SipCredentialTable>,
  { realm, sealer }: Pick<PictureOptions, 'realm' | 'sealer'>,
): LineCredentials {
  const password = sealer.open(login.sip_password_sealed, line.id)
  const ha1Of = (at: string): LineCredentials['ha1'] => {
    const secret = `${login.sip_username}:${at}:${password}`
    return { MD5: createHash('md5').update(secret).digest('hex'), 'SHA-256': createHash('sha256').update(secret).digest('hex') }
  }
  return {
    lineId: line.id,
    partitionId: account.partition_id,
    accountId: account.id,
    ha1: ha1Of(realm),
    ...(domains.length === 0 ? {} : { ha1AtDomains: new Map(domains.map((name) => [name, ha1Of(name)])) }),
    adminState: line.adminState,
  }
}

/** Seven digits are completed with the area code that most of the account's own numbers have. */
function homeAreaCode(numbers: readonly RoutingNumber[]): string | undefined {
  const counts = Map.groupBy(
    numbers.flatMap((number) => areaCodeOf(number.number) ?? []),
    (areaCode) => areaCode,
  )
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}
