import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { findDevice } from '../devices/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, FileProblem, type Operation, ProblemSchema } from '../http/index.ts'
import { DEVICE_ITEM, DevicePath } from './account-device-routes.ts'
import { exportLines, importLines } from './line-file.ts'

const MAX_FILE_CHARACTERS = 1_000_000

export const lineFileOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${DEVICE_ITEM}/csv`,
    tag: 'Account Device',
    summary: 'The lines and keys of a device as CSV',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: DevicePath,
    responses: { 200: Type.String() },
    handle: async (context, { scope, params }) => {
      const device = await findDevice(context.database.sql, scope, params.macAddress)
      if (device === undefined) return err(entityNotFound('Device', params.macAddress))
      return ok({ status: 200, body: await exportLines(context.database.sql, scope, device), contentType: 'text/csv; charset=utf-8' })
    },
  }),
  accountOperation({
    method: 'POST',
    path: DEVICE_ITEM,
    tag: 'Account Device',
    summary: 'Set the lines and keys of a device by a CSV file; lines that are wrong come back, and then nothing has changed',
    requires: { permission: 'EU_Device', level: 'EDIT' },
    params: DevicePath,
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: MAX_FILE_CHARACTERS }) }),
    responses: { 201: Type.Array(FileProblem), 400: Type.Union([Type.Array(FileProblem), ProblemSchema]) },
    handle: async (context, { principal, scope, params, body }) => {
      const imported = await importLines(context, principal, scope, params.macAddress, body.file)
      if (imported.ok) return ok({ status: 201, body: [] })
      return 'problems' in imported.error ? ok({ status: 400, body: imported.error.problems }) : err(imported.error)
    },
  }),
]
