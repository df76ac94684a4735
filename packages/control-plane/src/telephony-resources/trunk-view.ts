import type { Static } from 'typebox'
import { addressesOf, carrierTrunkOf, CODEC_NAMES, type CarrierTrunkRow, PLAIN_TRUNK, type TrunkAddressRow } from '../carrier-trunks/index.ts'
import type { Context } from '../context.ts'
import { trunkOf } from '../sip-trunks/index.ts'
import { sipCredentialsOf } from '../sip-credentials/index.ts'
import { rulesShown } from './carrier-trunk-form.ts'
import { shownId } from './prefixed-id.ts'
import type { AddressView, TrunkView } from './trunk-fields.ts'

type Shown = Static<typeof TrunkView>

export const TRUNK_INCLUDES = ['ips', 'routes'] as const

/** A trunk of any type as this surface shows it (S3-07); never with its password. */
export async function trunkView(context: Context, row: CarrierTrunkRow, include: ReadonlySet<string>): Promise<Shown> {
  const [ips, routes] = await Promise.all([
    include.has('ips') ? addressesOf(context.database.sql, [row.id]) : undefined,
    include.has('routes') ? routesOf(context, row) : undefined,
  ])
  return {
    id: shownId('trunk', row.id),
    organization_id: shownId('organization', row.account_id ?? row.partition_id),
    protocol: 'sip',
    ...(row.kind === 'PBX' ? await pbxView(context, row) : carrierView(context, row)),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    ...(ips === undefined ? {} : { ips: ips.map((address) => addressView(address)) }),
    ...(routes === undefined ? {} : { routes }),
  }
}

export function addressView(row: TrunkAddressRow): Static<typeof AddressView> {
  return {
    id: shownId('address', row.id),
    address: row.address,
    type: row.type,
    ...(row.port === null ? {} : { port: row.port }),
    priority: row.priority,
    active: row.active,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

type OfKind = Omit<Shown, 'id' | 'organization_id' | 'protocol' | 'created_at' | 'updated_at' | 'ips' | 'routes'>

function carrierView(context: Context, row: CarrierTrunkRow): OfKind {
  const trunk = carrierTrunkOf(row)
  return {
    name: trunk.name,
    status: trunk.status,
    type: trunk.role,
    transport: trunk.transport,
    host: trunk.address,
    port: trunk.port,
    ...given({ username: trunk.username, realm: trunk.realm, caller_id_name: trunk.callerIdName, max_channels: trunk.maxConcurrentCalls, max_calls_per_second: trunk.maxCallsPerSecond }), // prettier-ignore
    ...(trunk.callerIdNumber === undefined ? {} : { caller_id_number: `+${trunk.callerIdNumber}` }),
    register: trunk.registrarDomain !== undefined,
    codecs: [...(trunk.codecs ?? CODEC_NAMES)],
    dtmf_mode: trunk.dtmfMode,
    nat_support: trunk.natSupport,
    priority: trunk.priority,
    ping_interval: trunk.keepAliveSeconds,
    ...(trunk.transport === 'tls' || trunk.peerCertificate !== PLAIN_TRUNK.peerCertificate ? { peer_certificate: trunk.peerCertificate } : {}),
    number_rules: rulesShown(trunk.numberRules),
    ...(trunk.registrarDomain === undefined ? {} : { registration: registrationView(context, row.id) }),
  }
}

/** How our registration there is, and why not (S3-12). */
function registrationView(context: Context, trunkId: string): NonNullable<Shown['registration']> {
  const known = context.gateways.registrationOf(trunkId)
  if (known === undefined) return { state: 'trying' }
  return {
    state: known.state,
    gateway_id: shownId('gateway', known.gatewayId),
    ...(known.expiresAtMs === undefined ? {} : { expires_at: new Date(known.expiresAtMs).toISOString() }),
    ...(known.statusCode === undefined ? {} : { last_error: reasonOf(known.statusCode, known.reason) }),
    updated_at: new Date(known.atMs).toISOString(),
  }
}

function reasonOf(statusCode: number, reason: string | undefined): string {
  if (reason !== undefined) return `${statusCode}: ${reason}`
  if (statusCode === 408) return '408: no answer'
  if (statusCode === 401 || statusCode === 407 || statusCode === 403) return `${statusCode}: the username or the password is refused`
  return String(statusCode)
}

async function pbxView(context: Context, row: CarrierTrunkRow): Promise<OfKind> {
  const trunk = trunkOf(row)
  const { place } = trunk
  const login = (await sipCredentialsOf(context.database.sql, [row.id])).get(row.id)
  const isHere = trunk.ipBasedAuthEnabled || context.registrations.isRegistered(row.id)
  const host = place?.host ?? trunk.ipAddress
  return {
    name: trunk.trunkName,
    status: row.locked_out ? (place?.status === 'inactive' ? 'inactive' : 'suspended') : isHere || place?.status === 'active' ? 'active' : 'pending',
    type: 'pbx',
    transport: place?.transport ?? 'udp',
    port: place?.port ?? trunk.portNumber ?? 5060,
    ...given({ host, username: login?.sipUsername, realm: place?.realm, caller_id_name: place?.callerIdName }),
    ...(place?.callerIdNumber === undefined ? {} : { caller_id_number: `+${place.callerIdNumber}` }),
    register: false,
    max_channels: trunk.concurrentCalls,
    codecs: [...(place?.codecs ?? CODEC_NAMES)],
    dtmf_mode: place?.dtmfMode ?? 'rfc2833',
    nat_support: place?.natSupport ?? true,
  }
}

/** Where calls of a carrier lead by its prices, and which numbers ring a PBX (S3-06). */
async function routesOf(context: Context, row: CarrierTrunkRow): Promise<NonNullable<Shown['routes']>> {
  if (row.kind !== 'PBX') {
    const { priority, costByPrefix, costWeight } = carrierTrunkOf(row)
    const byPrefix = Object.entries(costByPrefix).map(([prefix, cost]) => ({ type: 'prefix', pattern: `+${prefix}`, priority, cost }))
    return [...byPrefix, { type: 'prefix', pattern: '+', priority, cost: costWeight }]
  }
  const numbers = await context.database.sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('account_id', '=', row.account_id)
    .where('reference_type', '=', 'SIP_TRUNK')
    .where('reference_id', '=', row.id)
    .orderBy('phone_number')
    .execute()
  return [
    ...numbers.map((number) => ({ type: 'number', pattern: `+${number.phone_number}` })),
    ...trunkOf(row).extensionPatterns.map((pattern) => ({ type: 'extension', pattern })),
  ]
}

function given<Members extends Record<string, string | number | undefined>>(members: Members): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [Name in keyof Members]?: NonNullable<Members[Name]> }
}
