import { createPublicKey } from 'node:crypto'
import { err, newId, ok, type Result } from '@dialtone/foundation'
import {
  ACCOUNT_USER_PERMISSIONS,
  actorOf,
  covers,
  grantsOf,
  parseAddressRange,
  type PartitionScope,
  type Permissions,
  type Principal,
} from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, type FieldProblem, inConflict, invalidFields, notPermitted } from '../failures/index.ts'
import { hashOfKey, newProgramKey, shownStart } from './program-key-format.ts'
import type { ProgramKeyRow } from './read-program-key.ts'

export const PROGRAM_KEY_KINDS = ['API_KEY', 'OAUTH_CLIENT'] as const

export interface ProgramKeyAttributes {
  readonly kind: (typeof PROGRAM_KEY_KINDS)[number]
  readonly name: string
  /** For one account only; otherwise for the partition and those below it. */
  readonly accountId: string | undefined
  readonly permissions: Permissions
  readonly allowedAddresses: readonly string[]
  readonly expiresAt: Date | undefined
  /** PEM; lets an OAuth client log users in with assertions it signs. */
  readonly publicKey: string | undefined
}

export interface IssuedKey {
  readonly row: ProgramKeyRow
  /** Shown this once; only its hash is stored. */
  readonly secret: string
}

const MAX_KEYS = 1000

export function listProgramKeys(context: Context, scope: PartitionScope): Promise<ProgramKeyRow[]> {
  return inPartition(context.database.sql, scope).selectAll().orderBy('created_at').orderBy('id').limit(MAX_KEYS).execute()
}

export function findProgramKey(context: Context, scope: PartitionScope, id: string): Promise<ProgramKeyRow | undefined> {
  return inPartition(context.database.sql, scope).selectAll().where('id', '=', id).executeTakeFirst()
}

/** Makes a key that lives until it is revoked or expires, with no more than its maker may do himself. */
export function createProgramKey(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  wanted: ProgramKeyAttributes,
): Promise<Result<IssuedKey, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const problems = [...problemsOf(wanted, principal, change.now), ...(await accountProblems(change.sql, scope, wanted.accountId))]
    if (problems.length > 0) return err(invalidFields(problems))
    const { total } = await inPartition(change.sql, scope)
      .select((row) => row.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    if (Number(total) >= MAX_KEYS) return err(inConflict('TooManyApiKeys', `At most ${MAX_KEYS} keys.`))
    const secret = newProgramKey(wanted.accountId === undefined ? 'partition' : 'account', context.settings.environment)
    const row = await change.sql
      .insertInto('program_key')
      .values({
        id: newId(),
        kind: wanted.kind,
        partition_id: scope.partitionId,
        account_id: wanted.accountId ?? null,
        environment: context.settings.environment,
        name: wanted.name,
        secret_hash: hashOfKey(secret),
        secret_start: shownStart(secret),
        public_key: wanted.publicKey ?? null,
        permissions: JSON.stringify(wanted.permissions),
        allowed_addresses: JSON.stringify(wanted.allowedAddresses.map((address) => parseAddressRange(address)?.cidr ?? address)),
        expires_at: wanted.expiresAt ?? null,
        created_by: principal.userId,
        created_at: change.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(keyChanged('CREATE', row))
    return ok({ row, secret })
  })
}

/** Gives out a new secret; the one before it is taken as well until the overlap ends. */
export function rotateProgramKey(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  overlapSeconds: number,
): Promise<Result<IssuedKey, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await inPartition(change.sql, scope).selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (before === undefined) return err(entityNotFound('ApiKey', id))
    // Whoever could renew a stronger key would have its secret.
    if (!covers(grantsOf(principal), before.permissions)) return err(notPermitted('This key can do more than you.'))
    const secret = newProgramKey(before.account_id === null ? 'partition' : 'account', context.settings.environment)
    const row = await change.sql
      .updateTable('program_key')
      .set({
        secret_hash: hashOfKey(secret),
        secret_start: shownStart(secret),
        previous_secret_hash: overlapSeconds > 0 ? before.secret_hash : null,
        previous_valid_until: overlapSeconds > 0 ? new Date(change.now.getTime() + overlapSeconds * 1000) : null,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await change.sql.deleteFrom('session_token').where('user_id', '=', id).execute()
    change.emit(keyChanged('UPDATE', row))
    return ok({ row, secret })
  })
}

/** Revokes a key; tokens it got end with it. */
export function deleteProgramKey(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await change.sql.deleteFrom('program_key').where('id', '=', id).where('partition_id', '=', scope.partitionId).returningAll().executeTakeFirst()
    if (row === undefined) return err(entityNotFound('ApiKey', id))
    await change.sql.deleteFrom('session_token').where('user_id', '=', id).execute()
    change.emit(keyChanged('DELETE', row))
    return ok(undefined)
  })
}

function problemsOf(wanted: ProgramKeyAttributes, principal: Principal, now: Date): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (!covers(grantsOf(principal), wanted.permissions))
    problems.push({ field: 'permissions', code: 'PermissionNotHeld', reason: 'go beyond your own', rule: 'no more than your own permissions' })
  if (wanted.accountId !== undefined && !covers([ACCOUNT_USER_PERMISSIONS], wanted.permissions))
    problems.push({
      field: 'permissions',
      code: 'InvalidPermissions',
      reason: 'go beyond an account',
      rule: 'at most those of GET /v2/ref/permissions?usertype=AccountUser',
    })
  if (wanted.expiresAt !== undefined && wanted.expiresAt <= now)
    problems.push({ field: 'expiresDate', code: 'InvalidExpiresDate', reason: 'is past', rule: 'in the future' })
  const wrong = wanted.allowedAddresses.find((address) => parseAddressRange(address) === undefined)
  if (wrong !== undefined)
    problems.push({
      field: 'allowedAddresses',
      code: 'InvalidAllowedAddresses',
      reason: `"${wrong}" is no address or block`,
      rule: 'IPv4 or IPv6, such as 192.0.2.0/24',
    })
  if (wanted.publicKey !== undefined && (wanted.kind !== 'OAUTH_CLIENT' || !isPublicKey(wanted.publicKey)))
    problems.push({ field: 'publicKey', code: 'InvalidPublicKey', reason: 'cannot be used', rule: 'PEM of an Ed25519, P-256 or RSA key of an OAUTH_CLIENT' })
  return problems
}

async function accountProblems(sql: Transaction, scope: PartitionScope, accountId: string | undefined): Promise<FieldProblem[]> {
  if (accountId === undefined) return []
  const row = await sql
    .selectFrom('account')
    .select('id')
    .where('id', '=', accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('status', '<>', 'DELETED')
    .executeTakeFirst()
  return row === undefined ? [{ field: 'accountId', code: 'InvalidAccountId', reason: 'is no account of the partition', rule: 'an id of GET …/account' }] : []
}

function isPublicKey(pem: string): boolean {
  try {
    const { asymmetricKeyType } = createPublicKey(pem)
    return asymmetricKeyType === 'ed25519' || asymmetricKeyType === 'ec' || asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

const EVENT_OF = { CREATE: 'apikey.created', UPDATE: 'apikey.rotated', DELETE: 'apikey.deleted' } as const

function keyChanged(action: 'CREATE' | 'UPDATE' | 'DELETE', row: ProgramKeyRow): DomainEvent {
  const value = {
    name: row.name,
    kind: row.kind,
    keyStart: row.secret_start,
    permissions: row.permissions,
    allowedAddresses: row.allowed_addresses,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    ...(row.expires_at === null ? {} : { expiresDate: row.expires_at.toISOString() }),
  }
  return {
    type: EVENT_OF[action],
    partitionId: row.partition_id,
    accountId: undefined,
    data: { apiKeyId: row.id, name: row.name },
    history: {
      type: 'PLATFORM_USER',
      action,
      ...(action === 'DELETE' ? { oldValue: value } : { newValue: value }),
      referenceType: 'ApiKey',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}

function inPartition(sql: Context['database']['sql'] | Transaction, scope: PartitionScope) {
  return sql.selectFrom('program_key').where('partition_id', '=', scope.partitionId)
}
