import type { Insertable, Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { DeviceConfigurationTable, Sql, Transaction } from '../database/index.ts'
import type { DeviceRow } from '../devices/index.ts'

export type DeviceConfigurationRow = Selectable<DeviceConfigurationTable>
export type ConfigurationChanges = Omit<Partial<Insertable<DeviceConfigurationTable>>, 'device_id' | 'partition_id' | 'account_id'>

type Executor = Sql | Transaction

/** A device with what is set for it, by its id or its address, of whoever: who asks still has to prove that he is this device. */
export interface ConfiguredDevice {
  readonly device: DeviceRow
  readonly configuration: DeviceConfigurationRow
}

const NOTHING_SET = {
  line_words: {},
  entity: null, manufacturer: null, user_id: null, template_id: null, settings: {}, token_version: 1, password_sealed: null, window_until: null, window_cidr: null, window_address: null,
  fetched_digest: null, fetched_at: null, revised_at: null, firmware_version: null, last_address: null,
} // prettier-ignore

export async function findConfiguredDevice(sql: Executor, column: 'id' | 'mac_address', value: string): Promise<ConfiguredDevice | undefined> {
  const row = await sql
    .selectFrom('device')
    .leftJoin('device_configuration as configuration', 'configuration.device_id', 'device.id')
    .selectAll('device')
    .select((expression) => expression.fn.toJson('configuration').as('stored'))
    .where(`device.${column}`, '=', value)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { stored, ...device } = row
  return { device, configuration: rowOf(device, stored) }
}

/** What is set for a device of the scope; what was never set has its default. */
export async function configurationOf(sql: Executor, device: DeviceRow): Promise<DeviceConfigurationRow> {
  const row = await sql.selectFrom('device_configuration').selectAll().where('device_id', '=', device.id).executeTakeFirst()
  return row ?? rowOf(device, undefined)
}

/** @param device of the caller's scope. */
export async function changeConfiguration(sql: Transaction, device: DeviceRow, values: ConfigurationChanges): Promise<void> {
  await sql
    .insertInto('device_configuration')
    .values({ ...values, settings: values.settings ?? '{}', device_id: device.id, partition_id: device.partition_id, account_id: device.account_id })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(values))
    .execute()
}

/** JSON of a row has its times as text. */
function rowOf(device: DeviceRow, stored: unknown): DeviceConfigurationRow {
  const given = (stored ?? {}) as Readonly<Record<string, unknown>>
  const time = (name: string): Date | null => (typeof given[name] === 'string' ? new Date(given[name]) : null)
  return {
    ...NOTHING_SET,
    ...given,
    device_id: device.id,
    partition_id: device.partition_id,
    account_id: device.account_id,
    window_until: time('window_until'),
    fetched_at: time('fetched_at'),
    revised_at: time('revised_at'),
  }
}

export async function findKeptConfiguration(sql: Transaction, scope: AccountScope, macAddress: string) {
  return sql
    .deleteFrom('kept_device_configuration')
    .where('mac_address', '=', macAddress)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .returningAll()
    .executeTakeFirst()
}

/** For when the address comes back to the account. Lines are not kept: their logins are gone with them. */
export async function keepConfiguration(sql: Transaction, device: DeviceRow, now: Date): Promise<void> {
  if (device.mac_address === null) return
  const { template_id, settings } = await configurationOf(sql, device)
  const values = { partition_id: device.partition_id, account_id: device.account_id, template_id, settings: JSON.stringify(settings), kept_at: now }
  await sql
    .insertInto('kept_device_configuration')
    .values({ mac_address: device.mac_address, ...values })
    .onConflict((conflict) => conflict.column('mac_address').doUpdateSet(values))
    .execute()
}
