import type { Result } from '@dialtone/foundation'
import type { FaxAddress, ServiceTenant } from '@dialtone/softswitch'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { keepFax } from '../virtual-fax-lines/index.ts'

/** A fax that the switch has received for a virtual fax line, to its end or not. */
export interface FinishedFax extends ServiceTenant, FaxAddress {
  /** UUID, of the switch. */
  readonly faxId: string
  readonly remoteIdent: string
  readonly pageCount: number
  /** Rows that could not be read. */
  readonly badRows: number
  /** The sender said that this is all. */
  readonly isComplete: boolean
}

/**
 * Keeps a fax and mails it; said again, after a crash in between, it is the same one. What a caller's network and machine say of themselves is text of a
 * stranger. @param document PDF. @returns why it can never be kept; failures of a moment reject
 */
export async function depositFax(context: Context, fax: FinishedFax, document: AsyncIterable<Uint8Array>): Promise<Result<undefined, ApiFailure>> {
  const { faxId: id, partitionId, accountId, faxLineId, caller, calledNumber, pageCount, badRows, isComplete } = fax
  const received = {
    id,
    fromName: caller.anonymous ? '' : plain(caller.name),
    fromNumber: caller.anonymous ? '' : caller.number,
    toNumber: calledNumber,
    remoteIdent: plain(fax.remoteIdent),
    ...{ pageCount, badRows, isComplete },
  }
  return keepFax(context, SYSTEM_ACTOR, systemScope(partitionId, accountId), faxLineId, received, document)
}

function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim()
}
