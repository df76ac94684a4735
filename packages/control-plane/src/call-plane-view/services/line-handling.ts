import type { CallTarget, RoutingLineHandling } from '@dialtone/call-routing'
import { type CallHandling, handlingOf, type RingFailoverAction } from '../../business-lines/index.ts'
import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

/** What business lines do with calls of their numbers (S1-105). */
export const lineHandling: ServiceReader = async (sql, accountId) => {
  const rows = await linesOf(sql, accountId)
  return { lineHandling: new Map(rows.map((row) => [row.id, routingHandlingOf(row.id, handlingOf(row))])) }
}

const linesOf = ofAccounts(
  (sql, accountIds) => sql.selectFrom('business_line').selectAll().where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)

function routingHandlingOf(lineId: string, handling: CallHandling): RoutingLineHandling {
  const { activeCallHandling, forwardToPhoneNumber, callWaitingEnabled, voicemailBoxId, ringTimeoutConfiguration: ring } = handling
  const isLimited = ring['@type'] === 'LimitedRingTimeoutConfiguration'
  return {
    lineId,
    forwardAlwaysTo: activeCallHandling === 'FORWARD' && forwardToPhoneNumber !== undefined ? telephone(forwardToPhoneNumber) : undefined,
    callWaitingEnabled,
    ringTimeoutSeconds: isLimited ? ring.timeoutSeconds : undefined,
    onBusy: targetOf(handling.busyFailoverAction, voicemailBoxId),
    onNoAnswer: targetOf(ring.noAnswerAction, voicemailBoxId),
    onUnregistered: targetOf(handling.unregisteredFailoverAction, voicemailBoxId),
  }
}

/** Voicemail without a box is busy (S1-112). */
function targetOf(action: RingFailoverAction | undefined, voicemailBoxId: string | undefined): CallTarget {
  if (action?.['@type'] === 'ForwardRingFailoverAction' && action.forwardToPhoneNumber !== undefined) return telephone(action.forwardToPhoneNumber)
  if (action?.['@type'] === 'VoicemailRingFailoverAction' && voicemailBoxId !== undefined) return { referenceType: 'VOICEMAIL', referenceId: voicemailBoxId }
  return { referenceType: 'BUSY', referenceId: '' }
}

function telephone(number: string): CallTarget {
  return { referenceType: 'TELEPHONE', referenceId: number }
}
