import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { OBJECT_TYPES } from './account-object.ts'
import { usersOf } from './account-object-queries.ts'

const UsedByView = named('UsedBy', Type.Object({ type: Type.String(), id: Type.String(), name: Type.String(), role: Type.String() }))

export const usedByOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/account/:accountId/used-by/:objectType/:objectId',
    tag: 'Account',
    summary: 'What points at an object, and therefore keeps it from being deleted',
    requires: { permission: 'EU_Account', level: 'READ' },
    params: Type.Object({ partitionId: Type.String(), accountId: Type.String(), objectType: oneOf(OBJECT_TYPES), objectId: Type.String({ maxLength: 64 }) }),
    responses: { 200: Type.Array(UsedByView) },
    handle: async (context, { scope, params }) =>
      ok({ status: 200, body: await usersOf(context.database.sql, scope, { type: params.objectType, id: params.objectId }) }),
  }),
]
