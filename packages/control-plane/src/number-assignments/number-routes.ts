import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import { type AccountScope, enterAccount, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, conflictStatus, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation, partitionOperation } from '../http/index.ts'
import {
  callerIdNumbers,
  findVisible,
  listOnAccount,
  releaseNumber,
  TELEPHONE_NUMBER_TAG as tag,
  type TelephoneNumberRow,
  updateTelephoneNumber,
  withNumber,
} from '../telephone-numbers/index.ts'
import { detailOf } from './assignment-routes.ts'
import { ListedNumberView, listedNumberView, NumberDetailView, numberDetailView } from './hyphenated-number-view.ts'
import { readNumberUpdate } from './read-assignment.ts'

const ITEM = '/v2/partition/:partitionId/telephone-number/:tn'
const NumberPath = Type.Object({ partitionId: Type.String(), tn: Type.String({ maxLength: 32 }) })
const MAX_LIST = 1000
const Update = named(
  'TelephoneNumberUpdate',
  Type.Object({
    callerIdName: Type.Optional(Type.String()),
    e911Address: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    directoryListing: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
)

/** Numbers in the words of the number guide (S2-33 … S2-40). */
export const hyphenatedNumberOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/account/:accountId/telephone-number',
    tag,
    summary: 'List the numbers of the account and what they are assigned to',
    requires: { permission: 'EU_Telephone', level: 'READ' },
    query: Type.Object({ assigned: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Array(ListedNumberView) },
    handle: async (context, { scope, query, page }) => {
      // S2-46: which numbers nobody uses.
      const { rows, following } = await listOnAccount(context.database.sql, scope, { ...(page ?? { limit: MAX_LIST }), isAssigned: query.assigned })
      const shown = await callerIdNumbers(context.database.sql, scope, rows)
      const nowMs = context.clock.nowMs()
      return ok({ status: 200, body: rows.map((row) => listedNumberView(row, shown.has(row.phone_number), nowMs)), following })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag,
    summary: 'Read a number with everything recorded about it',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: NumberDetailView },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const row = await findVisible(context.database.sql, scope, number)
        if (row === undefined) return err(entityNotFound('TelephoneNumber', number))
        if (row.account_id === null) return ok({ status: 200, body: numberDetailView(row, false, context.clock.nowMs()) })
        const account = await accountOf(context, principal, scope, row)
        return account.ok ? ok({ status: 200, body: await detailOf(context, account.value, row) }) : account
      }),
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag,
    summary: 'Change caller ID name, emergency address and directory listing of a number; what is not sent stays',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: NumberPath,
    body: Update,
    responses: { 200: NumberDetailView },
    handle: (context, { principal, scope, params, body }) =>
      onItsAccount(context, principal, scope, params.tn, async (account, number) => {
        const updated = await updateTelephoneNumber(context, principal, account, number, (before) => readNumberUpdate(body, before))
        return updated.ok ? ok({ status: 200, body: await detailOf(context, account, updated.value) }) : updated
      }),
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag,
    summary: 'Release a number: it rests and then returns to the inventory',
    requires: { permission: 'PhoneNumber', level: 'DELETE' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      onItsAccount(context, principal, scope, params.tn, async (account, number) => {
        const released = conflictStatus(await releaseNumber(context, principal, account, number))
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
]

async function onItsAccount<Value>(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  written: string,
  work: (account: AccountScope, number: string) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  return withNumber(written, async (number) => {
    const row = await findVisible(context.database.sql, scope, number)
    if (row?.account_id === null || row === undefined) return err(entityNotFound('TelephoneNumber', number))
    const account = await accountOf(context, principal, scope, row)
    return account.ok ? work(account.value, number) : account
  })
}

/** A user of one account does not learn whose the numbers of others are. */
async function accountOf(context: Context, principal: Principal, scope: PartitionScope, row: TelephoneNumberRow): Promise<Result<AccountScope, ApiFailure>> {
  const account = await enterAccount(context.database.sql, principal, scope, row.account_id ?? '')
  return account.ok ? account : err(entityNotFound('TelephoneNumber', row.phone_number))
}
