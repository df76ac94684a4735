import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { OBJECT_TYPES } from '../account-objects/index.ts'
import { accountOperation, MAX_OFFSET, named, oneOf, type Operation } from '../http/index.ts'
import { listExtensions } from './extension-queries.ts'

const DirectoryView = named(
  'ExtensionDirectory',
  Type.Object({
    totalRecords: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
    results: Type.Array(Type.Object({ extension: Type.String(), name: Type.String(), type: Type.String(), id: Type.String() })),
  }),
)

export const extensionDirectoryOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/account/:accountId/directory',
    tag: 'Account',
    summary: 'Everything of an account that has an extension, by extension',
    requires: { permission: 'EU_Account', level: 'READ' },
    query: Type.Object({
      /** Of the name in any case, or the beginning of the extension. */
      q: Type.Optional(Type.String({ maxLength: 64 })),
      type: Type.Optional(oneOf(OBJECT_TYPES)),
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
      offset: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
    }),
    responses: { 200: DirectoryView },
    handle: async (context, { scope, query: { limit, offset, ...filter } }) => {
      const { total, entries } = await listExtensions(context.database.sql, scope, filter, { limit, offset })
      return ok({ status: 200, body: { totalRecords: total, limit, offset, results: entries } })
    },
  }),
]
