import { isDeepStrictEqual } from 'node:util'
import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, parseAddressRange, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { deviceChanged, type DeviceRow, lockDevice } from '../devices/index.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { newSipPassword } from '../sip-credentials/index.ts'
import { changeConfiguration, type ConfigurationChanges, configurationOf, type DeviceConfigurationRow } from './configuration-queries.ts'
import { shownSettings, unmaskedSettings } from './shown-settings.ts'
import { holdTemplateFor } from './template-queries.ts'

export interface ConfigurationRevision {
  /** Replaces all settings; a mask stands for what is there. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  /** null: that of the platform. */
  readonly templateId?: string | null | undefined
}

const MAX_SETTINGS_CHARACTERS = 65_536
const MAX_WINDOW_MINUTES = 10_080

/** What the device is told besides its lines; the phone has to come for it again. */
export function reviseConfiguration(context: Context, principal: Principal, scope: AccountScope, idOrMac: string, revision: ConfigurationRevision) {
  return change(context, principal, scope, idOrMac, (work, device) => revisedConfiguration(work, device, revision))
}

/** Inside a change. @param device a locked row. @returns what is to be stored. */
export async function revisedConfiguration(
  work: Write,
  device: DeviceRow,
  { settings, templateId }: ConfigurationRevision,
): Promise<Result<ConfigurationChanges, ApiFailure>> {
  const before = await configurationOf(work.sql, device)
  const wanted = settings === undefined ? ok(undefined) : unmaskedSettings(settings, before.settings)
  if (!wanted.ok) return wanted
  const text = wanted.value === undefined ? undefined : JSON.stringify(wanted.value)
  if (text !== undefined && text.length > MAX_SETTINGS_CHARACTERS)
    return err(invalidField('settings', 'are too many', `${MAX_SETTINGS_CHARACTERS} characters as JSON`))
  if (typeof templateId === 'string' && !(await holdTemplateFor(work.sql, device.partition_id, templateId))) {
    return err(invalidField('templateId', `"${templateId}" is no template of the partition`, 'a template of the partition, or "standard"'))
  }
  const isSame =
    (wanted.value === undefined || isDeepStrictEqual(wanted.value, before.settings)) && (templateId === undefined || templateId === before.template_id)
  return ok({
    ...(text === undefined ? {} : { settings: text }),
    ...(templateId === undefined ? {} : { template_id: templateId }),
    ...(isSame ? {} : { revised_at: work.now }),
  })
}

/** @returns the new password for Basic and Digest, in clear this once; the user name is the MAC address. */
export async function renewPassword(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
): Promise<Result<{ username: string; password: string }, ApiFailure>> {
  const password = newSipPassword()
  const changed = await change(context, principal, scope, idOrMac, async (_work, device) =>
    device.mac_address === null
      ? err(invalidField('macAddress', 'is missing', 'a device with a MAC address'))
      : ok({ password_sealed: context.sealer.seal(password, device.id) }),
  )
  return changed.ok ? ok({ username: changed.value.mac_address ?? '', password }) : changed
}

/** What was in the phone's address opens nothing any more. */
export function renewToken(context: Context, principal: Principal, scope: AccountScope, idOrMac: string) {
  return change(context, principal, scope, idOrMac, async (work, device) => ok({ token_version: (await configurationOf(work.sql, device)).token_version + 1 }))
}

/** Lets a device in by its address alone, once. @param window undefined: closes it. */
export function setWindow(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  window: { readonly minutes: number; readonly cidr: string | undefined } | undefined,
) {
  return change(context, principal, scope, idOrMac, async (work) => {
    if (window === undefined) return ok({ window_until: null, window_cidr: null, window_address: null })
    if (window.minutes < 1 || window.minutes > MAX_WINDOW_MINUTES)
      return err(invalidField('minutes', `${window.minutes} is too short or too long`, `1 to ${MAX_WINDOW_MINUTES}`))
    if (window.cidr !== undefined && parseAddressRange(window.cidr) === undefined)
      return err(invalidField('cidr', `"${window.cidr}" is no block of addresses`, 'such as 203.0.113.0/24'))
    return ok({ window_until: new Date(work.now.getTime() + window.minutes * 60_000), window_cidr: window.cidr ?? null, window_address: null })
  })
}

function change(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  changesOf: (work: Write, device: DeviceRow) => Promise<Result<ConfigurationChanges, ApiFailure>>,
): Promise<Result<DeviceRow, ApiFailure>> {
  return write(context, actorOf(principal), async (work) => {
    const device = await lockDevice(work.sql, scope, idOrMac)
    if (device === undefined) return err(entityNotFound('Device', idOrMac))
    const changes = await changesOf(work, device)
    if (!changes.ok) return changes
    const before = await configurationOf(work.sql, device)
    await changeConfiguration(work.sql, device, changes.value)
    work.emit(deviceChanged(scope, device, device, 'DEVICE_METADATA', { before: factsOf(before), after: factsOf(await configurationOf(work.sql, device)) }))
    return ok(device)
  })
}

/** What of it belongs into history: never a secret. */
function factsOf({
  settings,
  template_id: templateId,
  token_version: tokenVersion,
  password_sealed: password,
  window_until: windowUntil,
}: DeviceConfigurationRow) {
  return { settings: shownSettings(settings, false), templateId, tokenVersion, hasPassword: password !== null, windowUntil: windowUntil?.toISOString() ?? null }
}
