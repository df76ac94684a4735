import type { Logger, Timers } from '@dialtone/foundation'
import type { Header, SipRequest } from '../message/index.ts'
import type { TransactionTiming } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { Abilities } from './abilities.ts'
import type { DialogUser } from './dialog-user.ts'
import type { RespondOptions } from './incoming-request.ts'
import type { KeyTable } from './key-table.ts'
import type { TransactionLayer } from './transaction-layer.ts'

/** What the calls of a stack share: its transactions, its name, its sources of time and randomness. */
export interface UserAgent {
  readonly timing: TransactionTiming
  readonly timers: Timers
  readonly logger: Logger
  readonly transactions: TransactionLayer
  /** Legs by our tag, which is unguessable and names one leg only. */
  readonly legs: KeyTable<DialogUser>
  readonly abilities: Abilities
  /** User-Agent of our requests, if any. */
  readonly userAgentHeader: Header | undefined
  /** @param byteCount how much randomness */
  newToken(byteCount: number): string
  /** The Via of a new request, with a new branch. @param to where it goes */
  newVia(to: RemoteAddress): string
  /**
   * Our Contact.
   * @param user user part, still %-escaped; '' for none
   * @param to who is told
   * @param scheme sips when the request was to a sips URI (RFC 3261 8.1.1.8, 12.1.1)
   */
  contact(user: string, to: RemoteAddress, scheme?: 'sip' | 'sips'): string
  /** Whether what is sent there comes back to us. */
  isOurPlace(place: RemoteAddress): boolean
  /** Sends what belongs to no transaction: the ACK of a 2xx. */
  send(bytes: Buffer, remote: RemoteAddress): void
  /** Answers a request without a transaction (RFC 3261 8.2.7). @param options.toTag our tag; none: one made from the request */
  reply(request: SipRequest, source: RemoteAddress, statusCode: number, options?: RespondOptions & { readonly toTag?: string }): void
}
