import { ok, type Timers } from '@dialtone/foundation'
import type { RemoteAddress, SipNetwork, SipNetworkUser } from '@dialtone/sip'
import type { SeededNumbers } from './seeded-numbers.ts'

/** How bad the network is. */
export interface NetworkConditions {
  /** Of the datagrams, 0 to 1. */
  readonly loss: number
  readonly duplication: number
  /** How many take a detour of up to `detourMs` and come behind later ones. */
  readonly reordering: number
  readonly delayMs: number
  readonly detourMs: number
}

export interface SimulatedNetworkOptions {
  readonly timers: Timers
  readonly numbers: SeededNumbers
  readonly conditions: NetworkConditions
  /** Sees every datagram when it is sent; `copies` is how many will arrive. */
  readonly onSent: (bytes: Buffer, fromPort: number, toPort: number, copies: number) => void
}

const ADDRESS = '127.0.0.1'

/** Datagrams between stacks of one process, in virtual time: lost, doubled, late, in another order; by the seed. */
export class SimulatedNetwork {
  readonly #options: SimulatedNetworkOptions
  readonly #users = new Map<number, SipNetworkUser>()
  #sent = 0
  /** Ports nobody reaches and that reach nobody for a while, each as often as somebody wants it so. */
  readonly #isolated: number[] = []

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options
  }

  /** Datagrams since the start. */
  get sent(): number {
    return this.#sent
  }

  /** What a stack at that port speaks to. */
  at(port: number): SipNetwork {
    let closed = false
    return {
      connections: 0,
      open: (user) => {
        this.#users.set(port, user)
        return Promise.resolve(ok({ udpPort: port, tcpPort: 0, tlsPort: 0, wsPort: 0 }))
      },
      send: (bytes, remote, onFailed) => (closed ? undefined : this.#send(bytes, port, remote, onFailed)),
      close: () => {
        closed = true
        this.#users.delete(port)
        return Promise.resolve()
      },
    }
  }

  /** For so long, whoever listens at that port is alone. */
  isolate(port: number, durationMs: number): void {
    this.#isolated.push(port)
    this.#options.timers.start(durationMs, () => void this.#isolated.splice(this.#isolated.indexOf(port), 1))
  }

  /** Whoever listens at that port hears and says nothing any more: the cable was pulled. */
  cut(port: number): void {
    this.#users.delete(port)
  }

  #send(bytes: Buffer, fromPort: number, remote: RemoteAddress, onFailed: ((reason: string) => void) | undefined): undefined {
    if (remote.transport !== 'udp') {
      onFailed?.('only datagrams here')
      return undefined
    }
    if (!this.#users.has(fromPort)) return undefined
    this.#sent++
    const { numbers, conditions, onSent } = this.#options
    const isLost = numbers.chance(conditions.loss) || this.#isolated.includes(fromPort) || this.#isolated.includes(remote.port)
    const copies = isLost ? 0 : numbers.chance(conditions.duplication) ? 2 : 1
    onSent(bytes, fromPort, remote.port, copies)
    for (let copy = 0; copy < copies; copy++) this.#deliver(Buffer.from(bytes), fromPort, remote.port)
    return undefined
  }

  #deliver(bytes: Buffer, fromPort: number, toPort: number): void {
    const { timers, numbers, conditions } = this.#options
    const detourMs = numbers.chance(conditions.reordering) ? numbers.below(conditions.detourMs) : 0
    timers.start(1 + numbers.below(conditions.delayMs) + detourMs, () => {
      this.#users.get(toPort)?.onMessage(bytes, { transport: 'udp', address: ADDRESS, port: fromPort })
    })
  }
}
