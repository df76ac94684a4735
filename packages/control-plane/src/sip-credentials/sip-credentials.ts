import { err, ok, type Result } from '@dialtone/foundation'
import type { PartitionScope, Sealer } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { type CredentialForms, newSipPassword, sipPasswordFailure, sipUsernameFailure } from './credential-forms.ts'

/** What logs in. Its id is what the switch calls `lineId`: bindings and calls are kept by it. */
export interface CredentialOwner {
  readonly type: 'LINE_APPEARANCE' | 'BUSINESS_LINE' | 'SPECIALTY_LINE' | 'SIP_TRUNK'
  readonly id: string
}

/** Where it lives; a trunk of a partition has no account. */
export interface CredentialScope extends PartitionScope {
  readonly accountId?: string
}

export interface GivenCredentials {
  readonly sipUsername: string | undefined
  readonly sipPassword: string | undefined
}

export interface SipLogin {
  readonly sipUsername: string
  readonly sipPassword: string
}

export interface StoredCredentials {
  readonly ownerId: string
  readonly sipUsername: string
  readonly sipPasswordSealed: string
}

/**
 * Gives a line or trunk its login. What the client leaves out is made here.
 * @param username when none is given: the id of a device line (S1-98), `newSipUsername()` elsewhere (S4-22).
 * @returns `InvalidSipUsername`, `InvalidSipPassword`, or `SipUsernameInUse` whoever on the platform has it (C-51).
 */
export async function addSipCredentials(
  context: Pick<Context, 'sealer'>,
  change: Write,
  scope: CredentialScope,
  owner: CredentialOwner,
  given: GivenCredentials & { readonly username: string; readonly forms?: CredentialForms },
): Promise<Result<SipLogin, ApiFailure>> {
  const refused = credentialsFailure(given, given.forms)
  if (refused !== undefined) return err(refused)
  const login = { sipUsername: given.sipUsername ?? given.username, sipPassword: given.sipPassword ?? (await generatedPassword(change, scope)) }
  const taken = await insert(change, scope, owner, login.sipUsername, context.sealer.seal(login.sipPassword, owner.id))
  return taken === undefined ? ok(login) : err(taken)
}

/** Changes what is given and keeps the rest. The caller drops the bindings of the owner after the commit: its phone is somebody else now. */
export async function changeSipCredentials(
  context: Pick<Context, 'sealer'>,
  change: Write,
  scope: CredentialScope,
  owner: CredentialOwner,
  given: GivenCredentials,
  forms: CredentialForms = {},
): Promise<Result<{ readonly changed: boolean }, ApiFailure>> {
  const refused = credentialsFailure(given, forms)
  if (refused !== undefined) return err(refused)
  const before = await lock(change.sql, owner)
  if (before === undefined) return ok({ changed: false })
  const sipUsername = given.sipUsername ?? before.sipUsername
  const samePassword = given.sipPassword === undefined || given.sipPassword === context.sealer.open(before.sipPasswordSealed, owner.id)
  if (sipUsername === before.sipUsername && samePassword) return ok({ changed: false })
  const sealed = given.sipPassword === undefined ? before.sipPasswordSealed : context.sealer.seal(given.sipPassword, owner.id)
  await removeSipCredentials(change, owner)
  const taken = await insert(change, scope, owner, sipUsername, sealed, before.firstRegisteredAt)
  return taken === undefined ? ok({ changed: true }) : err(taken)
}

/** Of a line or trunk that is deleted in the same change; the caller drops its bindings after the commit. */
export async function removeSipCredentials(change: Write, owner: CredentialOwner): Promise<void> {
  await change.sql.deleteFrom('registration_binding').where('line_id', '=', owner.id).execute()
  await change.sql.deleteFrom('sip_credential').where('owner_id', '=', owner.id).execute()
}

/** @param ownerIds of objects that were read inside the caller's scope. */
export async function sipCredentialsOf(sql: Sql | Transaction, ownerIds: readonly string[]): Promise<ReadonlyMap<string, StoredCredentials>> {
  if (ownerIds.length === 0) return new Map()
  const rows = await sql.selectFrom('sip_credential').selectAll().where('owner_id', 'in', ownerIds).execute()
  return new Map(rows.map((row) => [row.owner_id, { ownerId: row.owner_id, sipUsername: row.sip_username, sipPasswordSealed: row.sip_password_sealed }]))
}

/** The password in clear: device provisioning, and where the seeds show it (C-52). */
export function sipPasswordOf(sealer: Sealer, credentials: StoredCredentials): string {
  return sealer.open(credentials.sipPasswordSealed, credentials.ownerId)
}

/** A hint for forms: the index decides when it is used. */
export async function isSipUsernameFree(sql: Sql | Transaction, sipUsername: string): Promise<boolean> {
  const row = await sql.selectFrom('sip_credential').select('sip_username').where('sip_username', '=', sipUsername).executeTakeFirst()
  return row === undefined
}

export function sipUsernameInUse(sipUsername: string): ApiFailure {
  return alreadyInUse('SipUsernameInUse', 'sipUsername', sipUsername, 'platform')
}

function credentialsFailure(given: GivenCredentials, forms: CredentialForms | undefined): ApiFailure | undefined {
  const username = given.sipUsername === undefined ? undefined : sipUsernameFailure(given.sipUsername, forms)
  return username ?? (given.sipPassword === undefined ? undefined : sipPasswordFailure(given.sipPassword, forms))
}

async function generatedPassword(change: Write, scope: CredentialScope): Promise<string> {
  return newSipPassword((await partitionDefaults(change.sql, scope)).generatedSipPasswordLength)
}

/** The index decides, and a taken name does not break the transaction: the failure is a value. */
async function insert(
  change: Write,
  scope: CredentialScope,
  owner: CredentialOwner,
  sipUsername: string,
  sipPasswordSealed: string,
  firstRegisteredAt: Date | null = null,
): Promise<ApiFailure | undefined> {
  const inserted = await change.sql
    .insertInto('sip_credential')
    .values({
      sip_username: sipUsername,
      owner_id: owner.id,
      owner_type: owner.type,
      partition_id: scope.partitionId,
      account_id: scope.accountId ?? null,
      sip_password_sealed: sipPasswordSealed,
      first_registered_at: firstRegisteredAt,
      created_at: change.now,
      updated_at: change.now,
    })
    .onConflict((conflict) => conflict.column('sip_username').doNothing())
    .returning('sip_username')
    .executeTakeFirst()
  return inserted === undefined ? sipUsernameInUse(sipUsername) : undefined
}

async function lock(sql: Transaction, owner: CredentialOwner): Promise<(StoredCredentials & { readonly firstRegisteredAt: Date | null }) | undefined> {
  const row = await sql
    .selectFrom('sip_credential')
    .select(['sip_username', 'sip_password_sealed', 'first_registered_at'])
    .where('owner_id', '=', owner.id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { ownerId: owner.id, sipUsername: row.sip_username, sipPasswordSealed: row.sip_password_sealed, firstRegisteredAt: row.first_registered_at }
}
