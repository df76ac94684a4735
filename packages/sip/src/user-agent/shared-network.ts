import type { RemoteAddress, SipNetwork, SipNetworkUser } from '../transport/index.ts'
import { type HandedOver, placeMark, placeOfMark, type SharedPort } from './shared-port.ts'

/**
 * The network of one of several stacks on a port: ids of connections begin with the place of the stack that has them, and what
 * shall go over another's connection is handed to it. UDP is everybody's: all send from the same port.
 */
export class SharedNetwork implements SipNetwork {
  readonly #inner: SipNetwork
  readonly #port: SharedPort
  #user: SipNetworkUser | undefined

  constructor(inner: SipNetwork, port: SharedPort) {
    this.#inner = inner
    this.#port = port
  }

  get connections(): number {
    return this.#inner.connections
  }

  open(user: SipNetworkUser): ReturnType<SipNetwork['open']> {
    this.#user = user
    return this.#inner.open({
      onMessage: (bytes, source) => user.onMessage(bytes, this.#named(source)),
      onConnectionClosed: (id) => {
        const connectionId = this.#outerId(id)
        user.onConnectionClosed(connectionId)
        this.#tellOthers({ kind: 'connectionClosed', connectionId })
      },
    })
  }

  send(bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void): string | undefined {
    const place = this.#homeOf(remote)
    if (place === this.#port.place) return this.#outerIdOf(this.#inner.send(bytes, this.#unnamed(remote), onFailed))
    // When it cannot be sent there, `connectionClosed` comes back.
    this.#port.handOver(place, { kind: 'send', bytes, remote })
    return remote.connectionId
  }

  connect(remote: RemoteAddress, withinMs: number, onOutcome: (connectionId: string | undefined) => void): void {
    // Another stack's connection stands, or what goes over it will fail.
    if (this.#homeOf(remote) !== this.#port.place) onOutcome(remote.connectionId)
    else if (this.#inner.connect === undefined) onOutcome(undefined)
    else this.#inner.connect(this.#unnamed(remote), withinMs, (id) => onOutcome(this.#outerIdOf(id)))
  }

  /** Of a connection of ours only: another stack that wants to reach the peer's port opens its own. */
  addAlias(connectionId: string, port: number): void {
    if (placeOfMark(connectionId, 0) === this.#port.place) this.#inner.addAlias?.(connectionId.slice(1), port)
  }

  keep(connectionId: string): void {
    const home = placeOfMark(connectionId, 0)
    if (home === this.#port.place) this.#inner.keep?.(connectionId.slice(1))
    else if (home >= 0 && home <= this.#port.count) this.#port.handOver(home, { kind: 'keep', connectionId })
  }

  acceptWebSocket(...upgrade: Parameters<NonNullable<SipNetwork['acceptWebSocket']>>): void {
    this.#inner.acceptWebSocket?.(...upgrade)
  }

  /** Something for one of our connections, or news of another's. */
  takeOver(handed: Exclude<HandedOver, { kind: 'received' }>, from: number): void {
    if (handed.kind === 'connectionClosed') {
      this.#user?.onConnectionClosed(handed.connectionId)
      return
    }
    if (handed.kind === 'keep') {
      this.keep(handed.connectionId)
      return
    }
    const { bytes, remote } = handed
    const { connectionId = '' } = remote
    this.#inner.send(bytes, this.#unnamed(remote), () => this.#port.handOver(from, { kind: 'connectionClosed', connectionId }))
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #tellOthers(handed: HandedOver): void {
    for (let place = 0; place <= this.#port.count; place++) if (place !== this.#port.place) this.#port.handOver(place, handed)
  }

  #named(source: RemoteAddress): RemoteAddress {
    return source.connectionId === undefined ? source : { ...source, connectionId: this.#outerId(source.connectionId) }
  }

  #unnamed(remote: RemoteAddress): RemoteAddress {
    return remote.connectionId === undefined ? remote : { ...remote, connectionId: remote.connectionId.slice(1) }
  }

  /** The place of the stack that has the connection; ours when no stack can have it. */
  #homeOf({ connectionId }: RemoteAddress): number {
    const { place, count } = this.#port
    const home = connectionId === undefined ? place : placeOfMark(connectionId, 0)
    return home >= 0 && home <= count ? home : place
  }

  #outerId(id: string): string {
    return placeMark(this.#port.place) + id
  }

  #outerIdOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#outerId(id)
  }
}
