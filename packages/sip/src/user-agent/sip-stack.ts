import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Logger, Result, Timers } from '@dialtone/foundation'
import type { Header, SipResponse } from '../message/index.ts'
import type { ListenFailure, ListeningPorts, RemoteAddress, SipNetwork, TlsOptions } from '../transport/index.ts'
import type { DialogReference } from '../dialog/index.ts'
import type { IncomingInvite, IncomingRequest, RequestHandlerOptions } from './incoming-request.ts'
import type { IncomingSubscription, SubscribeHandlerOptions } from './incoming-subscription.ts'
import type { OutgoingInvite, OutgoingInviteOptions } from './outgoing-invite.ts'
import type { Registration, RegistrationOptions } from './registration.ts'
import type { RequestGate } from './request-gate.ts'
import type { HandedOver, SharedPort } from './shared-port.ts'
import type { OutgoingSubscription, SubscribeOptions } from './outgoing-subscription.ts'
import type { SipLeg } from './sip-leg.ts'
import type { Credentials } from './challenge-answer.ts'
import type { StandingLeg } from './standing-invite.ts'

export interface SipStackOptions {
  readonly listen: {
    /** Numeric address of the interface, such as 0.0.0.0; :: is every interface, IPv4 and IPv6. */
    readonly host: string
    /** 0 is any free port; left out, there is no such transport. When UDP and TCP are both 0 the same number is used for both. */
    readonly udpPort?: number
    readonly tcpPort?: number
    /** Needs `tls`. With `tls` alone, TLS connections are made but not accepted. */
    readonly tlsPort?: number
    /** A listener of our own for WebSockets (RFC 7118), for who has no HTTP server; see `acceptWebSocket` for who has one. */
    readonly wsPort?: number
  }
  /** Our certificate, and whose we believe. */
  readonly tls?: TlsOptions
  /** In place of sockets, for simulations; `listen` is not looked at then. */
  readonly network?: SipNetwork
  /** What we call ourselves in Via and Contact. */
  readonly publicAddress: string
  /** What peers with IPv6 addresses are told instead. */
  readonly publicAddressIpv6?: string
  /** Default: that of the system. */
  readonly clock?: Clock
  /** Default: a wheel of its own. A stack starts two or three timers a transaction and cancels nearly all of them. */
  readonly timers?: Timers
  /** Default: none. */
  readonly logger?: Logger
  /** User-Agent and Server header fields. None: they are not sent. */
  readonly serverName?: string
  /** Unguessable characters for tags, branches and Call-IDs. */
  readonly randomToken?: (byteCount: number) => string
  /** RFC 3261 table 4; defaults 500, 4000, 5000. */
  readonly timing?: Partial<{ readonly t1Ms: number; readonly t2Ms: number; readonly t4Ms: number }>
  readonly limits?: Partial<SipStackLimits>
  /** Session timers (RFC 4028), negotiated for each leg. Default: 1800 and 90 seconds. `false`: none, and `Require: timer` gets 420. */
  readonly sessionTimer?: SessionTimerOptions | false
  /** Option tags the user of the stack takes care of, such as path or join: they stand in Supported and may stand in Require. */
  readonly extensions?: readonly string[]
  /** Other stacks may bind the same ports (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean
  /** How this stack shares its port with others, each in its own thread; goes with `reusePort`. */
  readonly sharedPort?: SharedPort
}

export interface SessionTimerOptions {
  /** How often a session must be refreshed when it is for us to say. */
  readonly intervalSeconds: number
  /** Shorter ones are refused with 422 (RFC 4028 5): at least 90 unless for tests. */
  readonly minimumSeconds: number
}

/** The options with nothing left open. */
export type StackSettings = SipStackOptions & Required<Pick<SipStackOptions, 'clock' | 'timers' | 'logger'>>

export interface SipStackLimits {
  /** Larger messages are malformed. Default 65535. */
  readonly maxMessageBytes: number
  /** With so many, new requests outside of dialogs are answered 503 with Retry-After; dialogs are served up to twice as many. Default 200000. */
  readonly maxTransactions: number
  /** Connections open at the same time: TCP, TLS and WebSocket together. Default 10000. */
  readonly maxConnections: number
  /** The same for one address; a carrier-grade NAT puts many subscribers behind one. Default 1000. */
  readonly maxConnectionsPerSource: number
  /** More calls than that from one address are answered 503 with Retry-After. Default: no limit. */
  readonly maxPerSourceInvitesPerSecond: number
  /** Other requests outside of dialogs, REGISTER above all: the same. Default: no limit. */
  readonly maxPerSourceRequestsPerSecond: number
  /** When the event loop is later than that twice in a row, what is new is answered 503 before any work is done for it. Default 500. */
  readonly maxLoopDelayMs: number
  /** Subscriptions of others to events of ours; more are answered 503 with Retry-After. Default 20000. */
  readonly maxSubscriptions: number
}

/** The ports are 0 where there is no such transport. */
export interface ListeningAddress extends ListeningPorts {
  readonly address: string
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
  /** Answers a 401 or 407 with these (RFC 3261 22.2). */
  readonly credentials?: { readonly username: string; readonly password: string }
}

export type RequestOutcome = SipResponse | { readonly timedOut: true } | { readonly failed: string }

export interface SipStatistics {
  /** Living now, those that only wait for retransmissions included. */
  readonly transactions: number
  /** Legs living now, early ones included. */
  readonly dialogs: number
  /** Connections open now: TCP, TLS and WebSocket. */
  readonly connections: number
  /** Messages since the start. */
  readonly received: number
  readonly sent: number
  /** Of the received: refused or dropped because they were not well-formed. */
  readonly malformed: number
  /** Of the sent: repetitions. */
  readonly retransmitted: number
}

/** A SIP user agent on UDP, TCP, TLS and WebSocket: transactions, dialogs and calls, without any policy of the product. */
export interface SipStack {
  start(): Promise<Result<ListeningAddress, ListenFailure>>
  /** Closes the sockets at once; nothing is sent. Hang calls up before. */
  stop(): Promise<void>
  /** INVITE outside of dialogs; the stack has sent 100 Trying. One handler. */
  onInvite(handler: (invite: IncomingInvite) => void): void
  /** Requests outside of dialogs: REGISTER, SUBSCRIBE, OPTIONS, MESSAGE, … One handler a method. */
  onRequest(method: string, handler: (request: IncomingRequest) => void, options?: RequestHandlerOptions): void
  /** Puts a gate before requests outside of dialogs: who is dropped, who is served even under load. One gate. */
  guard(gate: RequestGate): void
  /** SUBSCRIBE to an event package (RFC 6665 4.2). Other packages are answered 489 with Allow-Events. One handler a package; they come before `onRequest('SUBSCRIBE')`. */
  onSubscribe(eventPackage: string, handler: (subscription: IncomingSubscription) => void, options?: SubscribeHandlerOptions): void
  /** Subscribes to an event of somebody else (RFC 6665 4.1), and refreshes until it ends. */
  subscribe(options: SubscribeOptions): OutgoingSubscription
  /** The leg a Replaces, Join or Target-Dialog names (RFC 3891 3), if it is one of ours and not over. */
  findLeg(reference: DialogReference): SipLeg | undefined
  /**
   * Ends a leg of a stack that is no more, such as an earlier run of this program (see `SipLeg.standing`): BYE in a dialog (RFC 3261 15.1.1), CANCEL
   * of an INVITE that was under way (9.1), 500 to one that waits for its answer.
   * @param credentials answer a 401 or 407 to the BYE (22.2): they are not written down
   */
  hangUp(standing: StandingLeg, headers?: readonly Header[], credentials?: Credentials): void
  /** A WebSocket upgrade of somebody's HTTP server, subprotocol `sip` (RFC 7118 4). The server owns path and port. Never throws. */
  acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** A connection ended, whoever ended it: what was reached over this flow is reached no more (RFC 5626 4.2). Any number of handlers; `stop` tells nobody. */
  onFlowClosed(handler: (connectionId: string) => void): void
  /** What another stack on the port handed over to this one. @param from its place */
  takeOver(handed: HandedOver, from: number): void
  /** Calls somebody. */
  invite(options: OutgoingInviteOptions): OutgoingInvite
  /** Sends a request outside of dialogs. Never rejects. */
  request(options: RequestOptions): Promise<RequestOutcome>
  /** Registers an address of record and keeps it registered (RFC 3261 10.2). */
  register(options: RegistrationOptions): Registration
  readonly statistics: SipStatistics
}
