import type { ServiceAnswer, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { keepFax } from '../virtual-fax-lines/index.ts'

type FaxQuestion = Extract<ServiceQuestion, { kind: 'fax.deposit' }>

/** A virtual fax line has received a fax. What a caller's network and machine say of themselves is text of a stranger. */
export async function askFax(context: Context, { partitionId, accountId }: ServiceTenant, question: FaxQuestion): Promise<ServiceAnswer> {
  const { faxLineId, caller, calledNumber, document, pageCount, badRows, isComplete } = question
  const fax = {
    fromName: caller.anonymous ? '' : plain(caller.name),
    fromNumber: caller.anonymous ? '' : caller.number,
    toNumber: calledNumber,
    remoteIdent: plain(question.remoteIdent),
    ...{ pageCount, badRows, isComplete },
  }
  const kept = await keepFax(context, SYSTEM_ACTOR, systemScope(partitionId, accountId), faxLineId, fax, piecesOf(document))
  return { kind: 'done', ok: kept.ok }
}

function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim()
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece)
}
