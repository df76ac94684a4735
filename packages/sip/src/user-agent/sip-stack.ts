import type { Clock, Logger, Result, Timers } from '@dialtone/foundation'
import type { Header, SipResponse } from '../message/index.ts'
import type { ListenFailure, RemoteAddress } from '../transport/index.ts'
import type { IncomingInvite, IncomingRequest } from './incoming-request.ts'
import type { OutgoingInvite, OutgoingInviteOptions } from './outgoing-invite.ts'

export interface SipStackOptions {
  readonly listen: {
    /** Numeric address of the interface, such as 0.0.0.0. */
    readonly host: string
    /** 0 is any free port; left out, there is no such transport. When both are 0 the same number is used for both. */
    readonly udpPort?: number
    readonly tcpPort?: number
  }
  /** What we call ourselves in Via and Contact. */
  readonly publicAddress: string
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** User-Agent and Server header fields. None: they are not sent. */
  readonly serverName?: string
  /** Unguessable characters for tags, branches and Call-IDs. */
  readonly randomToken?: (byteCount: number) => string
  /** RFC 3261 table 4; defaults 500, 4000, 5000. */
  readonly timing?: Partial<{ readonly t1Ms: number; readonly t2Ms: number; readonly t4Ms: number }>
  readonly limits?: Partial<SipStackLimits>
  /** Other stacks may bind the same ports (SO_REUSEPORT): see `sharedPort`. Default false. */
  readonly reusePort?: boolean
}

export interface SipStackLimits {
  /** Larger messages are malformed. Default 65535. */
  readonly maxMessageBytes: number
  /** With so many, new requests outside of dialogs are answered 503 with Retry-After; dialogs are served up to twice as many. Default 200000. */
  readonly maxTransactions: number
  /** TCP connections open at the same time. Default 10000. */
  readonly maxConnections: number
  /** More calls than that from one address are answered 503 with Retry-After. Default: no limit. */
  readonly maxPerSourceInvitesPerSecond: number
}

export interface ListeningAddress {
  readonly address: string
  /** 0: there is no such transport. */
  readonly udpPort: number
  readonly tcpPort: number
}

export interface RequestOptions {
  readonly method: string
  /** The Request-URI. */
  readonly uri: string
  readonly to: RemoteAddress
  /** Must carry From and To. The stack adds our tag unless From has one, Call-ID, CSeq, Via, Max-Forwards and Contact unless they are given. */
  readonly headers: readonly Header[]
  readonly body?: string | Buffer
  readonly contentType?: string
  /** Shorter than the 64*T1 of RFC 3261 17.1.2.2. */
  readonly timeoutMs?: number
}

export type RequestOutcome = SipResponse | { readonly timedOut: true } | { readonly failed: string }

export interface SipStatistics {
  /** Living now, those that only wait for retransmissions included. */
  readonly transactions: number
  /** Legs living now, early ones included. */
  readonly dialogs: number
  /** TCP connections open now. */
  readonly connections: number
  /** Messages since the start. */
  readonly received: number
  readonly sent: number
  /** Of the received: refused or dropped because they were not well-formed. */
  readonly malformed: number
  /** Of the sent: repetitions. */
  readonly retransmitted: number
}

/** A SIP user agent on UDP and TCP: transactions, dialogs and calls, without any policy of the product. */
export interface SipStack {
  start(): Promise<Result<ListeningAddress, ListenFailure>>
  /** Closes the sockets at once; nothing is sent. Hang calls up before. */
  stop(): Promise<void>
  /** INVITE outside of dialogs; the stack has sent 100 Trying. One handler. */
  onInvite(handler: (invite: IncomingInvite) => void): void
  /** Requests outside of dialogs: REGISTER, SUBSCRIBE, OPTIONS, MESSAGE, … One handler a method. */
  onRequest(method: string, handler: (request: IncomingRequest) => void): void
  /** Calls somebody. */
  invite(options: OutgoingInviteOptions): OutgoingInvite
  /** Sends a request outside of dialogs. Never rejects. */
  request(options: RequestOptions): Promise<RequestOutcome>
  readonly statistics: SipStatistics
}
