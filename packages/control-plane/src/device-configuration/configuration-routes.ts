import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, maySeeCredentials, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type DeviceRow, findDevice } from '../devices/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { lineDifferences, VENDOR_IDS, vendorOf } from '../phone-files/index.ts'
import { type AssembledPhone, assemblePhone, configurationUrl } from './assemble-phone.ts'
import { renewPassword, renewToken, reviseConfiguration, setWindow } from './change-configuration.ts'
import { configurationOf, type DeviceConfigurationRow } from './configuration-queries.ts'
import { PROVISIONING_STATUSES, provisioningStatus } from './configuration-status.ts'
import { previewFiles, withoutSecrets } from './preview-files.ts'
import { toldUserAgent } from './told-user-agent.ts'
import { shownSettings } from './shown-settings.ts'
import { versionsFor } from './template-queries.ts'

const ITEM = '/v2/partition/:partitionId/account/:accountId/device/:macAddress/configuration'
const TAG = 'Device Configuration'
const DevicePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), macAddress: Type.String() })
const MAY_READ = { permission: 'EU_Device', level: 'READ' } as const
const MAY_EDIT = { permission: 'EU_Device', level: 'EDIT' } as const
const MAY_HAND_OUT = { permission: 'SipCredentials', level: 'EDIT' } as const

const Files = Type.Array(Type.Object({ name: Type.String(), purpose: Type.String() }))

const ConfigurationView = named(
  'DeviceConfiguration',
  Type.Object({
    deviceId: Type.String(),
    macAddress: Type.Optional(Type.String()),
    vendor: oneOf(VENDOR_IDS),
    provisioningStatus: oneOf(PROVISIONING_STATUSES),
    /** To those who may see SIP credentials: who knows it may have them. */
    provisioningUrl: Type.Optional(Type.String()),
    hasPassword: Type.Boolean(),
    encryptionKey: Type.Optional(Type.String()),
    windowUntil: Type.Optional(Type.String()),
    templateId: Type.Optional(Type.String()),
    templateVersion: Type.Optional(Type.Integer()),
    settings: freeObject(),
    ignoredSettings: Type.Array(Type.Object({ name: Type.String(), reason: Type.String() })),
    files: Files,
    fetchedDate: Type.Optional(Type.String()),
    firmwareVersion: Type.Optional(Type.String()),
  }),
)

const ConfigurationBody = named(
  'DeviceConfigurationRequest',
  Type.Object({ settings: Type.Optional(freeObject()), templateId: Type.Optional(Type.String({ maxLength: 64 })) }),
)
const WindowBody = named('DeviceWindowRequest', Type.Object({ minutes: Type.Integer(), cidr: Type.Optional(Type.String({ maxLength: 64 })) }))
const TemplateQuery = { templateId: Type.Optional(Type.String({ maxLength: 64 })), version: Type.Optional(Type.Integer({ minimum: 1 })) }
const FileView = Type.Object({ name: Type.String(), purpose: Type.String(), content: Type.String() })

/** What a device is told, how it gets it, and a look at the files before it does. */
export const configurationOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'How a device is configured: settings, template, files, and how far it has come',
    requires: MAY_READ,
    params: DevicePath,
    responses: { 200: ConfigurationView },
    handle: (context, { principal, scope, params, origin }) => shown(context, { principal, scope, origin }, params.macAddress),
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Set what a device is told besides its lines',
    requires: MAY_EDIT,
    params: DevicePath,
    body: ConfigurationBody,
    responses: { 200: ConfigurationView },
    handle: async (context, { principal, scope, params, body, origin }) => {
      const revision = { settings: body.settings ?? {}, templateId: body.templateId ?? null }
      const revised = await reviseConfiguration(context, principal, scope, params.macAddress, revision)
      return revised.ok ? shown(context, { principal, scope, origin }, params.macAddress) : revised
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/token`,
    tag: TAG,
    summary: 'Give a device a new address for its configuration; the one before opens nothing any more',
    requires: MAY_HAND_OUT,
    params: DevicePath,
    responses: { 200: ConfigurationView },
    handle: async (context, { principal, scope, params, origin }) => {
      const renewed = await renewToken(context, principal, scope, params.macAddress)
      return renewed.ok ? shown(context, { principal, scope, origin }, params.macAddress) : renewed
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/credentials`,
    tag: TAG,
    summary: 'Give a device a user name and a password for its configuration (Basic and Digest); shown this once',
    requires: MAY_HAND_OUT,
    params: DevicePath,
    responses: { 201: named('DeviceConfigurationLogin', Type.Object({ username: Type.String(), password: Type.String() })) },
    handle: async (context, { principal, scope, params }) => {
      const login = await renewPassword(context, principal, scope, params.macAddress)
      return login.ok ? ok({ status: 201, body: login.value }) : login
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/window`,
    tag: TAG,
    summary: 'Let a device fetch its configuration once by its MAC address alone: the address that comes first, for ten minutes',
    requires: MAY_HAND_OUT,
    params: DevicePath,
    body: WindowBody,
    responses: { 200: ConfigurationView },
    handle: async (context, { principal, scope, params, body, origin }) => {
      const opened = await setWindow(context, principal, scope, params.macAddress, { minutes: body.minutes, cidr: body.cidr })
      return opened.ok ? shown(context, { principal, scope, origin }, params.macAddress) : opened
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: `${ITEM}/window`,
    tag: TAG,
    summary: 'Close the window of a device',
    requires: MAY_EDIT,
    params: DevicePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const closed = await setWindow(context, principal, scope, params.macAddress, undefined)
      return closed.ok ? ok({ status: 204 }) : closed
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/preview`,
    tag: TAG,
    summary: 'The files a device would get now, or with a version of a template; secrets are shown to those who may see SIP credentials',
    requires: MAY_READ,
    params: DevicePath,
    query: Type.Object(TemplateQuery),
    responses: { 200: Type.Object({ files: Type.Array(FileView) }) },
    handle: async (context, { principal, scope, params, query, origin }) => {
      const assembled = await previewed(context, { scope, origin }, params.macAddress, query)
      return assembled.ok ? ok({ status: 200, body: { files: previewFiles(visible(principal, assembled.value), assembled.value.userAgent) } }) : assembled
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/diff`,
    tag: TAG,
    summary: 'What would change in the files of a device with a version of a template',
    requires: MAY_READ,
    params: DevicePath,
    query: Type.Object(TemplateQuery),
    responses: { 200: Type.Object({ files: Type.Array(Type.Object({ name: Type.String(), differences: Type.Array(Type.String()) })) }) },
    handle: async (context, { principal, scope, params, query, origin }) => {
      const [now, then] = [
        await previewed(context, { scope, origin }, params.macAddress, {}),
        await previewed(context, { scope, origin }, params.macAddress, query),
      ]
      if (!now.ok) return now
      if (!then.ok) return then
      const before = new Map(previewFiles(visible(principal, now.value), now.value.userAgent).map((file) => [file.name, file.content]))
      const files = previewFiles(visible(principal, then.value), then.value.userAgent).map((file) => ({
        name: file.name,
        differences: lineDifferences(before.get(file.name) ?? '', file.content),
      }))
      return ok({ status: 200, body: { files: files.filter((file) => file.differences.length > 0) } })
    },
  }),
]

interface Viewer {
  readonly principal: Principal
  readonly scope: AccountScope
  readonly origin: string
}

async function shown(context: Context, viewer: Viewer, idOrMac: string) {
  const device = await findDevice(context.database.sql, viewer.scope, idOrMac)
  if (device === undefined) return err(entityNotFound('Device', idOrMac))
  const configuration = await configurationOf(context.database.sql, device)
  return ok({ status: 200, body: await view(context, viewer, device, configuration) })
}

async function view(
  context: Context,
  { principal, origin }: Viewer,
  device: DeviceRow,
  configuration: DeviceConfigurationRow,
): Promise<Static<typeof ConfigurationView>> {
  const [assembled, userAgent] = await Promise.all([assemblePhone(context, device, configuration, { origin }), toldUserAgent(context.database.sql, device)])
  const maySee = maySeeCredentials(principal)
  const { phone } = assembled
  return {
    deviceId: device.id,
    ...(device.mac_address === null ? {} : { macAddress: device.mac_address }),
    vendor: vendorOf(device.device_type_id, userAgent).id,
    provisioningStatus: provisioningStatus(configuration, assembled.digest),
    ...(maySee ? { provisioningUrl: configurationUrl(context, device, configuration, origin) } : {}),
    hasPassword: configuration.password_sealed !== null,
    ...(maySee && phone.source.encryptionKey !== undefined ? { encryptionKey: phone.source.encryptionKey } : {}),
    ...(configuration.window_until === null ? {} : { windowUntil: configuration.window_until.toISOString() }),
    ...(configuration.template_id === null ? {} : { templateId: configuration.template_id }),
    ...(assembled.template === undefined ? {} : { templateVersion: assembled.template.version }),
    settings: { ...shownSettings(configuration.settings, maySee) },
    ignoredSettings: [...assembled.ignored],
    files: previewFiles(phone, userAgent).map(({ name, purpose }) => ({ name, purpose })),
    ...(configuration.fetched_at === null ? {} : { fetchedDate: configuration.fetched_at.toISOString() }),
    ...(configuration.firmware_version === null ? {} : { firmwareVersion: configuration.firmware_version }),
  }
}

type PreviewedPhone = AssembledPhone & { readonly userAgent: string }

async function previewed(
  context: Context,
  { scope, origin }: Pick<Viewer, 'scope' | 'origin'>,
  idOrMac: string,
  { templateId, version }: { readonly templateId?: string; readonly version?: number },
): Promise<Result<PreviewedPhone, ApiFailure>> {
  const { sql } = context.database
  const device = await findDevice(sql, scope, idOrMac)
  if (device === undefined) return err(entityNotFound('Device', idOrMac))
  const [configuration, userAgent] = await Promise.all([configurationOf(sql, device), toldUserAgent(sql, device)])
  if (templateId === undefined) return ok({ ...(await assemblePhone(context, device, configuration, { origin })), userAgent })
  const versions = await versionsFor(sql, scope, templateId)
  const wanted = version === undefined ? versions[0] : versions.find((each) => each.version === version)
  if (wanted === undefined) return err(entityNotFound('DeviceTemplateVersion', `${templateId}/${version ?? ''}`))
  return ok({ ...(await assemblePhone(context, device, configuration, { origin, template: wanted })), userAgent })
}

function visible(principal: Principal, { phone }: AssembledPhone) {
  return maySeeCredentials(principal) ? phone : withoutSecrets(phone)
}
