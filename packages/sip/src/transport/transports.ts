import { type Clock, err, type Logger, ok, type Result, type Timers } from '@dialtone/foundation'
import type { ListenFailure } from './listen-failure.ts'
import { isDestination, toHost } from './numeric-address.ts'
import type { RemoteAddress, TransportName } from './remote-address.ts'
import type { TcpLimits } from './tcp-connection.ts'
import { TcpTransport } from './tcp-transport.ts'
import { openUdpTransport, type UdpTransport } from './udp-transport.ts'

export interface TransportsOptions {
  readonly host: string
  /** 0 is any free port; undefined: no such transport. Both 0: the same number for both. */
  readonly udpPort: number | undefined
  readonly tcpPort: number | undefined
  /** Other stacks may bind the ports too. Default false. */
  readonly reusePort?: boolean
  readonly publicAddress: string
  readonly tcpLimits: TcpLimits
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** One datagram, or one message of a stream. */
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onConnectionClosed: (connectionId: string) => void
}

/** How often a free UDP port whose number is taken for TCP is given back. */
const SAME_PORT_ATTEMPTS = 20

/** The sockets of a stack (RFC 3261 18). */
export class Transports {
  readonly #options: TransportsOptions
  #udp: UdpTransport | undefined
  #tcp: TcpTransport | undefined
  #udpSentBy = ''
  #tcpSentBy = ''

  constructor(options: TransportsOptions) {
    this.#options = options
  }

  get udpPort(): number {
    return this.#udp?.port ?? 0
  }

  get tcpPort(): number {
    return this.#tcp?.port ?? 0
  }

  get connections(): number {
    return this.#tcp?.connections ?? 0
  }

  async open(): Promise<Result<undefined, ListenFailure>> {
    const { udpPort, tcpPort } = this.#options
    const attempts = udpPort === 0 && tcpPort === 0 ? SAME_PORT_ATTEMPTS : 1
    let result: Result<undefined, ListenFailure> = err({ code: 'ListenFailed', message: 'no transport is asked for' })
    for (let attempt = 0; attempt < attempts; attempt++) {
      result = await this.#openBoth()
      if (result.ok || result.error.code !== 'PortInUse') break
    }
    if (result.ok) this.#rememberSentBy()
    return result
  }

  /** The sent-by of our Via and the host of our Contact, such as `192.0.2.1:5060`. */
  sentBy(transport: TransportName): string {
    return transport === 'udp' ? this.#udpSentBy : this.#tcpSentBy
  }

  /**
   * @param onFailed called when the bytes could not be handed over, perhaps before `send` returns
   * @returns the id of the connection used, for TCP
   */
  send(bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void): string | undefined {
    if (!isDestination(remote.address, remote.port)) {
      onFailed?.('not a destination')
      return undefined
    }
    if (remote.transport === 'tcp') {
      if (this.#tcp !== undefined) return this.#tcp.send(bytes, remote, onFailed)
      onFailed?.('no TCP transport')
      return undefined
    }
    if (this.#udp === undefined) onFailed?.('no UDP transport')
    else this.#udp.send(bytes, remote.address, remote.port, onFailed)
    return undefined
  }

  /** See `TcpTransport.addAlias`. */
  addAlias(connectionId: string, port: number): void {
    this.#tcp?.addAlias(connectionId, port)
  }

  async close(): Promise<void> {
    const udp = this.#udp
    const tcp = this.#tcp
    this.#udp = undefined
    this.#tcp = undefined
    await Promise.all([udp?.close(), tcp?.close()])
  }

  async #openBoth(): Promise<Result<undefined, ListenFailure>> {
    const { host, udpPort, tcpPort, reusePort = false, logger, clock, timers, tcpLimits, onMessage, onConnectionClosed } = this.#options
    if (udpPort === undefined && tcpPort === undefined) return err({ code: 'ListenFailed', message: 'no transport is asked for' })
    if (udpPort !== undefined) {
      const onDatagram = (bytes: Buffer, address: string, port: number): void => onMessage(bytes, { transport: 'udp', address, port })
      const udp = await openUdpTransport({ host, port: udpPort, reusePort, logger, onDatagram })
      if (!udp.ok) return udp
      this.#udp = udp.value
    }
    if (tcpPort !== undefined) {
      const port = tcpPort === 0 && udpPort === 0 ? this.udpPort : tcpPort
      const tcp = await TcpTransport.open({ host, port, reusePort, limits: tcpLimits, clock, timers, logger, onMessage, onConnectionClosed })
      if (!tcp.ok) {
        await this.close()
        return tcp
      }
      this.#tcp = tcp.value
    }
    return ok(undefined)
  }

  #rememberSentBy(): void {
    const host = toHost(this.#options.publicAddress)
    this.#udpSentBy = `${host}:${this.udpPort || this.tcpPort}`
    this.#tcpSentBy = `${host}:${this.tcpPort || this.udpPort}`
  }
}
