import { newUuid } from '@dialtone/foundation'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { TransferOrder, TransferResult } from '../ports/call-door.ts'
import type { RunningCall } from './call-runner.ts'
import type { CallSide, RouteQuestion } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { referralRefusal } from './state/refer-events.ts'
import { isServed } from './state/service-state.ts'
import { otherSide, partyOf } from './state/transfer-state.ts'

/** What REFER means that is refused because of something that passes. */
const REQUEST_PENDING = 491

/** How a call would end before anybody is called; undefined: somebody is. */
export type Refuses = (question: RouteQuestion) => TransferResult['refusal']

/** A blind transfer nobody's phone asks for: the same as a REFER of the account's line, with the same limits. */
export function transferByOperator(call: Pick<RunningCall, 'state' | 'dispatch'> | undefined, order: TransferOrder, refuses: Refuses): TransferResult {
  const { dialed } = order
  if (call === undefined || call.state.phase === 'over') return { result: 'NoSuchCall' }
  if (call.state.emergency !== undefined) return { result: 'EmergencyCall' }
  // The location and the number to call back would be those of somebody else (47 CFR 9.16).
  if (isEmergencyDialed(dialed)) return { result: 'EmergencyDialed' }
  if (isServed(call.state)) return sendOnServed(call, order, refuses)
  const side = transferorOf(call.state, order)
  if (side === undefined) return { result: 'NotTransferable' }
  const sessionId = newUuid()
  const referral = { kind: 'blind', dialed, toSessionId: sessionId, recordId: newUuid(), isByOperator: true } as const
  const refusal = referralRefusal(call.state, { side, referral })
  if (refusal !== undefined) return { result: refusal === REQUEST_PENDING ? 'CallBusy' : 'NotTransferable' }
  call.dispatch({ type: 'referred', side, referral })
  return { result: 'done', sessionId }
}

/** Who waits in a queue or a parking spot, or talks to a menu or a box: no line of the account has him, the account itself sends him on and pays. */
function sendOnServed(call: Pick<RunningCall, 'state' | 'dispatch'>, order: TransferOrder, refuses: Refuses): TransferResult {
  const { state } = call
  const { service, transfer, sessionId, question } = state
  // Who listens to others, and a fax machine, would not know what to say to anybody else.
  const isOther = service?.accountId !== order.accountId || order.transferee === 'callee' || state.attends !== undefined || state.fax !== undefined
  if (service === undefined || isOther) return { result: 'NotTransferable' }
  const isBusy = service.phase === 'opening' || transfer.renegotiation !== undefined || transfer.takeover !== undefined || state.awaitsAnswerOf !== undefined
  if (isBusy) return { result: 'CallBusy' }
  const to = { referenceType: 'TELEPHONE', referenceId: order.dialed }
  const { caller, calledNumber, accountId } = service
  // He keeps his place rather than to be sent where nobody is.
  const refusal = refuses({ ...question, accountId, call: { direction: 'continuing', to, caller, calledNumber } })
  if (refusal !== undefined) return { result: 'CallRefused', refusal }
  call.dispatch({ type: 'sentOn', to })
  return { result: 'done', sessionId }
}

/** The side with a line of the account, whose other side goes on. */
function transferorOf(state: CallState, { accountId, transferee }: TransferOrder): CallSide | undefined {
  const sides: readonly CallSide[] = transferee === undefined ? ['callee', 'caller'] : [otherSide(transferee)]
  return sides.find((side) => {
    const party = partyOf(state, side)
    return party?.kind === 'line' && party.accountId === accountId
  })
}
