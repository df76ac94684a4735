import type { SipResponse } from '../message/index.ts'
import type { ClientTransactionUser } from './client-transaction.ts'
import { buildOutOfDialogRequest } from './initial-request.ts'
import type { RequestOptions, RequestOutcome } from './sip-stack.ts'
import type { UserAgent } from './user-agent.ts'

/**
 * Sends a request outside of dialogs and waits for its final response (RFC 3261 8.1).
 * @param onOutcome called once; not at all when the stack stops first
 */
export function sendOutOfDialog(userAgent: UserAgent, options: RequestOptions, onOutcome: (outcome: RequestOutcome) => void): void {
  const user: ClientTransactionUser = {
    onResponse: (response: SipResponse) => {
      if (response.statusCode >= 200) finish(response)
    },
    onTimeout: () => finish({ timedOut: true }),
    onTransportFailure: (reason) => finish({ failed: reason }),
  }
  const transaction = userAgent.transactions.send(buildOutOfDialogRequest(userAgent, options), options.to, user)
  const { timeoutMs } = options
  const onTimeUp = (): void => {
    transaction.feed({ type: 'abandon' })
    finish({ timedOut: true })
  }
  const timer = timeoutMs === undefined ? undefined : userAgent.timers.start(timeoutMs, onTimeUp)
  const finish = (outcome: RequestOutcome): void => {
    timer?.cancel()
    onOutcome(outcome)
  }
}
