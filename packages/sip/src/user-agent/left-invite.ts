import type { Header, SipResponse } from '../message/index.ts'
import { buildCancel } from '../transaction/index.ts'
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts'
import { type AnsweredInvite, SuccessAcknowledger } from './success-acknowledger.ts'
import type { UserAgent } from './user-agent.ts'

/** Whoever waits for nothing. */
export const NOBODY: ClientTransactionUser = { onResponse: () => undefined, onTimeout: () => undefined, onTransportFailure: () => undefined }

/** Sends the CANCEL of an INVITE that has had a provisional response (RFC 3261 9.1). */
export function cancelInvite(userAgent: UserAgent, invite: ClientTransaction, headers: readonly Header[]): void {
  const { connectionId } = invite
  const remote = connectionId === undefined ? invite.remote : { ...invite.remote, connectionId }
  userAgent.transactions.send(buildCancel(invite.request, headers), remote, NOBODY)
}

/**
 * An INVITE that was left for another place, because nothing was heard of it. Whoever says something after all is not to ring, nor to stay in a
 * call that somebody else has (RFC 3261 9.1, 13.2.2.4).
 */
export class LeftInvite implements ClientTransactionUser {
  readonly #userAgent: UserAgent
  readonly #transaction: ClientTransaction
  readonly #acknowledger: SuccessAcknowledger
  #isCancelled = false

  constructor(userAgent: UserAgent, transaction: ClientTransaction, invite: Omit<AnsweredInvite, 'request' | 'body'>) {
    this.#userAgent = userAgent
    this.#transaction = transaction
    this.#acknowledger = new SuccessAcknowledger(userAgent, transaction, invite)
  }

  onResponse(response: SipResponse): void {
    if (response.statusCode >= 300) return
    if (response.statusCode >= 200) this.#acknowledger.onResponse(response)
    else if (!this.#isCancelled) this.cancel([])
  }

  onTimeout(): void {
    // As expected.
  }

  onTransportFailure(): void {
    // The call is somewhere else.
  }

  cancel(headers: readonly Header[]): void {
    this.#isCancelled = true
    cancelInvite(this.#userAgent, this.#transaction, headers)
    // 9.1: a peer that does not answer the INVITE in 64*T1 after that will not answer it at all.
    this.#userAgent.timers.start(64 * this.#userAgent.timing.t1Ms, () => this.#transaction.feed({ type: 'abandon' }))
  }
}
