import { createCallerDialog } from '../dialog/index.ts'
import type { SipRequest, SipResponse } from '../message/index.ts'
import { ownText } from '../message/text-encoding.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { Credentials } from './challenge-answer.ts'
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts'
import { acknowledgeSuccess, type DialogPeer, exchangeInDialog, type SentAck } from './in-dialog-client.ts'
import type { UserAgent } from './user-agent.ts'

/** Of the answers a fork upstream lets through, more than so many are not acknowledged. */
const MAX_FORKS = 20

/** An INVITE of ours that has been answered. */
export interface AnsweredInvite {
  readonly request: SipRequest
  readonly to: RemoteAddress
  readonly contact: string
  readonly credentials: Credentials | undefined
  /** Our offer. */
  readonly body: string
  /** CSeq number of the last request in any of its early dialogs: what comes after it counts on (RFC 3261 12.2.1.1). */
  readonly highestSequence: number
}

/**
 * Acknowledges every 2xx of an INVITE (RFC 3261 13.2.2.4): each copy gets the same ACK, each further answer of a fork ACK and BYE.
 * It outlives the call by the 32 s of the transaction, so it holds no more than that takes.
 */
export class SuccessAcknowledger implements ClientTransactionUser {
  readonly #userAgent: UserAgent
  readonly #transaction: Pick<ClientTransaction, 'request'>
  readonly #invite: Omit<AnsweredInvite, 'request' | 'body'>
  /** One for each who answered: hardly ever more than one, so it is a list that has no room to spare. */
  #acks: readonly { readonly remoteTag: string; readonly ack: SentAck }[] = []

  /** @param transaction of the INVITE: it keeps of its request what copies and forks of the answer need */
  constructor(userAgent: UserAgent, transaction: Pick<ClientTransaction, 'request'>, invite: Omit<AnsweredInvite, 'request' | 'body'>) {
    this.#userAgent = userAgent
    this.#transaction = transaction
    this.#invite = invite
  }

  /**
   * @param early the other end of the early dialog that is confirmed so
   * @returns the peer of the dialog the response opens; undefined for a copy
   */
  acknowledge(response: SipResponse, early?: DialogPeer): DialogPeer | undefined {
    const remoteTag = response.toTag ?? ''
    const sent = this.#acks.find((one) => one.remoteTag === remoteTag)
    if (sent !== undefined) {
      this.#userAgent.send(sent.ack.bytes, sent.ack.destination)
      return undefined
    }
    if (this.#acks.length >= MAX_FORKS) return undefined
    const { to, contact, credentials, highestSequence } = this.#invite
    const { request } = this.#transaction
    const peer: DialogPeer = early ?? { dialog: createCallerDialog(request, response, highestSequence), heardFrom: to, contact, credentials }
    this.#acks = this.#acks.concat({ remoteTag: ownText(remoteTag), ack: acknowledgeSuccess(this.#userAgent, peer, request) })
    return peer
  }

  /** Only 2xx come here: the call has had the first. */
  onResponse(response: SipResponse): void {
    const peer = this.acknowledge(response)
    if (peer !== undefined) exchangeInDialog(this.#userAgent, peer, { method: 'BYE', headers: [] }, () => undefined)
  }

  onTimeout(): void {
    // An answered INVITE does not time out (RFC 6026 8.4).
  }

  onTransportFailure(): void {
    // The call itself does not depend on this transaction any more.
  }
}
