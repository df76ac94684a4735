import { err, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { isInRange, parseAddressRange, permissionsOf, type Principal, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ProgramKeyTable } from '../database/index.ts'
import { addressNotAllowed, type ApiFailure, expiredAuthToken, unauthorized } from '../failures/index.ts'
import { hashOfKey, isWellFormed } from './program-key-format.ts'

export type ProgramKeyRow = Selectable<ProgramKeyTable>

export interface KnownProgram {
  readonly principal: Principal
  readonly admits: (remoteAddress: string) => boolean
  /** From then on it is not taken any more. */
  readonly endsAtMs: number
}

/** The last use is written at most this often. */
const WRITE_LAST_USE_EVERY_MS = 60_000

/** Who a long-lived key speaks for. During a rotation the key before it is taken as well, until its overlap ends. */
export async function readProgramKey(context: Context, key: string, remoteAddress: string): Promise<Result<KnownProgram, ApiFailure>> {
  if (!isWellFormed(key)) return err(unauthorized())
  const hash = hashOfKey(key)
  const row = await keys(context)
    .where('program_key.kind', '=', 'API_KEY')
    .where((expression) => expression.or([expression('program_key.secret_hash', '=', hash), expression('program_key.previous_secret_hash', '=', hash)]))
    .executeTakeFirst()
  if (row === undefined) return err(unauthorized())
  const isPrevious = row.secret_hash !== hash
  if (isPrevious && (row.previous_valid_until?.getTime() ?? 0) <= context.clock.nowMs()) return err(expiredAuthToken())
  const known = await knownProgram(context, row, remoteAddress)
  if (!known.ok || !isPrevious) return known
  return ok({ ...known.value, endsAtMs: Math.min(known.value.endsAtMs, row.previous_valid_until?.getTime() ?? 0) })
}

/** Who the token of an OAuth client speaks for. */
export async function readProgramKeyById(context: Context, id: string, remoteAddress: string): Promise<Result<KnownProgram, ApiFailure>> {
  const row = await keys(context).where('program_key.id', '=', id).executeTakeFirst()
  return row === undefined ? err(unauthorized()) : knownProgram(context, row, remoteAddress)
}

/** An OAuth client by its id and secret, the one before it included while a rotation overlaps. */
export async function findOAuthClient(context: Context, id: string, secret: string): Promise<ProgramKeyRow | undefined> {
  const row = await findOAuthClientById(context, id)
  if (row === undefined || !isWellFormed(secret)) return undefined
  const hash = hashOfKey(secret)
  if (row.secret_hash === hash) return row
  return row.previous_secret_hash === hash && (row.previous_valid_until?.getTime() ?? 0) > context.clock.nowMs() ? row : undefined
}

/** One that has not expired. */
export async function findOAuthClientById(context: Context, id: string): Promise<ProgramKeyRow | undefined> {
  const row = await keys(context).where('program_key.id', '=', id).where('program_key.kind', '=', 'OAUTH_CLIENT').executeTakeFirst()
  return row === undefined || (row.expires_at !== null && row.expires_at.getTime() <= context.clock.nowMs()) ? undefined : row
}

export function admitsAddress(row: Pick<ProgramKeyRow, 'allowed_addresses'>): (remoteAddress: string) => boolean {
  const ranges = row.allowed_addresses.flatMap((cidr) => parseAddressRange(cidr) ?? [])
  return (remoteAddress) => ranges.length === 0 || ranges.some((range) => isInRange(range, remoteAddress))
}

async function knownProgram(context: Context, row: ProgramKeyRow, remoteAddress: string): Promise<Result<KnownProgram, ApiFailure>> {
  const nowMs = context.clock.nowMs()
  if (row.expires_at !== null && row.expires_at.getTime() <= nowMs) return err(expiredAuthToken())
  const admits = admitsAddress(row)
  if (!admits(remoteAddress)) return err(addressNotAllowed())
  if (row.last_used_at === null || nowMs - row.last_used_at.getTime() > WRITE_LAST_USE_EVERY_MS || row.last_used_address !== remoteAddress)
    await context.database.sql
      .updateTable('program_key')
      .set({ last_used_at: new Date(nowMs), last_used_address: remoteAddress })
      .where('id', '=', row.id)
      .execute()
  return ok({ principal: await principalOf(context, row), admits, endsAtMs: row.expires_at?.getTime() ?? Infinity })
}

async function principalOf(context: Context, row: ProgramKeyRow): Promise<Principal> {
  const permissions = permissionsOf(row.permissions)
  const visible = row.account_id === null ? await visiblePartitions(context.database.sql, row.partition_id) : [row.partition_id]
  return {
    userId: row.id,
    userType: row.account_id === null ? 'ManagementUser' : 'AccountUser',
    username: row.name,
    partitionId: row.partition_id,
    visiblePartitionIds: visible,
    accountId: row.account_id ?? undefined,
    permissions,
    grants: [permissions],
  }
}

function keys(context: Context) {
  return context.database.sql
    .selectFrom('program_key')
    .innerJoin('partition', 'partition.id', 'program_key.partition_id')
    .selectAll('program_key')
    .where('program_key.environment', '=', context.settings.environment)
    .where('partition.status', '<>', 'ARCHIVED')
}
