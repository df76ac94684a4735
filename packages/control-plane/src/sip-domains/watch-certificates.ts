import { sql as sqlText } from 'kysely'
import { ok } from '@dialtone/foundation'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DueTask } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { domainTold } from './domain-events.ts'

/** Its owner is told so many days before a certificate ends, and when it has. The longest first. */
export const WARNED_DAYS = [30, 14, 7, 3, 1, 0] as const
const DAY_MS = 86_400_000
const MAX_DUE = 100

/** `sipdomain.certificateexpiring`, and `sipdomain.certificateexpired`: each threshold once a certificate. */
export const domainCertificateTask: DueTask = {
  name: 'domain-certificates',
  run: async (context, rows) => {
    const nowMs = context.clock.nowMs()
    const soon = await context.database.sql
      .selectFrom('sip_domain')
      .select(['id', 'certificate_expires_at', 'certificate_warned_days'])
      // Only who is to be told now: the others would fill the turn, and nobody behind them would ever be told.
      .where((row) =>
        row.or(
          WARNED_DAYS.map((days) =>
            row.and([
              row('certificate_expires_at', '<=', new Date(nowMs + days * DAY_MS)),
              row.or([row('certificate_warned_days', 'is', null), row('certificate_warned_days', '>', days)]),
            ]),
          ),
        ),
      )
      .where(sqlText<boolean>`id <> ALL(${rows.resting()})`)
      .orderBy('certificate_expires_at')
      .limit(MAX_DUE)
      .execute()
    for (const { id, certificate_expires_at: expiresAt, certificate_warned_days: warned } of soon) {
      const days = expiresAt === null ? undefined : thresholdAt(expiresAt, nowMs)
      if (expiresAt === null || days === undefined || (warned !== null && warned <= days)) continue
      await rows.attempt(id, () => warn(context, { id, expiresAt, days }))
    }
  },
}

async function warn(context: Context, { id, expiresAt, days }: { readonly id: string; readonly expiresAt: Date; readonly days: number }): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (change) => {
    const row = await change.sql
      .updateTable('sip_domain')
      .set({ certificate_warned_days: days })
      .where('id', '=', id)
      .where('certificate_expires_at', '=', expiresAt)
      .where((old) => old.or([old('certificate_warned_days', 'is', null), old('certificate_warned_days', '>', days)]))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return ok(undefined)
    const what = days === 0 ? 'certificateexpired' : 'certificateexpiring'
    change.emit(domainTold(what, row, { expiresAt: row.certificate_expires_at?.toISOString(), daysLeft: days }))
    context.logger.warn(days === 0 ? 'the certificate of a domain has expired' : 'the certificate of a domain expires', {
      domain: row.name,
      daysLeft: days,
    })
    return ok(undefined)
  })
}

/** The shortest threshold that is reached. */
function thresholdAt(expiresAt: Date, nowMs: number): (typeof WARNED_DAYS)[number] | undefined {
  const leftMs = expiresAt.getTime() - nowMs
  return WARNED_DAYS.findLast((days) => leftMs <= days * DAY_MS)
}
