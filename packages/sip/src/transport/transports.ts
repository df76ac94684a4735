import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Clock, err, type Logger, ok, type Result, type Timers } from '@dialtone/foundation'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { ConnectionTable } from './connection-table.ts'
import type { ListenFailure } from './listen-failure.ts'
import { isDestination } from './numeric-address.ts'
import type { RemoteAddress } from './remote-address.ts'
import type { ListeningPorts, SipNetwork, SipNetworkUser } from './sip-network.ts'
import { StreamTransport } from './stream-transport.ts'
import { createTlsContext, type TlsContext, type TlsOptions } from './tls-context.ts'
import { openUdpTransport, type UdpTransport } from './udp-transport.ts'
import { WebSocketTransport } from './web-socket-transport.ts'

export interface TransportsOptions {
  readonly host: string
  /** 0 is any free port; undefined: no such transport. UDP and TCP both 0: the same number for both. */
  readonly udpPort: number | undefined
  readonly tcpPort: number | undefined
  /** Needs `tls`. */
  readonly tlsPort: number | undefined
  readonly wsPort: number | undefined
  readonly tls: TlsOptions | undefined
  /** The WebSockets of somebody's HTTP server are enough. Default false. */
  readonly mayListenNowhere?: boolean
  /** Several processes or threads share the ports, and the kernel spreads what arrives among them. */
  readonly reusePort: boolean
  readonly limits: ConnectionLimits
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

/** How often a free UDP port whose number is taken for TCP is given back. */
const SAME_PORT_ATTEMPTS = 20

type Opened = Result<undefined, ListenFailure>

/** The sockets of a stack (RFC 3261 18). */
export class Transports implements SipNetwork {
  readonly #options: TransportsOptions
  readonly #connections: ConnectionTable
  #udp: UdpTransport | undefined
  #tcp: StreamTransport | undefined
  #tls: StreamTransport | undefined
  #webSocket: WebSocketTransport | undefined

  constructor(options: TransportsOptions) {
    this.#options = options
    this.#connections = new ConnectionTable(options.limits)
  }

  get connections(): number {
    return this.#connections.size
  }

  async open(user: SipNetworkUser): Promise<Result<ListeningPorts, ListenFailure>> {
    const { udpPort, tcpPort } = this.#options
    const attempts = udpPort === 0 && tcpPort === 0 ? SAME_PORT_ATTEMPTS : 1
    for (let attempt = 1; ; attempt++) {
      const opened = await this.#openAll(user)
      if (opened.ok) return ok(this.#ports())
      await this.#closeSockets()
      if (opened.error.code !== 'PortInUse' || attempt === attempts) return opened
    }
  }

  send(bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void): string | undefined {
    if (remote.transport === 'udp') {
      if (!isDestination(remote.address, remote.port)) onFailed?.('not a destination')
      else if (this.#udp === undefined) onFailed?.('no UDP transport')
      else this.#udp.send(bytes, remote.address, remote.port, onFailed)
      return undefined
    }
    const connection = this.#connectionTo(remote)
    if (typeof connection === 'string') {
      onFailed?.(connection)
      return undefined
    }
    connection.send(bytes, onFailed)
    return connection.id
  }

  connect(remote: RemoteAddress, withinMs: number, onOutcome: (connectionId: string | undefined) => void): void {
    const connection = remote.transport === 'udp' ? '' : this.#connectionTo(remote)
    if (typeof connection === 'string') onOutcome(undefined)
    else connection.whenReady(withinMs, (isReady) => onOutcome(isReady ? connection.id : undefined))
  }

  addAlias(connectionId: string, port: number): void {
    this.#connections.addAlias(connectionId, port)
  }

  keep(connectionId: string): void {
    this.#connections.keep(connectionId)
  }

  acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#webSocket === undefined) socket.destroy()
    else this.#webSocket.accept(request, socket, head)
  }

  async close(): Promise<void> {
    this.#connections.closeAll('the stack stops')
    await this.#closeSockets()
  }

  /** @returns why there is none */
  #connectionTo(remote: RemoteAddress): Connection | string {
    if (!isDestination(remote.address, remote.port)) return 'not a destination'
    const found = this.#connections.find(remote)
    if (found !== undefined) return found
    // RFC 7118 5: nobody but the browser opens its connection.
    if (remote.transport === 'ws' || remote.transport === 'wss') return 'the WebSocket is closed'
    const transport = remote.transport === 'tls' ? this.#tls : this.#tcp
    if (transport === undefined) return remote.transport === 'tls' ? 'no TLS transport' : 'no TCP transport'
    return this.#connections.admits(remote.address) ? transport.connect(remote) : 'too many connections'
  }

  async #openAll(user: SipNetworkUser): Promise<Opened> {
    const { udpPort, tcpPort, tlsPort, wsPort, mayListenNowhere = false } = this.#options
    if (!mayListenNowhere && [udpPort, tcpPort, tlsPort, wsPort].every((port) => port === undefined))
      return err({ code: 'ListenFailed', message: 'no transport is asked for' })
    const udp = await this.#openUdp(user)
    if (!udp.ok) return udp
    const tcp = await this.#openTcp(user)
    if (!tcp.ok) return tcp
    const tls = await this.#openTls(user)
    return tls.ok ? this.#openWebSocket(user) : tls
  }

  async #openUdp({ onMessage }: SipNetworkUser): Promise<Opened> {
    const { host, udpPort: port, reusePort, logger } = this.#options
    if (port === undefined) return ok(undefined)
    const onDatagram = (bytes: Buffer, address: string, from: number): void => onMessage(bytes, { transport: 'udp', address, port: from, isFlow: true })
    const udp = await openUdpTransport({ host, port, reusePort, logger, onDatagram })
    if (!udp.ok) return udp
    this.#udp = udp.value
    return ok(undefined)
  }

  async #openTcp(user: SipNetworkUser): Promise<Opened> {
    const { tcpPort, udpPort } = this.#options
    if (tcpPort === undefined) return ok(undefined)
    const port = tcpPort === 0 && udpPort === 0 ? this.#udp?.port : tcpPort
    const tcp = await StreamTransport.open({ ...this.#shared(user), port, tls: undefined })
    if (!tcp.ok) return tcp
    this.#tcp = tcp.value
    return ok(undefined)
  }

  /** With `tls` and no port, TLS connections are made but not accepted. */
  async #openTls(user: SipNetworkUser): Promise<Opened> {
    const { tlsPort: port, tls: settings } = this.#options
    if (settings === undefined) return port === undefined ? ok(undefined) : err({ code: 'ListenFailed', message: 'TLS: a key and a certificate are needed' })
    const context = tlsContextOf(settings)
    if (!context.ok) return context
    const tls = await StreamTransport.open({ ...this.#shared(user), port, tls: context.value })
    if (!tls.ok) return tls
    this.#tls = tls.value
    return ok(undefined)
  }

  async #openWebSocket(user: SipNetworkUser): Promise<Opened> {
    const webSocket = await WebSocketTransport.open({ ...this.#shared(user), port: this.#options.wsPort })
    if (!webSocket.ok) return webSocket
    this.#webSocket = webSocket.value
    return ok(undefined)
  }

  #shared(user: SipNetworkUser) {
    const { host, reusePort, limits, clock, timers, logger } = this.#options
    return { host, reusePort, limits, clock, timers, logger, connections: this.#connections, ...user }
  }

  #ports(): ListeningPorts {
    return { udpPort: this.#udp?.port ?? 0, tcpPort: this.#tcp?.port ?? 0, tlsPort: this.#tls?.port ?? 0, wsPort: this.#webSocket?.port ?? 0 }
  }

  async #closeSockets(): Promise<void> {
    const open = [this.#udp, this.#tcp, this.#tls, this.#webSocket]
    this.#udp = this.#tcp = this.#tls = this.#webSocket = undefined
    await Promise.all(open.map(async (transport) => transport?.close()))
  }
}

function tlsContextOf(options: TlsOptions): Result<TlsContext, ListenFailure> {
  try {
    return ok(createTlsContext(options))
  } catch (error) {
    return err({ code: 'ListenFailed', message: `TLS: the key or certificate cannot be used: ${error instanceof Error ? error.message : String(error)}` })
  }
}
