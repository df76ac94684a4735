import { responseBytes } from '../message/index.ts'
import { DEFAULT_TIMING, MAGIC_COOKIE, statelessTag } from '../transaction/index.ts'
import { DEFAULT_CONNECTION_LIMITS, type RemoteAddress, responseDestination, type SentBy, type SipNetwork, Transports } from '../transport/index.ts'
import type { Abilities } from './abilities.ts'
import type { GuardedTimers } from './guarded-timers.ts'
import { KeyTable } from './key-table.ts'
import { responseHeaders } from './response-headers.ts'
import { placeMark } from './shared-port.ts'
import type { SipStackLimits, StackSettings, SipStatistics } from './sip-stack.ts'
import { createTokenSource } from './token-source.ts'
import type { TransactionLayer } from './transaction-layer.ts'
import type { MessageCounters, TransactionRuntime } from './transaction-runtime.ts'
import type { UserAgent } from './user-agent.ts'

/** The limits per source have no default: there is none unless it is asked for. */
type PerSource = 'maxPerSourceInvitesPerSecond' | 'maxPerSourceRequestsPerSecond'
export type EffectiveLimits = Omit<SipStackLimits, PerSource> & Partial<SipStackLimits>

export const DEFAULT_LIMITS: EffectiveLimits = {
  maxMessageBytes: DEFAULT_CONNECTION_LIMITS.maxMessageBytes,
  maxTransactions: 200_000,
  // T1: from there on our lateness makes others repeat themselves.
  maxLoopDelayMs: 500,
  maxConnections: DEFAULT_CONNECTION_LIMITS.maxConnections,
  maxConnectionsPerSource: DEFAULT_CONNECTION_LIMITS.maxConnectionsPerSource,
  maxSubscriptions: 20_000,
}

/** The network the user gave, or real sockets. */
export function createNetwork(options: StackSettings, timers: GuardedTimers, limits: EffectiveLimits): SipNetwork {
  const { listen, tls, reusePort = false, sharedPort, network, clock, logger } = options
  if (network !== undefined) return network
  const { maxMessageBytes, maxConnections, maxConnectionsPerSource } = limits
  return new Transports({
    host: listen.host,
    udpPort: listen.udpPort,
    tcpPort: listen.tcpPort,
    tlsPort: listen.tlsPort,
    wsPort: listen.wsPort,
    tls,
    reusePort,
    mayListenNowhere: sharedPort !== undefined,
    limits: { ...DEFAULT_CONNECTION_LIMITS, maxMessageBytes, maxConnections, maxConnectionsPerSource },
    clock,
    timers,
    logger,
  })
}

export function createTransactionRuntime(options: StackSettings, timers: GuardedTimers, counters: MessageCounters, network: SipNetwork): TransactionRuntime {
  const { serverName } = options
  const newToken = tokenSourceOf(options)
  return {
    timing: { ...DEFAULT_TIMING, ...options.timing },
    timers,
    logger: options.logger,
    counters,
    serverHeader: serverName === undefined ? undefined : ['Server', serverName],
    newToken,
    send: (bytes, remote, onFailed) => {
      counters.sent++
      return network.send(bytes, remote, onFailed)
    },
    keep: (connectionId) => network.keep?.(connectionId),
  }
}

/** RFC 3261 20.42, 25.1; RFC 7118 5.2. */
const TRANSPORT_IN_VIA: Readonly<Record<RemoteAddress['transport'], string>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' }

/** Tags and branches tell which of the stacks on a port they are from; what stands behind the mark is as unguessable as ever. */
function tokenSourceOf({ randomToken = createTokenSource(), sharedPort }: StackSettings): (byteCount: number) => string {
  if (sharedPort === undefined) return randomToken
  const mark = placeMark(sharedPort.place)
  return (byteCount) => mark + randomToken(byteCount)
}

export function createUserAgent(runtime: TransactionRuntime, transactions: TransactionLayer, sentBy: SentBy, abilities: Abilities): UserAgent {
  const { timing, timers, logger, serverHeader, newToken } = runtime
  const salt = newToken(9)
  return {
    timing,
    timers,
    logger,
    transactions,
    legs: new KeyTable((user) => user.localTag),
    abilities,
    userAgentHeader: serverHeader === undefined ? undefined : ['User-Agent', serverHeader[1]],
    newToken,
    newVia: (to) => {
      const branch = MAGIC_COOKIE + newToken(12)
      // RFC 3581 3 for all; RFC 5923 5 for connections, but nobody can open one to a browser.
      const alias = to.transport === 'tcp' || to.transport === 'tls' ? ';alias' : ''
      return `SIP/2.0/${TRANSPORT_IN_VIA[to.transport]} ${sentBy.of(to)};branch=${branch};rport${alias}`
    },
    contact: (user, to, scheme = 'sip') => {
      const userPart = user === '' ? '' : `${user}@`
      // RFC 3261 26.2.2: sips says how already. RFC 7118 5.3 has one parameter for both kinds of WebSocket.
      const transport = to.transport === 'wss' ? 'ws' : to.transport
      const isSaid = transport === 'udp' || (transport === 'tls' && scheme === 'sips')
      return `<${scheme}:${userPart}${sentBy.of(to)}${isSaid ? '' : `;transport=${transport}`}>`
    },
    isOurPlace: (place) => sentBy.isOurPlace(place),
    send: (bytes, remote) => void runtime.send(bytes, remote),
    reply: (request, source, statusCode, reply = {}) => {
      const headers = responseHeaders(serverHeader, reply.headers)
      const toTag = reply.toTag ?? statelessTag(request, salt)
      const { reasonPhrase, body, contentType } = reply
      // A Via nobody can read (RFC 4475 3.1.2.16) names no port: back to where the request came from.
      const destination = request.topVia.host === '' ? source : responseDestination(request.topVia, source)
      runtime.send(responseBytes(request, statusCode, { reasonPhrase, body, contentType, headers, toTag }), destination)
    },
  }
}

export function createStatistics(counters: MessageCounters, userAgent: UserAgent, network: SipNetwork): SipStatistics {
  return {
    get transactions() {
      return userAgent.transactions.size
    },
    get dialogs() {
      return userAgent.legs.size
    },
    get connections() {
      return network.connections
    },
    get received() {
      return counters.received
    },
    get sent() {
      return counters.sent
    },
    get malformed() {
      return counters.malformed
    },
    get retransmitted() {
      return counters.retransmitted
    },
  }
}
