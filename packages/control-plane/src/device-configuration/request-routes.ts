import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { findDevice, findDeviceByMac, invalidMacAddress, normalizeMacAddress } from '../devices/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation, partitionOperation } from '../http/index.ts'
import type { FileRequestRecord, RequestLog } from './request-log.ts'
import { decidingRequest, isVerdict, type Verdict, VERDICTS } from './verdict.ts'

const TAG = 'Device Configuration'
const MAY_READ = { permission: 'EU_Device', level: 'READ' } as const
const MAX_SHOWN = 100

const LoggedRequest = named(
  'DeviceConfigurationRequestRecord',
  Type.Object({
    requestDate: Type.String(),
    method: Type.String(),
    fileName: Type.String(),
    httpStatus: Type.Integer(),
    verdict: Type.String(),
    explanation: Type.String(),
    authentication: Type.Optional(Type.String()),
    ipAddress: Type.String(),
    userAgent: Type.String(),
  }),
)
const Diagnosis = named(
  'DeviceDiagnosis',
  Type.Object({
    macAddress: Type.String(),
    /** The latest verdict that kept it from its files, or that it has them, or that it never came. */
    verdict: Type.String(),
    explanation: Type.String(),
    accountId: Type.Optional(Type.String()),
    requests: Type.Array(LoggedRequest),
  }),
)

/** Why a phone is not provisioned: what it asked for, what it got, and the reason in words. */
export function requestOperations(log: () => RequestLog): readonly Operation[] {
  return [
    accountOperation({
      method: 'GET',
      path: '/v2/partition/:partitionId/account/:accountId/device/:macAddress/configuration/requests',
      tag: TAG,
      summary: 'The last requests of a device for its files, each with what it got and why',
      requires: MAY_READ,
      params: Type.Object({ partitionId: Type.String(), accountId: Type.String(), macAddress: Type.String() }),
      responses: { 200: Type.Array(LoggedRequest) },
      handle: async (context, { scope, params }) => {
        const device = await findDevice(context.database.sql, scope, params.macAddress)
        if (device === undefined) return err(entityNotFound('Device', params.macAddress))
        await log().settled()
        return ok({ status: 200, body: await storedRequests(context, device.id) })
      },
    }),
    partitionOperation({
      method: 'GET',
      path: '/v2/partition/:partitionId/deviceconfiguration/:macAddress',
      tag: TAG,
      summary: 'Why is this phone not provisioned: by its MAC address, also when nobody has entered it yet',
      requires: MAY_READ,
      params: Type.Object({ partitionId: Type.String(), macAddress: Type.String() }),
      responses: { 200: Diagnosis },
      handle: async (context, { scope, params }) => {
        const macAddress = normalizeMacAddress(params.macAddress)
        if (macAddress === undefined) return err(invalidMacAddress(params.macAddress))
        await log().settled()
        return ok({ status: 200, body: await diagnose(context, scope, macAddress, log()) })
      },
    }),
  ]
}

async function storedRequests(context: Context, deviceId: string): Promise<Static<typeof LoggedRequest>[]> {
  const rows = await context.database.sql
    .selectFrom('provisioning_request')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_SHOWN)
    .execute()
  return rows.map((row) => ({
    requestDate: row.requested_at.toISOString(),
    method: row.method,
    fileName: row.file_name,
    httpStatus: row.http_status,
    verdict: row.verdict,
    explanation: isVerdict(row.verdict) ? VERDICTS[row.verdict] : '',
    ...(row.authentication === null ? {} : { authentication: row.authentication }),
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
  }))
}

/** A device of another partition looks like one that nobody has. */
async function diagnose(context: Context, scope: PartitionScope, macAddress: string, log: RequestLog): Promise<Static<typeof Diagnosis>> {
  const { sql } = context.database
  const device = await findDeviceByMac(sql, macAddress)
  if (device !== undefined && device.partition_id === scope.partitionId) {
    const requests = await storedRequests(context, device.id)
    return { macAddress, accountId: device.account_id, ...verdictOf(decidingRequest(requests)), requests }
  }
  // What nobody has entered is told to whoever runs the platform: the address may be anybody's.
  const isOperator = (await sql.selectFrom('partition').select('parent_id').where('id', '=', scope.partitionId).executeTakeFirst())?.parent_id === null
  const strays = device === undefined && isOperator ? log.straysOf(macAddress).map(shownStray) : []
  return { macAddress, verdict: 'UnknownDevice', explanation: VERDICTS.UnknownDevice, requests: strays }
}

function verdictOf(request: Static<typeof LoggedRequest> | undefined): { readonly verdict: string; readonly explanation: string } {
  if (request === undefined) return { verdict: 'NeverAsked', explanation: 'The device has not asked for its configuration yet: does it know the address?' }
  return { verdict: request.verdict, explanation: request.explanation }
}

function shownStray(record: FileRequestRecord): Static<typeof LoggedRequest> {
  const verdict: Verdict = record.verdict
  return {
    requestDate: new Date(record.atMs).toISOString(),
    method: record.method,
    fileName: record.fileName,
    httpStatus: record.httpStatus,
    verdict,
    explanation: VERDICTS[verdict],
    ipAddress: record.ipAddress,
    userAgent: record.userAgent,
  }
}
