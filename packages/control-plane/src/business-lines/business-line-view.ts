import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type OccupiedPort, portsOf } from '../devices/index.ts'
import { named } from '../http/index.ts'
import { sipCredentialsOf } from '../sip-credentials/index.ts'
import { ANONYMOUS } from './business-line.ts'
import { type BusinessLineRow, callerNamesOf, handlingOf } from './business-line-queries.ts'
import { CallHandlingView, callHandlingView } from './call-handling-body.ts'

const lineFields = {
  id: Type.String(),
  name: Type.String(),
  callerIdPhoneNumber: Type.Optional(Type.String()),
  callerIdName: Type.String(),
  callerIdVisible: Type.Boolean(),
  emergencyCallbackPhoneNumber: Type.Optional(Type.String()),
  accountId: Type.String(),
  partitionId: Type.String(),
}
const portFields = {
  macAddress: Type.Optional(Type.String()),
  portNumber: Type.Integer(),
  deviceTypeId: Type.String(),
  faxEnabled: Type.Boolean(),
}

export const BusinessLineView = named('BusinessLine', Type.Object(lineFields))
export const PortAssignmentView = named('BusinessLinePortAssignment', Type.Object({ businessLineId: Type.String(), ...portFields }))
/** Never with the password. */
export const SipCredentialsView = named('BusinessLineSipCredentials', Type.Object({ sipUsername: Type.String() }))
export const BusinessLineExpandedView = named(
  'BusinessLineExpandedView',
  Type.Object({
    ...lineFields,
    callHandling: CallHandlingView,
    sipCredentials: SipCredentialsView,
    device: Type.Optional(Type.Object(portFields)),
  }),
)

export async function businessLineViews(
  context: Context,
  scope: AccountScope,
  rows: readonly BusinessLineRow[],
): Promise<readonly Static<typeof BusinessLineView>[]> {
  const names = await callerNamesOf(context.database.sql, scope, [...new Set(rows.flatMap((row) => row.caller_id_number ?? []))])
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    ...(row.caller_id_number === null ? {} : { callerIdPhoneNumber: row.caller_id_number }),
    callerIdName: (row.caller_id_visible && row.caller_id_number !== null ? names.get(row.caller_id_number) : undefined) ?? ANONYMOUS,
    callerIdVisible: row.caller_id_visible,
    ...(row.emergency_number === null ? {} : { emergencyCallbackPhoneNumber: row.emergency_number }),
    accountId: row.account_id,
    partitionId: row.partition_id,
  }))
}

export async function expandedViews(context: Context, scope: AccountScope, rows: readonly BusinessLineRow[]) {
  const ids = rows.map((row) => row.id)
  const { sql } = context.database
  const [views, ports, logins] = await Promise.all([businessLineViews(context, scope, rows), portsOf(sql, scope, ids), sipCredentialsOf(sql, ids)])
  return rows.map((row, position) => {
    const port = ports.get(row.id)
    return {
      ...views[position],
      callHandling: callHandlingView(handlingOf(row)),
      sipCredentials: { sipUsername: logins.get(row.id)?.sipUsername ?? '' },
      ...(port === undefined ? {} : { device: portView(port) }),
    }
  })
}

export function portAssignmentView(port: OccupiedPort): Static<typeof PortAssignmentView> {
  return { businessLineId: port.lineId, ...portView(port) }
}

function portView({ macAddress, portNumber, deviceTypeId, faxEnabled }: OccupiedPort) {
  return { ...(macAddress === undefined ? {} : { macAddress }), portNumber, deviceTypeId, faxEnabled }
}
