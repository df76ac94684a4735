import Type, { type Static } from 'typebox'
import { type AccountScope, maySeeCredentials, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import {
  assemblePhone,
  configurationOf,
  configurationUrl,
  type DeviceConfigurationRow,
  provisioningStatus,
  shownSettings,
} from '../device-configuration/index.ts'
import { type DeviceLineRow, listPortsOfDevice } from '../device-lines/index.ts'
import { NETWORK_QUALITIES, networkQuality, WANTED_LINE_TYPES } from '../device-provisioning/index.ts'
import { type DeviceRow, lastProvisioningRequests } from '../devices/index.ts'
import { freeObject, named, oneOf } from '../http/index.ts'
import { readUserAgent } from '../phone-files/index.ts'
import { deviceType } from '../reference-data/index.ts'
import { shownId } from './prefixed-id.ts'

const Nullable = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()])

export const DeviceLineResource = Type.Object({
  line_number: Type.Integer(),
  extension: Nullable(Type.String()),
  label: Type.String(),
  type: oneOf(WANTED_LINE_TYPES),
  registered: Type.Boolean(),
})

const StatusDetails = Type.Object({
  registration_state: oneOf(['registered', 'unregistered'] as const),
  last_registration: Nullable(Type.String()),
  network_quality: Type.Union([oneOf(NETWORK_QUALITIES), Type.Null()]),
  /** Why there is no quality. */
  network_quality_reason: Nullable(Type.String()),
  uptime_seconds: Type.Union([Type.Integer(), Type.Null()]),
  /** Where its requests come from, as we see it. */
  source_address: Nullable(Type.String()),
})

/** S3-39, S3-42, S3-47. */
export const DeviceResource = named(
  'DeviceResource',
  Type.Object({
    id: Type.String(),
    mac_address: Nullable(Type.String()),
    organization_id: Type.String(),
    user_id: Nullable(Type.String()),
    name: Type.String(),
    model: Type.String(),
    manufacturer: Nullable(Type.String()),
    template_id: Nullable(Type.String()),
    firmware_version: Nullable(Type.String()),
    status: oneOf(['online', 'offline'] as const),
    ip_address: Nullable(Type.String()),
    provisioning_status: oneOf(['pending', 'provisioned', 'needs_update'] as const),
    provisioning_url: Type.Optional(Type.String()),
    last_seen: Nullable(Type.String()),
    created_at: Type.String(),
    updated_at: Type.String(),
    lines: Type.Optional(Type.Array(DeviceLineResource)),
    settings: Type.Optional(freeObject()),
    status_details: Type.Optional(StatusDetails),
  }),
)
export type DeviceResource = Static<typeof DeviceResource>

/** What the phone does, and nobody has set. */
export const LIVE_DEVICE_MEMBERS = ['status', 'ip_address', 'provisioning_status', 'last_seen', 'registered', 'status_details']

export const INCLUDES = ['lines', 'settings', 'status'] as const
export type Include = (typeof INCLUDES)[number] | 'url'

/** A device as this surface shows it, with what is asked for besides. */
export async function deviceResource(
  context: Context,
  scope: AccountScope,
  device: DeviceRow,
  o: { readonly include: ReadonlySet<string>; readonly origin: string; readonly principal: Principal },
): Promise<DeviceResource> {
  const { sql } = context.database
  const [lines, configuration, requests] = await Promise.all([
    listPortsOfDevice(sql, scope, device.id),
    configurationOf(sql, device),
    lastProvisioningRequests(sql, scope, [device.id]),
  ])
  const { digest } = await assemblePhone(context, device, configuration, { origin: o.origin })
  const bindings = lines.flatMap((line) => context.registrations.bindingsOf(line.id))
  const [binding] = bindings
  const userId = configuration.user_id ?? lines.find((line) => line.user_id !== null && kindOf(line) !== 'blf')?.user_id ?? null
  const seenMs = bindings.length > 0 ? context.clock.nowMs() : requests.get(device.id)?.requested_at.getTime()
  return {
    id: shownId('device', device.id),
    mac_address: device.mac_address === null ? null : (device.mac_address.toUpperCase().match(/../g)?.join(':') ?? null),
    organization_id: shownId('organization', device.account_id),
    user_id: userId === null ? null : shownId('user', userId),
    name: device.device_name,
    model: device.model ?? deviceType(device.device_type_id)?.name ?? device.device_type_id,
    manufacturer: configuration.manufacturer ?? makerOf(device),
    template_id: configuration.template_id === null ? null : shownId('template', configuration.template_id),
    firmware_version: configuration.firmware_version ?? readUserAgent(binding?.userAgent ?? '').firmwareVersion ?? null,
    status: bindings.length > 0 ? 'online' : 'offline',
    ip_address: binding === undefined ? configuration.last_address : ownAddress(binding.contactUri, binding.receivedFrom.address),
    provisioning_status: provisioningStatus(configuration, digest),
    ...(o.include.has('url') ? { provisioning_url: configurationUrl(context, device, configuration, o.origin) } : {}),
    last_seen: seenMs === undefined ? null : new Date(seenMs).toISOString(),
    created_at: device.created_at.toISOString(),
    updated_at: device.updated_at.toISOString(),
    ...(o.include.has('lines') ? { lines: await lineResources(context, scope, lines, configuration) } : {}),
    ...(o.include.has('settings') ? { settings: { ...shownSettings(configuration.settings, maySeeCredentials(o.principal)) } } : {}),
    ...(o.include.has('status') ? { status_details: await statusDetails(context, scope, lines) } : {}),
  }
}

async function lineResources(context: Context, scope: AccountScope, lines: readonly DeviceLineRow[], configuration: DeviceConfigurationRow) {
  const ids = [...new Set(lines.flatMap((line) => [line.user_id, line.reference_id]).filter((id) => id !== null))]
  const users = await context.database.sql
    .selectFrom('end_user')
    .select(['id', 'extension'])
    .where('account_id', '=', scope.accountId)
    .where('id', 'in', ids.length === 0 ? [''] : ids)
    .execute()
  const extensionOf = (id: string | null): string | null => users.find((user) => user.id === id)?.extension ?? null
  return lines.map((line) => {
    const words = configuration.line_words[String(line.line_number)]
    const type = kindOf(line)
    const isOwn = type === 'primary'
    return {
      line_number: line.line_number,
      extension: extensionOf(isOwn ? line.user_id : line.reference_id) ?? words?.extension ?? line.reference_id,
      label: line.device_name,
      type: WANTED_LINE_TYPES.find((each) => each === words?.type) ?? type,
      registered: context.registrations.isRegistered(line.id),
    } as const
  })
}

/** Who is watched by a key does not own the device. */
function kindOf({ line_type: type }: DeviceLineRow): 'primary' | 'shared' | 'blf' {
  if (type === 'Line') return 'primary'
  return type === 'ReferencedUser' || type === 'AdvancedSharedLine' ? 'shared' : 'blf'
}

async function statusDetails(context: Context, scope: AccountScope, lines: readonly DeviceLineRow[]): Promise<Static<typeof StatusDetails>> {
  const nowMs = context.clock.nowMs()
  const bindings = lines.flatMap((line) => context.registrations.bindingsOf(line.id))
  const since = bindings.map((binding) => binding.registeredAtMs)
  const { quality, reason } = await networkQuality(
    context.database.sql,
    scope,
    lines.map((line) => line.id),
    nowMs,
  )
  return {
    registration_state: bindings.length > 0 ? 'registered' : 'unregistered',
    last_registration: since.length === 0 ? null : new Date(Math.max(...since)).toISOString(),
    network_quality: quality,
    network_quality_reason: reason,
    uptime_seconds: since.length === 0 ? null : Math.max(0, Math.floor((nowMs - Math.min(...since)) / 1000)),
    source_address: bindings[0]?.receivedFrom.address ?? null,
  }
}

/** What the phone calls itself, when that is an address; behind a NAT it is its own, not ours. */
function ownAddress(contactUri: string, source: string): string {
  return /@(\d{1,3}(?:\.\d{1,3}){3})(?=[:;>]|$)/.exec(contactUri)?.[1] ?? source
}

const MAKERS: Readonly<Record<string, string>> = {
  CISCO_LINKSYS_SIPURA: 'Cisco', POLYCOM: 'Polycom', YEALINK: 'Yealink', GRANDSTREAM: 'Grandstream', SNOM: 'Snom', OBIHAI: 'Obihai', ARRIS: 'Arris',
} // prettier-ignore

function makerOf(device: DeviceRow): string | null {
  return MAKERS[deviceType(device.device_type_id)?.deviceTypeManufacturer ?? ''] ?? null
}
