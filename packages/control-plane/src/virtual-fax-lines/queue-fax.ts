import { err, newUuid, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField, unavailable } from '../failures/index.ts'
import { faxOutboundOf } from './outbound.ts'
import {
  countWaiting,
  deleteOutboundFax,
  dropOldOutboundFaxes,
  insertOutboundFax,
  lockOutboundFax,
  outboundFile,
  type OutboundFaxRow,
} from './outbound-fax-queries.ts'

export const MAX_OUTBOUND_BYTES = 10_000_000
/** Nobody faxes that many at once by mistake and is glad of it. */
const MAX_WAITING = 100
const RULE = 'a TIFF file in black and white (TIFF-F, RFC 2301: not compressed, or Group 3 or 4), 1728, 2048 or 2432 dots wide, of at most 200 pages'

/** Takes a fax on: it is called in a moment, and again when it has to be. The document is durable when this resolves. */
export async function queueFax(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  { to, document }: { readonly to: string; readonly document: Uint8Array },
): Promise<Result<OutboundFaxRow, ApiFailure>> {
  const toNumber = normalizePhoneNumber(to)
  if (toNumber === undefined) return err(invalidField('to', `"${to}" is no telephone number`, 'a telephone number'))
  const read = await context.readFax(document)
  if (read === undefined) return err(unavailable('TooManyDocuments', 'Too many documents are being read: try again in a moment.'))
  if (!read.ok) return err(invalidField('file', read.error.message, RULE, read.error.code))
  const id = newUuid()
  const stored = await context.files.store(outboundFile(id), oneOf(document), MAX_OUTBOUND_BYTES)
  if (!stored.ok) return err({ code: 'MessageTooLarge', status: 413, message: `A fax has at most ${MAX_OUTBOUND_BYTES} bytes.` })
  const queued = await write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const { enabled, callerId } = await faxOutboundOf(change.sql, scope)
    if (!enabled || callerId === undefined)
      return err(inConflict('OutboundFaxDisabled', 'The account sends no faxes: switch that on with a number they come from.'))
    if ((await countWaiting(change.sql, scope)) >= MAX_WAITING)
      return err(inConflict('TooManyFaxes', `${MAX_WAITING} faxes of the account wait already.`, { limit: MAX_WAITING }))
    const row = await insertOutboundFax(change.sql, {
      ...{ id, partition_id: scope.partitionId, account_id: scope.accountId, to_number: toNumber, from_number: callerId },
      ...{ status: 'QUEUED', page_count: read.value, pages_sent: 0, pages_before: 0, attempts: 0, reason: null, remote_ident: '', session_id: null },
      ...{ created_at: change.now, changed_at: change.now, due_at: change.now },
    })
    await dropOldOutboundFaxes(change.sql, scope)
    return ok(row)
  })
  if (queued.ok) await afterCommit(context, () => void context.dueWork.runNow())
  else await context.files.remove(outboundFile(id))
  return queued
}

/** One that waits is not sent any more, one that is done is forgotten. One that is being sent is. */
export function deleteFaxToSend(context: Context, principal: Principal, scope: AccountScope, faxId: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOutboundFax(change.sql, scope, faxId)
    if (row === undefined) return err(entityNotFound('OutboundFax', faxId))
    if (row.status === 'SENDING') return err(inConflict('FaxIsSent', 'The fax is being sent: hang up its call first.', { callId: row.session_id }))
    await deleteOutboundFax(change.sql, scope, faxId)
    change.afterCommit(() => context.files.remove(outboundFile(faxId)))
    return ok(undefined)
  })
}

async function* oneOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}
