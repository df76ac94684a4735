import type { FaxResult } from '../services/fax-reception.ts'
import { FaxSending } from '../services/fax-sending.ts'
import type { FaxSentQuestion, ServiceTenant } from '../ports/service-desk.ts'
import type { CallContext } from './call-context.ts'
import { mediaTermsOf } from './media-terms-of.ts'
import { faxFactsOf } from './perform-fax.ts'
import { signalledFrom } from './perform-media.ts'

/**
 * Whoever answered speaks with our own end: first by sound, then by T.38.
 * @param sdp undefined: our own end answered, too; the two speak T.38 from the beginning
 */
export function sendFax(call: CallContext, sdp: string | undefined): void {
  const { session, state, needs } = call
  const { faxCall, origin } = state
  const accepted = sdp === undefined ? session?.fax.join() : session?.acceptLocally('b', sdp, mediaTermsOf(call, 'callee'), signalledFrom(call, 'callee'))
  if (session === undefined || faxCall === undefined || accepted?.ok !== true) return call.dispatch({ type: 'hangup', code: 'NoCommonCodec' })
  const { faxId } = faxCall
  const [tenant, sessionId] = [tenantOf(call), state.sessionId]
  call.sending = new FaxSending(
    {
      session,
      timers: needs.timers,
      isAgreed: () => call.state.fax?.isAgreed === true,
      offer: () => call.dispatch({ type: 'faxWanted' }),
      open: async () => {
        const answer = await needs.services?.ask(tenant, { kind: 'fax.open', faxId, sessionId })
        return answer?.kind === 'fax' ? answer.pages : undefined
      },
      pageSent: (pages) => tell(call, { kind: 'fax.pageSent', faxId, sessionId, pages }),
      done: (result) => finish(call, faxId, result),
    },
    { faxId, ident: identOf(origin.number) },
  )
  return call.sending.start()
}

/** The call ended and nobody had answered, or before our fax machine had the word. */
export function tellOfUnsentFax(call: CallContext): void {
  const { faxCall, outcome, sessionId } = call.state
  if (faxCall === undefined) return
  if (call.sending !== undefined) return call.sending.stop()
  const { code = 'CallEnded', statusCode = 0 } = outcome ?? {}
  tell(call, { kind: 'fax.sent', faxId: faxCall.faxId, sessionId, isComplete: false, code, statusCode, pages: 0, remoteIdent: '' })
}

function finish(call: CallContext, faxId: string, result: FaxResult): void {
  const facts = faxFactsOf(result)
  const isComplete = facts.code === 'Completed'
  const { sessionId } = call.state
  const [statusCode, remoteIdent] = result.kind === 'refused' ? [result.statusCode, ''] : [200, result.end.remoteIdent]
  tell(call, { kind: 'fax.sent', faxId, sessionId, isComplete, code: facts.code, statusCode, pages: facts.pageCount, remoteIdent })
  call.dispatch({ type: 'faxSent', ...facts })
  call.dispatch({ type: 'hangup', code: isComplete ? 'FaxSent' : facts.code === 'Refused' ? 'FaxRefused' : 'FaxNotSent' })
}

function tell(call: CallContext, question: FaxSentQuestion): void {
  const { needs, state } = call
  needs.services?.ask(tenantOf(call), question).catch((error: unknown) => {
    needs.logger.error('what became of a fax could not be told', { sessionId: state.sessionId, error: String(error) })
  })
}

function tenantOf({ state }: CallContext): ServiceTenant {
  const { partitionId = '', accountId = '' } = state.accounts[0] ?? {}
  return { partitionId, accountId }
}

/** What a fax machine shows of another one: digits and + (T.30 5.3.6.2.4). */
function identOf(number: string): string {
  return /^\d{11,15}$/.test(number) ? `+${number}` : number.replaceAll(/\D/g, '')
}
