import type { CallerIdentity, ServiceOrder } from '@dialtone/call-routing'
import { HANG_UP } from '../service-program.ts'
import type { ServiceProgram } from '../service-program.ts'

/** Two hours of one call: no document that anybody sends is longer. */
const MAX_DURATION_MS = 7_200_000

/**
 * The platform is the fax machine: what it receives is kept and mailed, also when the caller stops in the middle of it. Who has
 * nothing to send is hung up.
 */
export function* receiveFax(order: Extract<ServiceOrder, { kind: 'fax' }>, caller: CallerIdentity, calledNumber: string): ServiceProgram {
  const address = { faxLineId: order.faxLineId, caller, calledNumber }
  const { fax } = yield { kind: 'fax', ident: identOf(calledNumber), maxDurationMs: MAX_DURATION_MS, ...address }
  if (fax?.kind !== 'ended') return { kind: 'hangup', code: 'FaxRefused' }
  const { faxId, end, pages } = fax
  if (pages.length === 0) return { kind: 'hangup', code: 'NoFaxReceived' }
  const isComplete = end.reason === 'Completed'
  yield { kind: 'ask', question: { kind: 'fax.deposit', faxId, isComplete, remoteIdent: end.remoteIdent } }
  return isComplete ? HANG_UP : { kind: 'hangup', code: 'FaxIncomplete' }
}

/** What a fax machine shows of another one: digits alone (T.30 5.3.6.2.4). */
function identOf(calledNumber: string): string {
  return /^\d{11,15}$/.test(calledNumber) ? `+${calledNumber}` : calledNumber.replaceAll(/\D/g, '')
}
