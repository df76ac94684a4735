import { newUuid } from '@dialtone/foundation'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { TransferOrder, TransferResult } from '../ports/call-door.ts'
import type { RunningCall } from './call-runner.ts'
import type { CallSide } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { referralRefusal } from './state/refer-events.ts'
import { isServed } from './state/service-state.ts'
import { otherSide, partyOf } from './state/transfer-state.ts'

/** What REFER means that is refused because of something that passes. */
const REQUEST_PENDING = 491

/** A blind transfer nobody's phone asks for: the same as a REFER of the account's line, with the same limits. */
export function transferByOperator(call: Pick<RunningCall, 'state' | 'dispatch'> | undefined, order: TransferOrder): TransferResult {
  const { dialed } = order
  if (call === undefined || call.state.phase === 'over') return { result: 'NoSuchCall' }
  if (call.state.emergency !== undefined) return { result: 'EmergencyCall' }
  // The location and the number to call back would be those of somebody else (47 CFR 9.16).
  if (isEmergencyDialed(dialed)) return { result: 'EmergencyDialed' }
  // Who waits in a queue or a parking spot, or talks to a menu, is there as long as he waits: another moment changes nothing.
  if (isServed(call.state)) return { result: 'NotTransferable' }
  const side = transferorOf(call.state, order)
  if (side === undefined) return { result: 'NotTransferable' }
  const sessionId = newUuid()
  const referral = { kind: 'blind', dialed, toSessionId: sessionId, recordId: newUuid(), isByOperator: true } as const
  const refusal = referralRefusal(call.state, { side, referral })
  if (refusal !== undefined) return { result: refusal === REQUEST_PENDING ? 'CallBusy' : 'NotTransferable' }
  call.dispatch({ type: 'referred', side, referral })
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
