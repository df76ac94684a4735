import { newId } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { ProvisioningRequestTable, Sql } from '../database/index.ts'
import { named } from '../http/index.ts'
import type { DeviceRow } from './device-queries.ts'

export type ProvisioningRequestRow = Selectable<ProvisioningRequestTable>

/** A request of a device for its configuration (S0-107). */
export const ProvisioningRequestView = named(
  'ProvisioningRequest',
  Type.Object({
    id: Type.String(),
    requestDate: Type.String(),
    httpStatus: Type.Integer(),
    deviceId: Type.String(),
    ipAddress: Type.String(),
    userAgent: Type.String(),
  }),
)

export interface ProvisioningRequest {
  readonly httpStatus: number
  readonly ipAddress: string
  readonly userAgent: string
}

/** Called by what serves configurations, for every request of a device it knows. */
export async function recordProvisioningRequest(sql: Sql, device: DeviceRow, request: ProvisioningRequest, now: Date): Promise<void> {
  await sql
    .insertInto('provisioning_request')
    .values({
      id: newId(),
      partition_id: device.partition_id,
      account_id: device.account_id,
      device_id: device.id,
      requested_at: now,
      http_status: request.httpStatus,
      ip_address: request.ipAddress,
      user_agent: request.userAgent.slice(0, 256),
    })
    .execute()
}

/** The newest request of each device. */
export async function lastProvisioningRequests(
  sql: Sql,
  scope: AccountScope,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, ProvisioningRequestRow>> {
  if (deviceIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('provisioning_request')
    .selectAll()
    .distinctOn('device_id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('device_id', 'in', deviceIds)
    .orderBy('device_id')
    .orderBy('requested_at', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.device_id, row]))
}

export function provisioningRequestView(row: ProvisioningRequestRow): Static<typeof ProvisioningRequestView> {
  return {
    id: row.id,
    requestDate: row.requested_at.toISOString(),
    httpStatus: row.http_status,
    deviceId: row.device_id,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
  }
}
