import { createResponse, type Header, serialize } from '../message/index.ts'
import { DEFAULT_TIMING, MAGIC_COOKIE, statelessTag } from '../transaction/index.ts'
import { DEFAULT_TCP_LIMITS, type RemoteAddress, responseDestination, toHost, Transports } from '../transport/index.ts'
import type { GuardedTimers } from './guarded-timers.ts'
import type { SipStackLimits, SipStackOptions, SipStatistics } from './sip-stack.ts'
import { createTokenSource } from './token-source.ts'
import type { TransactionLayer } from './transaction-layer.ts'
import type { MessageCounters, TransactionRuntime } from './transaction-runtime.ts'
import type { UserAgent } from './user-agent.ts'

export type EffectiveLimits = Omit<SipStackLimits, 'maxPerSourceInvitesPerSecond'> & Partial<SipStackLimits>

export const DEFAULT_LIMITS: EffectiveLimits = {
  maxMessageBytes: DEFAULT_TCP_LIMITS.maxMessageBytes,
  maxTransactions: 200_000,
  maxConnections: DEFAULT_TCP_LIMITS.maxConnections,
}

export interface TransportUser {
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onConnectionClosed: (connectionId: string) => void
}

export function createTransports(options: SipStackOptions, timers: GuardedTimers, limits: EffectiveLimits, user: TransportUser): Transports {
  const { listen, publicAddress, clock, logger } = options
  const { maxMessageBytes, maxConnections } = limits
  return new Transports({
    host: listen.host,
    udpPort: listen.udpPort,
    tcpPort: listen.tcpPort,
    reusePort: options.reusePort === true,
    publicAddress,
    tcpLimits: { ...DEFAULT_TCP_LIMITS, maxMessageBytes, maxConnections },
    clock,
    timers,
    logger,
    ...user,
  })
}

export function createTransactionRuntime(
  options: SipStackOptions,
  timers: GuardedTimers,
  counters: MessageCounters,
  transports: Transports,
): TransactionRuntime {
  const newToken = options.randomToken ?? createTokenSource()
  return {
    timing: { ...DEFAULT_TIMING, ...options.timing },
    timers,
    logger: options.logger,
    counters,
    serverName: options.serverName,
    newToken,
    send: (bytes, remote, onFailed) => {
      counters.sent++
      return transports.send(bytes, remote, onFailed)
    },
  }
}

export function createUserAgent(runtime: TransactionRuntime, transactions: TransactionLayer, transports: Transports): UserAgent {
  const { timing, timers, logger, serverName, newToken } = runtime
  const salt = newToken(9)
  return {
    timing,
    timers,
    logger,
    transactions,
    legs: new Map(),
    serverName,
    newToken,
    newVia: (transport) => {
      const branch = MAGIC_COOKIE + newToken(12)
      // RFC 3581 3 for both, RFC 5923 5 for connections.
      if (transport === 'udp') return `SIP/2.0/UDP ${transports.sentBy('udp')};branch=${branch};rport`
      return `SIP/2.0/TCP ${transports.sentBy('tcp')};branch=${branch};rport;alias`
    },
    contact: (user, transport) => {
      const userPart = user === '' ? '' : `${user}@`
      return `<sip:${userPart}${transports.sentBy(transport)}${transport === 'tcp' ? ';transport=tcp' : ''}>`
    },
    send: (bytes, remote) => void runtime.send(bytes, remote),
    reply: (request, source, statusCode, reply = {}) => {
      const headers: Header[] = serverName === undefined ? [] : [['Server', serverName]]
      if (reply.headers !== undefined) headers.push(...reply.headers)
      const toTag = reply.toTag ?? statelessTag(request, salt)
      const response = createResponse(request, statusCode, { ...reply, headers, toTag })
      // A Via nobody can read (RFC 4475 3.1.2.16) names no port: back to where the request came from.
      const destination = request.topVia.host === '' ? source : responseDestination(request.topVia, source)
      runtime.send(serialize(response), destination)
    },
  }
}

export function createStatistics(counters: MessageCounters, userAgent: UserAgent, transports: Transports): SipStatistics {
  return {
    get transactions() {
      return userAgent.transactions.size
    },
    get dialogs() {
      return userAgent.legs.size
    },
    get connections() {
      return transports.connections
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

/** The host part of our Via, as a parsed response shows it. */
export function sentByHost(publicAddress: string): string {
  return toHost(publicAddress).toLowerCase()
}
