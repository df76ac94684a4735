import { randomBytes } from 'node:crypto'
import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { domainChanged, domainTold } from './domain-events.ts'
import { findDomain, linesAtDomain, usesOfDomain } from './domain-queries.ts'
import { type GivenCertificate, readCertificate } from './domain-certificate.ts'
import { type DOMAIN_STATUSES, type DOMAIN_TYPES, type DomainSettings, isServing, normalizedDomain, settingsOf, type SipDomainRow } from './sip-domain.ts'
import { checkDomain, firstCheckAt } from './verify-domain.ts'

/** Of one organisation. */
const MAX_DOMAINS = 100
const TOKEN_BYTES = 24

type DomainScope = PartitionScope | AccountScope

export interface DomainAttributes {
  readonly type: (typeof DOMAIN_TYPES)[number] | undefined
  readonly sslEnabled: boolean | undefined
  readonly settings: Partial<DomainSettings>
  /** 'none': it goes, with its key. */
  readonly certificate: GivenCertificate | 'none' | undefined
}

export interface DomainRevision extends DomainAttributes {
  readonly status: (typeof DOMAIN_STATUSES)[number] | undefined
}

/** Claims a name for a partition or an account: pending until its owner has proven it (S3-77). @returns `InvalidDomain`, `DuplicateDomain` */
export async function createDomain(
  context: Context,
  principal: Principal,
  scope: DomainScope,
  given: DomainAttributes & { readonly domain: string },
): Promise<Result<SipDomainRow, ApiFailure>> {
  const name = normalizedDomain(given.domain)
  if (!name.ok) return name
  const { sipDomain, sipServer } = context.settings
  if (name.value === sipDomain || name.value === sipServer().host.toLowerCase()) return err(taken(name.value))
  return unique(name.value, () =>
    write(context, actorOf(principal), async (change) => {
      const { total } = await countOf(change, scope)
      if (total >= MAX_DOMAINS) return err(inConflict('TooManyDomains', `At most ${MAX_DOMAINS} domains of one organisation.`))
      await releaseAbandoned(change, name.value)
      const id = newId()
      const certificate = certificateColumns(context, { id, name: name.value, private_key_sealed: null }, given.certificate)
      if (!certificate.ok) return certificate
      const row = await change.sql
        .insertInto('sip_domain')
        .values({
          ...NOTHING_KNOWN,
          ...certificate.value,
          ...{ id, name: name.value, partition_id: scope.partitionId, account_id: accountIdOf(scope), type: given.type ?? 'primary', status: 'pending' },
          ssl_enabled: given.sslEnabled ?? false,
          settings: JSON.stringify(settingsOf({ settings: { ...given.settings } })),
          verification: 'pending',
          verification_token: randomBytes(TOKEN_BYTES).toString('base64url'),
          ...{ next_check_at: firstCheckAt(change.now), created_at: change.now, updated_at: change.now },
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      change.emit(domainChanged('CREATE', undefined, row))
      return ok(row)
    }),
  )
}

const NOTHING_KNOWN = {
  ...{ verified_by: null, verified_at: null, checked_at: null, check_error: null },
  ...{ certificate: null, private_key_sealed: null, certificate_expires_at: null, certificate_warned_days: null },
}

/**
 * Changes what is given. Made active before it was proven it is looked up at once; the platform's own operator may vouch for it instead.
 * @returns `DomainNotVerified`, `InvalidStatus`, or what is wrong with the certificate
 */
export async function updateDomain(
  context: Context,
  principal: Principal,
  scope: DomainScope,
  id: string,
  given: DomainRevision,
): Promise<Result<SipDomainRow, ApiFailure>> {
  const before = await findDomain(context.database.sql, id)
  if (before === undefined || !isOf(scope, before)) return err(entityNotFound('SipDomain', id))
  if (given.status === 'pending' && before.status !== 'pending') return err(invalidField('status', 'was left behind', 'active or inactive', 'InvalidStatus'))
  const vouches = given.status === 'active' && before.verified_at === null && (await isPlatformOperator(context, principal))
  if (given.status === 'active' && before.verified_at === null && !vouches) {
    const checked = await checkDomain(context, actorOf(principal), before)
    if (!checked.ok) return checked
    if (checked.value.verified_at === null)
      return err(inConflict('DomainNotVerified', `The domain is not proven to be yours yet: ${checked.value.check_error ?? 'it was not looked up'}.`))
  }
  const updated = await write(context, actorOf(principal), async (change) => {
    const now = await change.sql.selectFrom('sip_domain').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (now === undefined || !isOf(scope, now)) return err(entityNotFound('SipDomain', id))
    const certificate = certificateColumns(context, now, given.certificate)
    if (!certificate.ok) return certificate
    const row = await change.sql
      .updateTable('sip_domain')
      .set({
        ...certificate.value,
        ...(vouches ? { verification: 'verified', verified_at: change.now, verified_by: 'operator', check_error: null } : {}),
        type: given.type ?? now.type,
        status: given.status ?? now.status,
        ssl_enabled: given.sslEnabled ?? now.ssl_enabled,
        settings: JSON.stringify({ ...settingsOf(now), ...given.settings }),
        updated_at: change.now,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(domainChanged('UPDATE', now, row))
    return ok(row)
  })
  if (updated.ok && isServing(before) && !isServing(updated.value)) await dropPhones(context, updated.value.name)
  return updated
}

/** @returns `DomainInUse` while phones or trunks are at it (S3-84) */
export async function deleteDomain(context: Context, principal: Principal, scope: DomainScope, id: string): Promise<Result<SipDomainRow, ApiFailure>> {
  const deleted = await write(context, actorOf(principal), async (change) => {
    const row = await change.sql.selectFrom('sip_domain').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (row === undefined || !isOf(scope, row)) return err(entityNotFound('SipDomain', id))
    const stored = isServing(row) ? await usesOfDomain(change.sql, row, change.now) : { devices: 0, trunks: 0 }
    // Bindings are written behind: a phone of the last moment is known to the switch alone.
    const uses = isServing(row) ? { ...stored, devices: Math.max(stored.devices, context.registrations.linesAt(row.name).length) } : stored
    if (uses.devices + uses.trunks > 0)
      return err(
        inConflict('DomainInUse', `${uses.devices} devices and ${uses.trunks} trunks use the domain; make it inactive first if they shall lose it.`, uses),
      )
    await change.sql.deleteFrom('sip_domain').where('id', '=', id).execute()
    change.emit(domainChanged('DELETE', row, undefined))
    return ok(row)
  })
  if (deleted.ok) await dropPhones(context, deleted.value.name)
  return deleted
}

/** Phones that are registered at it are not there any more: those that are stored, and those of the last moment that only the switch knows. */
export async function dropPhones(context: Context, name: string): Promise<void> {
  const stored = await linesAtDomain(context.database.sql, name)
  await afterCommit(context, async () => {
    // The switch takes no others by now: the change is shown.
    for (const lineId of new Set([...stored, ...context.registrations.linesAt(name)])) await context.registrations.dropBindings(lineId)
  })
}

function certificateColumns(
  context: Context,
  row: Pick<SipDomainRow, 'id' | 'name' | 'private_key_sealed'>,
  given: GivenCertificate | 'none' | undefined,
): Result<Partial<Pick<SipDomainRow, 'certificate' | 'private_key_sealed' | 'certificate_expires_at' | 'certificate_warned_days'>>, ApiFailure> {
  if (given === undefined) return ok({})
  if (given === 'none') return ok({ certificate: null, private_key_sealed: null, certificate_expires_at: null, certificate_warned_days: null })
  const keptKey = row.private_key_sealed === null ? undefined : context.sealer.open(row.private_key_sealed, row.id)
  const read = readCertificate(given, { domain: row.name, nowMs: context.clock.nowMs(), keptKey })
  if (!read.ok) return read
  const { certificate, privateKey, expiresAt } = read.value
  const sealed = context.sealer.seal(privateKey, row.id)
  return ok({ certificate, private_key_sealed: sealed, certificate_expires_at: expiresAt, certificate_warned_days: null })
}

/** Nobody proved it in a week, or the account is gone: it holds the name for nobody. */
async function releaseAbandoned(change: Write, name: string): Promise<void> {
  const rows = await change.sql
    .deleteFrom('sip_domain')
    .where('name', '=', name)
    .where((row) =>
      row.or([
        row.and([row('verified_at', 'is', null), row('next_check_at', 'is', null)]),
        row('account_id', 'in', (query) => query.selectFrom('account').select('id').where('status', '=', 'DELETED')),
      ]),
    )
    .returningAll()
    .execute()
  for (const row of rows) change.emit(domainTold('deleted', row, { reason: 'abandoned' }))
}

async function countOf(change: Write, scope: DomainScope): Promise<{ readonly total: number }> {
  const { total } = await change.sql
    .selectFrom('sip_domain')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('partition_id', '=', scope.partitionId)
    .where('account_id', accountIdOf(scope) === null ? 'is' : '=', accountIdOf(scope))
    .executeTakeFirstOrThrow()
  return { total: Number(total) }
}

/** He whose partition is the platform's: he answers for names that the platform gave out itself. */
async function isPlatformOperator({ database }: Context, principal: Principal): Promise<boolean> {
  if (principal.userType !== 'ManagementUser' || principal.accountId !== undefined) return false
  const own = await database.sql.selectFrom('partition').select('parent_id').where('id', '=', principal.partitionId).executeTakeFirst()
  return own?.parent_id === null
}

async function unique(name: string, work: () => Promise<Result<SipDomainRow, ApiFailure>>): Promise<Result<SipDomainRow, ApiFailure>> {
  try {
    return await work()
  } catch (error) {
    if (violatedUniqueIndex(error) === 'sip_domain_name') return err(taken(name))
    throw error
  }
}

const taken = (name: string): ApiFailure => alreadyInUse('DuplicateDomain', 'domain', name, 'platform')

function isOf(scope: DomainScope, row: SipDomainRow): boolean {
  return row.partition_id === scope.partitionId && row.account_id === accountIdOf(scope)
}

function accountIdOf(scope: DomainScope): string | null {
  return 'accountId' in scope ? scope.accountId : null
}
