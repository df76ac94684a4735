import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { FileProblem, type Operation, partitionOperation } from '../http/index.ts'
import { exportLocalPrefixes, importLocalPrefixes } from './local-prefixes.ts'

const TAG = 'Local Calling Areas'

export const localCallingAreaOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/localprefixes/export/csv',
    tag: TAG,
    summary: 'Which exchanges are local from which, as CSV',
    requires: { permission: 'ProductCallingPlan', level: 'READ' },
    responses: { 200: Type.String() },
    handle: async (context, { scope }) =>
      ok({ status: 200, body: await exportLocalPrefixes(context.database.sql, scope), contentType: 'text/csv; charset=utf-8' }),
  }),
  partitionOperation({
    method: 'POST',
    path: '/v2/partition/:partitionId/localprefixes/import',
    tag: TAG,
    summary: 'Replace the table of local exchanges by a CSV file; lines that are wrong come back, and then nothing has changed',
    requires: { permission: 'ProductCallingPlan', level: 'EDIT' },
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: 16_000_000 }) }),
    responses: { 200: Type.Array(FileProblem) },
    handle: async (context, { principal, scope, body }) => {
      const imported = await importLocalPrefixes(context, principal, scope, body.file)
      return imported.ok ? ok({ status: 200, body: imported.value }) : imported
    },
  }),
]
