import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, actorOf, maySeeCredentials, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DeviceTable, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { named, oneOf } from '../http/index.ts'
import { deviceType, lineCountOf, sideCarType } from '../reference-data/index.ts'
import type { Updateable } from 'kysely'
import { deviceChanged } from './device-events.ts'
import { type DeviceRow, listPorts, lockDevice, updateDeviceRow } from './device-queries.ts'
import { sideCarKeysOf } from './ports.ts'

export const PROVISIONER_TYPES = ['ALIANZA', 'PHONISM'] as const

/** What a device is told besides its lines; its admin password is shown to those who may see SIP credentials (C-52). */
export const DeviceMetadataView = named(
  'DeviceMetadata',
  Type.Object({
    id: Type.String(),
    macAddress: Type.Optional(Type.String()),
    partitionId: Type.String(),
    accountId: Type.String(),
    deviceTypeId: Type.String(),
    sideCarTypeId: Type.Optional(Type.String()),
    numSideCars: Type.Integer(),
    adminPassword: Type.Optional(Type.String()),
    provisionerType: oneOf(PROVISIONER_TYPES),
  }),
)

export const DeviceMetadataBody = named(
  'DeviceMetadataRequest',
  Type.Object({
    sideCarTypeId: Type.Optional(Type.String({ maxLength: 64 })),
    numSideCars: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    adminPassword: Type.Optional(Type.String({ minLength: 4, maxLength: 32, pattern: '^[\\x21-\\x7e]+$' })),
    provisionerType: Type.Optional(oneOf(PROVISIONER_TYPES)),
  }),
)
export type DeviceMetadata = Static<typeof DeviceMetadataBody>

const ADMIN_PASSWORD_CHARACTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789'
const ADMIN_PASSWORD_LENGTH = 16
/** AES-256, as hexadecimal digits. */
const ENCRYPTION_KEY_BYTES = 32

export function metadataView(context: Context, principal: Principal, row: DeviceRow): Static<typeof DeviceMetadataView> {
  const showsPassword = row.admin_password_sealed !== null && maySeeCredentials(principal)
  return {
    id: row.mac_address ?? row.id,
    ...(row.mac_address === null ? {} : { macAddress: row.mac_address }),
    partitionId: row.partition_id,
    accountId: row.account_id,
    deviceTypeId: row.device_type_id,
    ...(row.side_car_type_id === null ? {} : { sideCarTypeId: row.side_car_type_id }),
    numSideCars: row.num_side_cars,
    ...(showsPassword ? { adminPassword: context.sealer.open(row.admin_password_sealed ?? '', row.id) } : {}),
    provisionerType: row.provisioner_type === 'PHONISM' ? 'PHONISM' : 'ALIANZA',
  }
}

function passwordOf(context: Context, row: DeviceRow): string | undefined {
  return row.admin_password_sealed === null ? undefined : context.sealer.open(row.admin_password_sealed, row.id)
}

/** What is stored, as a body: the base of a merge patch. The password is not in it: left out, it stays. */
export function storedMetadata(row: DeviceRow): DeviceMetadata {
  return {
    ...(row.side_car_type_id === null ? {} : { sideCarTypeId: row.side_car_type_id }),
    numSideCars: row.num_side_cars,
    provisionerType: row.provisioner_type === 'PHONISM' ? 'PHONISM' : 'ALIANZA',
  }
}

/** Replaces side cars and provisioner; a password that is left out stays. Keys on side cars that go have to go first. */
export function updateDeviceMetadata(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  revise: (before: DeviceRow) => Result<DeviceMetadata, ApiFailure>,
): Promise<Result<DeviceRow, ApiFailure>> {
  return changeDevice(context, principal, scope, idOrMac, async (sql, row) => {
    const wanted = revise(row)
    if (!wanted.ok) return wanted
    const values = { side_car_type_id: wanted.value.sideCarTypeId ?? null, num_side_cars: wanted.value.numSideCars ?? 0 }
    const failure = await sideCarFailure(sql, scope, row, values)
    if (failure !== undefined) return err(failure)
    const { adminPassword, provisionerType } = wanted.value
    return ok({
      ...values,
      provisioner_type: provisionerType ?? 'ALIANZA',
      ...(adminPassword === undefined || adminPassword === passwordOf(context, row)
        ? {}
        : { admin_password_sealed: context.sealer.seal(adminPassword, row.id) }),
    })
  })
}

/** @returns the new password, in clear this once. */
export async function generateAdminPassword(context: Context, principal: Principal, scope: AccountScope, idOrMac: string): Promise<Result<string, ApiFailure>> {
  const bytes = randomBytes(ADMIN_PASSWORD_LENGTH)
  const password = [...bytes].map((byte) => ADMIN_PASSWORD_CHARACTERS[byte % ADMIN_PASSWORD_CHARACTERS.length]).join('')
  const changed = await changeDevice(context, principal, scope, idOrMac, async (_sql, row) =>
    ok({ admin_password_sealed: context.sealer.seal(password, row.id) }),
  )
  return changed.ok ? ok(password) : changed
}

/** A new key for the configuration file of this device. */
export function resetEncryptionKey(context: Context, principal: Principal, scope: AccountScope, idOrMac: string): Promise<Result<DeviceRow, ApiFailure>> {
  return changeDevice(context, principal, scope, idOrMac, async (_sql, row) => {
    if (deviceType(row.device_type_id)?.customEncryptionKeys !== true) {
      return err(inConflict('EncryptionKeyNotSupported', `A ${row.device_type_id} takes no key of its own.`, { deviceTypeId: row.device_type_id }))
    }
    return ok({ encryption_key_sealed: context.sealer.seal(randomBytes(ENCRYPTION_KEY_BYTES).toString('hex'), row.id) })
  })
}

function changeDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  valuesOf: (sql: Transaction, row: DeviceRow) => Promise<Result<Updateable<DeviceTable>, ApiFailure>>,
): Promise<Result<DeviceRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await lockDevice(change.sql, scope, idOrMac)
    if (before === undefined) return err(entityNotFound('Device', idOrMac))
    const values = await valuesOf(change.sql, before)
    if (!values.ok) return values
    const after = await updateDeviceRow(change.sql, before, values.value, change.now)
    change.emit(deviceChanged(scope, before, after, 'DEVICE_METADATA'))
    return ok(after)
  })
}

async function sideCarFailure(
  sql: Transaction,
  scope: AccountScope,
  row: DeviceRow,
  wanted: Pick<DeviceRow, 'side_car_type_id' | 'num_side_cars'>,
): Promise<ApiFailure | undefined> {
  const type = deviceType(row.device_type_id)
  const most = type?.maxSideCars ?? 0
  const { side_car_type_id: typeId, num_side_cars: count } = wanted
  if (typeId !== null && (sideCarType(typeId) === undefined || type?.sideCarTypeIds.includes(typeId) !== true)) {
    return invalidField('sideCarTypeId', `"${typeId}" does not fit a ${row.device_type_id}`, `one of ${type?.sideCarTypeIds.join(', ') ?? ''}`)
  }
  if (count > most) return invalidField('numSideCars', `${count} do not fit on a ${row.device_type_id}`, `0 to ${most}`)
  if (count > 0 && typeId === null) return invalidField('sideCarTypeId', 'is missing', 'required with side cars', 'SideCarTypeIdRequired')
  const last = lineCountOf(row.device_type_id) + sideCarKeysOf(wanted)
  const beyond = (await listPorts(sql, scope, [row.id])).filter((port) => port.line_number > last)
  if (beyond.length === 0) return undefined
  return inConflict('SideCarInUse', `${beyond.length} keys are on the side cars that would go.`, { lineNumbers: beyond.map((port) => port.line_number) })
}
