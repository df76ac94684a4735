import { sql as sqlText } from 'kysely'
import { ok, type Result } from '@dialtone/foundation'
import { type Actor, SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DueTask, TimeAhead } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { domainChanged, domainTold } from './domain-events.ts'
import { type SipDomainRow, verificationRecord } from './sip-domain.ts'

const FIRST_CHECK_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
export const NEXT_DOMAIN_CHECK: TimeAhead = { table: 'sip_domain', column: 'next_check_at', mostMs: LONGEST_PAUSE_MS }
/** A claim that nobody proves for so long is not looked at any more, and holds the name for nobody. */
const GIVE_UP_MS = 7 * 86_400_000
const MAX_DUE = 20
/** Another node takes up what this one did not finish. */
const LEASE_MS = 60_000
/** Where a record may stand when the name itself is an alias of ours (RFC 1034 3.6.2). */
const BESIDE = '_voiceplatform'

export function firstCheckAt(now: Date): Date {
  return new Date(now.getTime() + FIRST_CHECK_MS)
}

/**
 * Asks DNS whether the owner's record is there and whether the name leads to us, and stores what it says. A domain that is proven stays
 * so when the record goes: it is watched for where it leads.
 */
export async function checkDomain(context: Context, actor: Actor, row: SipDomainRow): Promise<Result<SipDomainRow, ApiFailure>> {
  const [proof, pointsHere] = await Promise.all([row.verified_at === null ? findProof(context, row) : undefined, leadsHere(context, row)])
  return write(context, actor, async (change) => {
    const before = await change.sql.selectFrom('sip_domain').selectAll().where('id', '=', row.id).forUpdate().executeTakeFirst()
    if (before === undefined) return err404(row)
    const isNew = proof?.isFound === true && before.verified_at === null
    const after = await change.sql
      .updateTable('sip_domain')
      .set({
        checked_at: change.now,
        points_here: pointsHere ?? before.points_here,
        next_check_at: nextCheck(before, isNew, change.now),
        ...(isNew ? { verification: 'verified', verified_at: change.now, verified_by: 'dns', check_error: null, updated_at: change.now } : {}),
        ...(isNew && before.status === 'pending' ? { status: 'active' } : {}),
        ...(proof?.isFound === false && before.verified_at === null ? { verification: 'failed', check_error: proof.reason } : {}),
      })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (isNew) change.emit(domainChanged('UPDATE', before, after))
    if (isNew) change.emit(domainTold('verified', after, { verifiedBy: 'dns' }))
    else if (after.points_here !== before.points_here) change.emit(domainTold('moved', after, { pointsHere: after.points_here }))
    if (after.verification === 'failed' && before.verification !== 'failed') change.emit(domainTold('verificationfailed', after, { reason: after.check_error }))
    return ok(after)
  })
}

function err404(row: SipDomainRow): Result<never, ApiFailure> {
  return { ok: false, error: entityNotFound('SipDomain', row.id) }
}

type Proof = { readonly isFound: true } | { readonly isFound: false; readonly reason: string }

async function findProof({ domainNames }: Context, row: SipDomainRow): Promise<Proof> {
  const wanted = verificationRecord(row)
  const reasons: string[] = []
  for (const name of [row.name, `${BESIDE}.${row.name}`]) {
    try {
      const found = await domainNames.texts(name)
      if (found.some((text) => text.trim() === wanted)) return { isFound: true }
      reasons.push(`${name} has ${found.length === 0 ? 'no TXT record' : `${found.length} TXT records, none of them ours`}`)
    } catch (error) {
      reasons.push(`${name} could not be looked up: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { isFound: false, reason: reasons.join('; ') }
}

/** @returns undefined when nobody answers: what was known is kept */
async function leadsHere({ domainNames, settings }: Context, row: SipDomainRow): Promise<boolean | undefined> {
  try {
    return (await domainNames.addresses(row.name)).includes(settings.sipServer().host)
  } catch {
    return undefined
  }
}

/** Often at first, then more and more seldom. */
function nextCheck(row: SipDomainRow, isNew: boolean, now: Date): Date | null {
  const ageMs = now.getTime() - row.created_at.getTime()
  if (isNew || row.verified_at !== null) return new Date(now.getTime() + LONGEST_PAUSE_MS)
  if (ageMs > GIVE_UP_MS) return null
  return new Date(now.getTime() + Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_CHECK_MS, ageMs / 4)))
}

/** Domains whose time has come. DNS may be slow, and nobody waits for it. */
export const domainVerificationTask: DueTask = {
  name: 'domain-verification',
  isBackground: true,
  run: async (context, rows) => {
    const now = new Date(context.clock.nowMs())
    const due = await context.database.sql
      .updateTable('sip_domain')
      .set({ next_check_at: new Date(now.getTime() + LEASE_MS) })
      .where('id', 'in', (query) =>
        query
          .selectFrom('sip_domain')
          .select('id')
          .where('next_check_at', '<=', now)
          .where(sqlText<boolean>`id <> ALL(${rows.resting()})`)
          .orderBy('next_check_at')
          .limit(MAX_DUE)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .execute()
    await Promise.all(due.map((row) => rows.attempt(row.id, () => checkDomain(context, SYSTEM_ACTOR, row))))
  },
}
