import { numericAddressOf, toHost } from './numeric-address.ts'
import type { RemoteAddress, TransportName } from './remote-address.ts'
import type { ListeningPorts } from './sip-network.ts'

const NOT_LISTENING: ListeningPorts = { udpPort: 0, tcpPort: 0, tlsPort: 0, wsPort: 0 }

/** What we call ourselves: the sent-by of our Via and the host of our Contact, such as `192.0.2.1:5060` (RFC 3261 18.1.1). */
export class SentBy {
  readonly #hosts: readonly [ipv4: string, ipv6: string]
  #ports = NOT_LISTENING

  /** @param publicAddressIpv6 for peers with IPv6 addresses; none: they see `publicAddress` too */
  constructor(publicAddress: string, publicAddressIpv6: string | undefined) {
    this.#hosts = [toHost(publicAddress), toHost(publicAddressIpv6 ?? publicAddress)]
  }

  /** Called once the network is open. */
  set ports(ports: ListeningPorts) {
    this.#ports = ports
  }

  /** @param to whom it is told */
  of(to: RemoteAddress): string {
    return `${to.address.includes(':') ? this.#hosts[1] : this.#hosts[0]}:${this.#portOf(to.transport)}`
  }

  /** Whether a Via host names us (RFC 3261 18.1.2). @param host lower case */
  isOurs(host: string): boolean {
    return this.#hosts.some((own) => own.toLowerCase() === host)
  }

  /** Whether what is sent there comes back to us. */
  isOurPlace({ address, port }: RemoteAddress): boolean {
    const { udpPort, tcpPort, tlsPort, wsPort } = this.#ports
    // Asked of every destination in a dialog: four questions cost less than a list of four.
    const isOurPort = port === udpPort || port === tcpPort || port === tlsPort || port === wsPort
    return isOurPort && this.#hosts.some((own) => numericAddressOf(own) === address)
  }

  #portOf(transport: TransportName): number {
    const { udpPort, tcpPort, tlsPort, wsPort } = this.#ports
    if (transport === 'udp') return udpPort || tcpPort
    if (transport === 'tcp') return tcpPort || udpPort
    if (transport === 'tls') return tlsPort || 5061
    // RFC 7118 5: nobody opens a WebSocket to what a Via or Contact names; behind somebody's HTTP server we do not even know its port.
    return wsPort || tcpPort || udpPort
  }
}
