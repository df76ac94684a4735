import { type LogFields, type Logger, ManualTime } from '@dialtone/foundation'
import { expect } from 'vitest'
import { createSipStack, type LegEvent, type RemoteAddress, type SipLeg, type SipStack, type SipStackOptions } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { RawPeer } from './raw-peer.ts'

export interface RunningStack {
  readonly stack: SipStack
  readonly udp: RemoteAddress
  readonly tcp: RemoteAddress
  /** The certificate of `TLS_SERVER` is for that name. */
  readonly tls: RemoteAddress
  readonly wsPort: number
  /** Errors logged: handlers that threw. */
  readonly errors: readonly string[]
}

/** Longer than any timer of a transaction: 64*T1 and then T4. */
const ALL_TIMERS_MS = 40_000

/** Stacks and raw peers on the loopback interface, in virtual time. `close` fails when a stack has kept something. */
export class StackHarness {
  readonly time = new ManualTime()
  readonly #stacks: RunningStack[] = []
  readonly #peers: RawPeer[] = []

  async stack(options: Partial<SipStackOptions> = {}): Promise<RunningStack> {
    const errors: string[] = []
    const stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 },
      publicAddress: '127.0.0.1',
      clock: this.time,
      timers: this.time,
      logger: recordErrors(errors),
      ...options,
    })
    const started = await stack.start()
    if (!started.ok) throw new Error(started.error.message)
    const { udpPort, tcpPort, tlsPort, wsPort } = started.value
    const running: RunningStack = {
      stack,
      udp: { transport: 'udp', address: '127.0.0.1', port: udpPort },
      tcp: { transport: 'tcp', address: '127.0.0.1', port: tcpPort },
      tls: { transport: 'tls', address: '127.0.0.1', port: tlsPort, serverName: 'sip.example.com' },
      wsPort,
      errors,
    }
    this.#stacks.push(running)
    return running
  }

  async peer(): Promise<RawPeer> {
    const peer = await RawPeer.open()
    this.#peers.push(peer)
    return peer
  }

  async close(): Promise<void> {
    this.time.advance(ALL_TIMERS_MS)
    // A BYE that nobody answered may have started then.
    this.time.advance(ALL_TIMERS_MS)
    const left = this.#stacks.map(({ stack }) => ({ transactions: stack.statistics.transactions, dialogs: stack.statistics.dialogs }))
    await Promise.all([...this.#stacks.map(({ stack }) => stack.stop()), ...this.#peers.map((peer) => peer.close())])
    for (const { transactions, dialogs } of left) expect({ transactions, dialogs }).toEqual({ transactions: 0, dialogs: 0 })
  }
}

/** The events of a leg, one by one. */
export class LegWatch {
  readonly #events = new Arrivals<LegEvent>()

  constructor(leg: SipLeg) {
    leg.onEvent((event) => this.#events.push(event))
  }

  /** Waits for the next event, which must be of this type. */
  async next<Type extends LegEvent['type']>(type: Type): Promise<Extract<LegEvent, { type: Type }>> {
    const event = await this.#events.next()
    if (!isOfType(event, type)) throw new Error(`expected ${type}, got ${event.type}`)
    return event
  }

  /** The types of the events not taken yet. */
  get rest(): readonly string[] {
    return this.#events.takeAll().map((event) => event.type)
  }
}

function isOfType<Type extends LegEvent['type']>(event: LegEvent, type: Type): event is Extract<LegEvent, { type: Type }> {
  return event.type === type
}

function recordErrors(errors: string[]): Logger {
  const ignore = (): void => undefined
  const error = (message: string, fields?: LogFields): void => {
    errors.push(`${message}: ${String(fields?.['error'])}`)
  }
  return { debug: ignore, info: ignore, warn: ignore, error }
}
