import type { ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { endFaxCall, noteFaxPage, openFax, outboundFile } from '../virtual-fax-lines/index.ts'

type FaxQuestion = Extract<ServiceQuestion, { kind: 'fax.open' | 'fax.pageSent' | 'fax.sent' }>

/** The document of a fax to somebody who has answered, and how many of its pages were confirmed to an earlier call. */
export interface OpenedFax {
  readonly document: Buffer
  readonly from: number
}

/** What the switch asks and tells of a fax that it sends. @returns the document, when that was asked for and is there */
export async function askOutboundFax(context: Context, { partitionId, accountId }: ServiceTenant, question: FaxQuestion): Promise<OpenedFax | undefined> {
  const scope = systemScope(partitionId, accountId)
  switch (question.kind) {
    case 'fax.open': {
      const opened = await openFax(context, scope, question.faxId, question.sessionId)
      const content = opened === undefined ? undefined : await context.files.open(outboundFile(question.faxId))
      if (opened === undefined || content === undefined) return undefined
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(piece)
      return { document: Buffer.concat(pieces), from: opened.from }
    }
    case 'fax.pageSent':
      await noteFaxPage(context, scope, question)
      return undefined
    case 'fax.sent':
      await endFaxCall(context, scope, { ...question, remoteIdent: plain(question.remoteIdent) })
      return undefined
  }
}

/** What a machine says of itself is text of a stranger. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim()
}
