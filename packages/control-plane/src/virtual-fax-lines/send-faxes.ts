import { err, ok } from '@dialtone/foundation'
import { type AccountScope, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { DueTask, TimeAhead } from '../due-work/index.ts'
import { type Write, write } from '../events/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { faxOutboundOf } from './outbound.ts'
import { changeOutboundFax, dueOutboundFaxes, lockOutboundFax, outboundFile, type OutboundFaxRow } from './outbound-fax-queries.ts'

/** How long after a try the next one is; there is none after the last. */
const RETRY_MS = [180_000, 600_000] as const
export const NEXT_FAX: TimeAhead = { table: 'outbound_fax', column: 'due_at', mostMs: Math.max(...RETRY_MS) }
const MAX_AT_ONCE = 20
/** The switch has no room, or does not answer. */
const BUSY_RETRY_MS = 30_000
/** So often it is looked whether a call for a fax goes on: the switch may have ended with it. */
const LOOK_MS = 60_000
/** A switch that is asked to call does it, or says that it does not, by then. */
const CALLING_MS = 30_000
/** Where another try gives nothing else: the document, the receiver, or the number. */
const FINAL_CODES: ReadonlySet<string> = new Set(['Refused', 'UnsupportedDocument', 'PageRefused', 'DestinationNotAvailable'])
const RETRIED_STATUS: ReadonlySet<number> = new Set([0, 200, 408, 480, 486, 487, 500, 502, 503, 504, 600])

/** The switch has ended with the call. */
const CALL_LOST = 'CallLost'

/** What a call for a fax has come to. */
export interface FaxCallReport {
  readonly faxId: string
  readonly sessionId: string
  readonly isComplete: boolean
  readonly code: string
  readonly statusCode: number
  readonly pages: number
  readonly remoteIdent: string
}

/** Calls for the faxes whose time has come, and finds those whose call is gone. */
export const outboundFaxTask: DueTask = {
  name: 'outbound-faxes',
  isBackground: true,
  run: async (context, rows) => {
    const due = await dueOutboundFaxes(context.database.sql, new Date(context.clock.nowMs()), rows.resting(), MAX_AT_ONCE)
    for (const row of due) await rows.attempt(row.id, () => (row.status === 'SENDING' ? lookAfter(context, row) : callFor(context, row)))
  },
}

async function callFor(context: Context, row: OutboundFaxRow): Promise<void> {
  const { enabled } = await faxOutboundOf(context.database.sql, scopeOf(row))
  const claimed = await change(context, row, (now) => ({
    ...(enabled ? { status: 'SENDING' as const, due_at: later(now, CALLING_MS), session_id: null } : done('FAILED', 'OutboundFaxDisabled')),
  }))
  if (!claimed || !enabled) return
  const { id: faxId, account_id: accountId, from_number: callerNumber, to_number: dialed } = row
  const begun = await context.calls.sendFax({ accountId, faxId, callerNumber, dialed })
  const calling = { ...row, status: 'SENDING' as const }
  if (begun?.result === 'done') {
    const { sessionId = null } = begun
    await change(context, calling, (now) => ({ session_id: sessionId, due_at: later(now, LOOK_MS) }))
    return
  }
  const isBusy = begun === undefined || begun.result === 'TooManyCalls'
  await change(context, calling, (now) => (isBusy ? { status: 'QUEUED', due_at: later(now, BUSY_RETRY_MS) } : done('FAILED', begun.result)))
}

/** The call may have ended with the switch: then nobody tells what became of it. */
async function lookAfter(context: Context, row: OutboundFaxRow): Promise<void> {
  const call = row.session_id === null ? undefined : await context.calls.describe(row.session_id)
  const isThere = call !== undefined && call.outcome === undefined
  await change(context, row, (now) => (isThere ? { due_at: later(now, LOOK_MS) } : afterTry(row, { now, code: CALL_LOST, statusCode: 0 })))
}

/** Somebody has answered the call: which pages are to be sent to him. @returns undefined when there are none */
export async function openFax(context: Context, scope: AccountScope, faxId: string, sessionId: string): Promise<{ readonly from: number } | undefined> {
  let from: number | undefined
  await write(context, SYSTEM_ACTOR, async ({ sql, now }) => {
    const row = await lockOutboundFax(sql, scope, faxId)
    if (row?.status !== 'SENDING') return ok(undefined)
    from = row.pages_sent
    await changeOutboundFax(sql, faxId, { session_id: sessionId, pages_before: row.pages_sent, changed_at: now, due_at: later(now, LOOK_MS) })
    return ok(undefined)
  })
  return from === undefined ? undefined : { from }
}

/** A page that was confirmed is not sent again, whatever ends the call. */
export async function noteFaxPage(context: Context, scope: AccountScope, report: Pick<FaxCallReport, 'faxId' | 'sessionId' | 'pages'>): Promise<void> {
  await write(context, SYSTEM_ACTOR, async ({ sql, now }) => {
    const row = await lockOutboundFax(sql, scope, report.faxId)
    if (row !== undefined && row.session_id === report.sessionId)
      await changeOutboundFax(sql, row.id, { pages_sent: sentOf(row, report.pages), changed_at: now })
    return ok(undefined)
  })
}

/** The call is over. */
export async function endFaxCall(context: Context, scope: AccountScope, report: FaxCallReport): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (made) => {
    const row = await lockOutboundFax(made.sql, scope, report.faxId)
    if (row === undefined) return err(entityNotFound('OutboundFax', report.faxId))
    if (row.status !== 'SENDING' || (row.session_id !== null && row.session_id !== report.sessionId)) return ok(undefined)
    const pagesSent = row.session_id === null ? row.pages_sent : sentOf(row, report.pages)
    const isSent = report.isComplete || pagesSent === row.page_count
    const { code, statusCode } = report
    const changed = await changeOutboundFax(made.sql, row.id, {
      ...(isSent ? { ...done('SENT', null), attempts: row.attempts + 1 } : afterTry(row, { now: made.now, code, statusCode })),
      ...{ pages_sent: pagesSent, remote_ident: report.remoteIdent, session_id: report.sessionId, changed_at: made.now },
    })
    tell(made, changed)
    return ok(undefined)
  })
}

function sentOf({ pages_before: before, pages_sent: sent, page_count: count }: OutboundFaxRow, pages: number): number {
  return Math.min(count, Math.max(sent, before + pages))
}

/** Another try, unless it was the last or gives nothing else. */
function afterTry(
  { attempts, pages_sent: pagesSent, page_count: pageCount }: OutboundFaxRow,
  { now, code, statusCode }: { readonly now: Date; readonly code: string; readonly statusCode: number },
) {
  const tried = { attempts: attempts + 1 }
  if (pagesSent === pageCount) return { ...done('SENT', null), ...tried }
  const isFinal = FINAL_CODES.has(code) || !RETRIED_STATUS.has(statusCode) || RETRY_MS[attempts] === undefined
  // Where the platform itself was gone, the receiver waits for the rest.
  const retryMs = isFinal ? undefined : code === CALL_LOST ? 0 : RETRY_MS[attempts]
  return retryMs === undefined
    ? { ...done('FAILED', code), ...tried }
    : { status: 'QUEUED' as const, reason: code, due_at: later(now, retryMs), session_id: null, ...tried }
}

function done(status: 'SENT' | 'FAILED', reason: string | null) {
  return { status, reason, due_at: null }
}

/** Changes a fax that is as it was when it was looked at. @returns whether it was */
async function change(context: Context, before: OutboundFaxRow, changes: (now: Date) => Parameters<typeof changeOutboundFax>[2]): Promise<boolean> {
  let isChanged = false
  await write(context, SYSTEM_ACTOR, async (made) => {
    const row = await lockOutboundFax(made.sql, scopeOf(before), before.id)
    if (row?.status !== before.status || (before.session_id !== null && row.session_id !== before.session_id)) return ok(undefined)
    isChanged = true
    tell(made, await changeOutboundFax(made.sql, row.id, { ...changes(made.now), changed_at: made.now }))
    return ok(undefined)
  })
  return isChanged
}

/** A fax that is done is told, and its document goes. */
function tell(made: Write, row: OutboundFaxRow): void {
  if (row.due_at !== null) return
  const { id: faxId, partition_id: partitionId, account_id: accountId, from_number: from, to_number: to } = row
  const { page_count: pageCount, pages_sent: pagesSent, attempts, reason } = row
  made.emit({
    type: row.status === 'SENT' ? 'fax.sent' : 'fax.not-sent',
    ...{ partitionId, accountId },
    data: { faxId, accountId, from, to, pageCount, pagesSent, attempts, ...(reason === null ? {} : { reason }) },
  })
  made.afterCommit((context) => context.files.remove(outboundFile(faxId)))
}

function scopeOf({ partition_id: partitionId, account_id: accountId }: OutboundFaxRow): AccountScope {
  return systemScope(partitionId, accountId)
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms)
}
