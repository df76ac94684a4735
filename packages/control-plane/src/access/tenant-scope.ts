import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { prepared, type Sql } from '../database/index.ts'
import { type ApiFailure, entityNotFound, notPermitted } from '../failures/index.ts'
import type { KnownAccounts } from './known-accounts.ts'
import type { Principal } from './principal.ts'

declare const checked: unique symbol

/** A partition that the caller was proven to reach. Only this file makes one; every query asks for one. */
export interface PartitionScope {
  readonly partitionId: string
  readonly [checked]: true
}

/** An account inside a proven partition. */
export interface AccountScope extends PartitionScope {
  readonly accountId: string
}

/** Forms in which the account of a path can be named (public-spec section 7). */
export const ACCOUNT_ID_TYPES = ['Id', 'AccountNumber', 'PhoneNumber', 'MacAddress'] as const
export type AccountIdType = (typeof ACCOUNT_ID_TYPES)[number]

/** 403 for every partition outside the caller's tree, known or not, so that ids cannot be probed. */
export function enterPartition(principal: Principal, partitionId: string): Result<PartitionScope, ApiFailure> {
  if (!principal.visiblePartitionIds.includes(partitionId)) return err(notPermitted('This token may not touch that partition.'))
  return ok({ partitionId } as PartitionScope)
}

/**
 * 404 for an account that is not in the partition, whoever owns it. A user of one account reaches only that one, and is told of no other:
 * by number, address or account number he could ask who is a customer here.
 */
export async function enterAccount(
  sql: Sql,
  principal: Principal,
  scope: PartitionScope,
  named: string,
  idType: AccountIdType = 'Id',
): Promise<Result<AccountScope, ApiFailure>> {
  const accountId = await accountIdOf(sql, scope, named, idType)
  if (principal.accountId !== undefined && principal.accountId !== accountId) return err(notPermitted('This token may not touch that account.'))
  if (accountId === undefined) return err(entityNotFound('Account', named))
  return ok({ ...scope, accountId })
}

/** The same for a request that only reads: an account that was found a moment ago is believed to be there still. */
export async function enterAccountToRead(
  known: KnownAccounts,
  sql: Sql,
  principal: Principal,
  scope: PartitionScope,
  accountId: string,
): Promise<Result<AccountScope, ApiFailure>> {
  const isOwn = principal.accountId === undefined || principal.accountId === accountId
  if (isOwn && known.isIn(scope.partitionId, accountId)) return ok({ ...scope, accountId })
  const entered = await enterAccount(sql, principal, scope, accountId)
  if (entered.ok) known.remember(scope.partitionId, entered.value.accountId)
  return entered
}

/** For work that the platform does on its own behalf (events, jobs, call records), never for a request. */
export function systemScope(partitionId: string, accountId: string): AccountScope {
  return { partitionId, accountId } as AccountScope
}

/** The same for a whole partition. */
export function systemPartition(partitionId: string): PartitionScope {
  return { partitionId } as PartitionScope
}

async function accountIdOf(sql: Sql, scope: PartitionScope, named: string, idType: AccountIdType): Promise<string | undefined> {
  if (idType === 'PhoneNumber') {
    const row = await sql
      .selectFrom('telephone_number')
      .select('account_id')
      .where('phone_number', '=', normalizePhoneNumber(named) ?? named)
      .where('partition_id', '=', scope.partitionId)
      .executeTakeFirst()
    return row?.account_id ?? undefined
  }
  if (idType === 'MacAddress') {
    const mac = named.toLowerCase().replaceAll(/[^0-9a-f]/g, '')
    const row = await sql
      .selectFrom('device')
      .select('account_id')
      .where('mac_address', '=', mac)
      .where('partition_id', '=', scope.partitionId)
      .executeTakeFirst()
    return row?.account_id
  }
  const [row] = await (idType === 'AccountNumber' ? accountNumbered : accountWithId)(sql, { named, partitionId: scope.partitionId })
  return row?.id
}

const accountWithId = accountBy('id')
const accountNumbered = accountBy('account_number')

function accountBy(column: 'id' | 'account_number') {
  return prepared((sql, { named, partitionId }: { readonly named: string; readonly partitionId: string }) =>
    sql.selectFrom('account').select('id').where(column, '=', named).where('partition_id', '=', partitionId).where('status', '<>', 'DELETED'),
  )
}
