import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import { credentialsFor } from './challenge-answer.ts'
import type { ClientTransactionUser } from './client-transaction.ts'
import { buildOutOfDialogRequest } from './initial-request.ts'
import type { RequestOptions, RequestOutcome } from './sip-stack.ts'
import type { UserAgent } from './user-agent.ts'

/** Header fields that name the request and stay when it is sent again (RFC 3261 22.2: same Call-ID and From, next CSeq). */
const IDENTITY: ReadonlySet<string> = new Set(['from', 'f', 'call-id', 'i', 'cseq'])

/**
 * Sends a request outside of dialogs and waits for its final response (RFC 3261 8.1), once more with credentials when it is
 * challenged.
 * @param onOutcome called once; not at all when the stack stops first
 */
export function sendOutOfDialog(userAgent: UserAgent, options: RequestOptions, onOutcome: (outcome: RequestOutcome) => void): void {
  let attempts = 1
  const onResponse = (response: SipResponse): void => {
    if (response.statusCode < 200) return
    const { request } = transaction
    const answer = credentialsFor(userAgent, options.credentials, request, response, attempts)
    if (answer === undefined) {
      finish(response)
      return
    }
    attempts++
    transaction = userAgent.transactions.send(buildOutOfDialogRequest(userAgent, withCredentials(options, request, answer)), options.to, user)
  }
  const user: ClientTransactionUser = {
    onResponse,
    onTimeout: () => finish({ timedOut: true }),
    onTransportFailure: (reason) => finish({ failed: reason }),
  }
  let transaction = userAgent.transactions.send(buildOutOfDialogRequest(userAgent, options), options.to, user)
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

function withCredentials(options: RequestOptions, request: SipRequest, answer: readonly Header[]): RequestOptions {
  const others = options.headers.filter(([name]) => !IDENTITY.has(name.toLowerCase()))
  const sequence = request.cseq.sequence + 1
  const identity: readonly Header[] = [
    ['From', request.header('from') ?? ''],
    ['Call-ID', request.callId],
    ['CSeq', `${sequence} ${options.method}`],
  ]
  return { ...options, headers: [...identity, ...others, ...answer] }
}
