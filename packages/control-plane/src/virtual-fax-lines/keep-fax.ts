import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, type Actor, actorOf, type Principal } from '../access/index.ts'
import { configuredObject, dropObject, findObject, lockObject } from '../account-objects/index.ts'
import type { ConfigurationKind } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { isDeletedDeposit, noteDeletedDeposits } from '../deleted-deposits/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import type { VirtualFaxLine } from './fax-line.ts'
import { deleteFaxMessage, dropOldestFaxMessages, faxFile, faxMessageIds, findFaxMessage, insertFaxMessage } from './fax-message-queries.ts'
import { mailFax } from './mail-fax.ts'

/** What the switch has received for a line. */
export interface ReceivedFax {
  /** UUID, of the switch. */
  readonly id: string
  /** Empty for somebody who hides it. */
  readonly fromName: string
  readonly fromNumber: string
  readonly toNumber: string
  readonly remoteIdent: string
  readonly pageCount: number
  readonly badRows: number
  readonly isComplete: boolean
}

/** What the fax machine takes, and the frame of the document. */
const MAX_DOCUMENT_BYTES = 25_000_000

/**
 * Keeps a fax: first the document, then what tells of it, with the mail to everybody the line names. Said again, after a crash between the two or behind
 * them, it is the same one, and nobody gets a second mail.
 */
export async function keepFax(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  lineId: string,
  fax: ReceivedFax,
  document: AsyncIterable<Uint8Array>,
): Promise<Result<undefined, ApiFailure>> {
  const object = { type: 'VFAX', id: lineId } as const
  if ((await findObject(context.database.sql, scope, object)) === undefined) return err(entityNotFound('Vfax', lineId))
  const { id } = fax
  const stored = await context.files.store(faxFile(id), document, MAX_DOCUMENT_BYTES)
  if (!stored.ok) return err({ code: 'MessageTooLarge', status: 413, message: `A fax has at most ${MAX_DOCUMENT_BYTES} bytes.` })
  const kept = await write(context, actor, async (change) => {
    const line = await lockObject(change.sql, scope, object)
    if (line === undefined) return err(entityNotFound('Vfax', lineId))
    if ((await findFaxMessage(change.sql, scope, lineId, id)) !== undefined) return ok(undefined)
    if (await isDeletedDeposit(change.sql, scope, id)) {
      change.afterCommit(() => removeFaxFiles(context, [id]))
      return ok(undefined)
    }
    const { fromName, fromNumber, toNumber, remoteIdent, pageCount, badRows, isComplete } = fax
    const row = await insertFaxMessage(change.sql, {
      ...{ id, partition_id: scope.partitionId, account_id: scope.accountId, line_type: object.type, line_id: lineId },
      ...{ from_name: fromName, from_number: fromNumber, to_number: toNumber, remote_ident: remoteIdent },
      ...{ page_count: pageCount, bad_rows: badRows, is_complete: isComplete, size_bytes: stored.value.bytes, created_at: change.now },
    })
    await mailFax(change, configuredObject<VirtualFaxLine>(line).attributes, row)
    const dropped = await dropOldestFaxMessages(change.sql, scope, lineId)
    await noteDeletedDeposits(change, scope, dropped)
    change.afterCommit(() => removeFaxFiles(context, dropped))
    change.emit({
      type: 'fax.received',
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { messageId: id, virtualFaxLineId: lineId, accountId: scope.accountId, from: fromNumber, to: toNumber, pageCount, badRows, isComplete },
    })
    return ok(undefined)
  })
  if (!kept.ok) await context.files.remove(faxFile(id))
  return kept
}

export function deleteFax(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  messageId: string,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    if (!(await deleteFaxMessage(change.sql, scope, lineId, messageId))) return err(entityNotFound('FaxMessage', messageId))
    await noteDeletedDeposits(change, scope, [messageId])
    change.afterCommit(() => removeFaxFiles(context, [messageId]))
    return ok(undefined)
  })
}

/** A line goes with what it has received. */
export function deleteFaxLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  kind: ConfigurationKind<VirtualFaxLine>,
  lineId: string,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    // The account first, as everywhere: two changes never wait for each other.
    await lockAccount(change.sql, scope)
    const messageIds = await faxMessageIds(change.sql, scope, lineId)
    const dropped = await dropObject(change, scope, kind, lineId)
    if (!dropped.ok) return dropped
    change.afterCommit(() => removeFaxFiles(context, messageIds))
    return ok(undefined)
  })
}

/** What is left over lies in the store without a name anywhere: no harm but space. */
async function removeFaxFiles(context: Context, messageIds: readonly string[]): Promise<void> {
  for (const id of messageIds) await context.files.remove(faxFile(id))
}
