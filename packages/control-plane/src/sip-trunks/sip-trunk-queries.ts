import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import { type ListPage, OLDEST_FIRST, type PageOfRows, readPage, type SipTrunkTable, type Sql, type Transaction } from '../database/index.ts'
import type { ForwardRules } from './forward-rules.ts'
import type { SipTrunk } from './sip-trunk.ts'

export type SipTrunkRow = Selectable<SipTrunkTable>

type Executor = Sql | Transaction

const MAX_LIST = 1000

export function findTrunk(sql: Executor, scope: AccountScope, trunkId: string): Promise<SipTrunkRow | undefined> {
  return trunks(sql, scope).where('id', '=', trunkId).executeTakeFirst()
}

export function lockTrunk(sql: Transaction, scope: AccountScope, trunkId: string): Promise<SipTrunkRow | undefined> {
  return trunks(sql, scope).where('id', '=', trunkId).forUpdate().executeTakeFirst()
}

export async function listTrunks(sql: Executor, scope: AccountScope): Promise<SipTrunkRow[]> {
  return (await pageOfTrunks(sql, scope)).rows
}

export function pageOfTrunks(sql: Executor, scope: AccountScope, page: ListPage = { limit: MAX_LIST }): Promise<PageOfRows<SipTrunkRow>> {
  return readPage(trunks(sql, scope), OLDEST_FIRST, page)
}

export function insertTrunk(sql: Transaction, scope: AccountScope, id: string, trunk: SipTrunk, now: Date): Promise<SipTrunkRow> {
  const { trunkName, ...settings } = trunk
  return sql
    .insertInto('sip_trunk')
    .values({
      id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      kind: 'PBX',
      name: trunkName,
      settings: JSON.stringify(settings),
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** @param row a trunk that was locked inside the caller's scope. */
export function updateTrunkRow(sql: Transaction, row: SipTrunkRow, trunk: SipTrunk, now: Date): Promise<SipTrunkRow> {
  const { trunkName, ...settings } = trunk
  return sql
    .updateTable('sip_trunk')
    .set({ name: trunkName, settings: JSON.stringify(settings), updated_at: now })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function setForwardRules(sql: Transaction, row: SipTrunkRow, rules: ForwardRules, now: Date): Promise<void> {
  await sql
    .updateTable('sip_trunk')
    .set({ forward_rules: JSON.stringify(rules), updated_at: now })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .execute()
}

export function setLockedOut(sql: Transaction, row: SipTrunkRow, lockedOut: boolean, now: Date): Promise<SipTrunkRow> {
  return sql
    .updateTable('sip_trunk')
    .set({ locked_out: lockedOut, updated_at: now })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function deleteTrunkRow(sql: Transaction, row: SipTrunkRow): Promise<void> {
  await sql.deleteFrom('sip_trunk').where('id', '=', row.id).where('account_id', '=', row.account_id).execute()
}

/** The numbers that ring each trunk. */
export async function numbersOfTrunks(sql: Executor, scope: AccountScope, trunkIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (trunkIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('telephone_number')
    .select(['phone_number', 'reference_id'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_type', '=', 'SIP_TRUNK')
    .where('reference_id', 'in', trunkIds)
    .orderBy('phone_number')
    .execute()
  const numbers = new Map<string, string[]>()
  for (const row of rows) numbers.set(row.reference_id ?? '', [...(numbers.get(row.reference_id ?? '') ?? []), row.phone_number])
  return numbers
}

/** The address of another trunk, of whoever: two PBXs at one address and port could not be told apart. */
export async function isAddressFree(sql: Executor, ipAddress: string, portNumber: number, except: string | undefined): Promise<boolean> {
  const row = await sql
    .selectFrom('sip_trunk')
    .select('id')
    .where((expression) => expression(expression.ref('settings', '->>').key('ipAddress' as never), '=', ipAddress as never))
    .where((expression) => expression(expression.ref('settings', '->>').key('portNumber' as never), '=', String(portNumber) as never))
    .where((expression) => expression(expression.ref('settings', '->>').key('ipBasedAuthEnabled' as never), '=', 'true' as never))
    .$if(except !== undefined, (query) => query.where('id', '<>', except ?? ''))
    .executeTakeFirst()
  return row === undefined
}

/** What was checked before it was stored. */
export function trunkOf(row: SipTrunkRow): SipTrunk {
  return { trunkName: row.name, ...(row.settings as Omit<SipTrunk, 'trunkName'>) }
}

export function rulesOf(row: SipTrunkRow): ForwardRules {
  return { forwardAlways: undefined, forwardOnFailure: [], forwardOnCapacityExceeded: [], ...(row.forward_rules as Partial<ForwardRules>) }
}

function trunks(sql: Executor, scope: AccountScope) {
  return sql
    .selectFrom('sip_trunk')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('kind', '=', 'PBX')
}
