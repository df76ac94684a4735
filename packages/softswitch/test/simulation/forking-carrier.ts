import { createRequest, parseMessage, serialize } from '@dialtone/sip'
import type { RemoteAddress, SipNetwork, SipNetworkUser, SipRequest, SipResponse } from '@dialtone/sip'
import type { SeededNumbers } from './seeded-numbers.ts'
import type { VirtualTime } from './virtual-time.ts'

interface Fork {
  readonly invite: SipRequest
  readonly source: RemoteAddress
  /** The branches that have not said no. */
  readonly left: Set<number>
  isAnswered: boolean
  /** The branch whose no is everybody's. */
  refusedBy: number | undefined
}

/**
 * A proxy in front of a carrier's gateways (RFC 3261 16.7): it sends every INVITE to each of them, passes on each 18x and each 200, with the tags they come
 * with, and of those that say no only the last. Whom it cancels after an answer may have answered too. What belongs to a dialog goes past it.
 */
export class ForkingCarrier {
  readonly #ports: readonly number[]
  readonly #numbers: SeededNumbers
  readonly #time: VirtualTime
  readonly #onFurtherAnswer: (callId: string) => void
  readonly #users = new Map<number, SipNetworkUser>()
  readonly #forks = new Map<string, Fork>()
  readonly #answers = new Map<string, Set<number>>()

  /** @param ports of its gateways; calls come to the first */
  constructor(ports: readonly number[], numbers: SeededNumbers, time: VirtualTime, onFurtherAnswer: (callId: string) => void) {
    this.#ports = ports
    this.#numbers = numbers
    this.#time = time
    this.#onFurtherAnswer = onFurtherAnswer
  }

  /** What the gateway at that port speaks to. */
  behind(network: SipNetwork, port: number): SipNetwork {
    return {
      ...network,
      open: (user) => {
        this.#users.set(port, user)
        return network.open({ ...user, onMessage: (bytes, source) => this.#receive(bytes, source, port) })
      },
      send: (bytes, remote, onFailed) => (this.#passes(bytes, port) ? network.send(bytes, remote, onFailed) : undefined),
    }
  }

  /** Its gateway's cable was pulled. */
  cut(port: number): void {
    this.#users.delete(port)
  }

  #receive(bytes: Buffer, source: RemoteAddress, port: number): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok || parsed.value.kind !== 'request' || port !== this.#ports[0]) return this.#users.get(port)?.onMessage(bytes, source)
    const request = parsed.value
    const { method } = request
    if (method === 'INVITE' && request.toTag === undefined) return this.#fork(request, bytes, source)
    const fork = this.#forks.get(branchOf(request))
    if (method === 'CANCEL' && fork !== undefined) return this.#toAll(bytes, source)
    const { refusedBy } = fork ?? {}
    if (method === 'ACK' && refusedBy !== undefined) return this.#users.get(refusedBy)?.onMessage(bytes, source)
    return this.#users.get(port)?.onMessage(bytes, source)
  }

  #fork(invite: SipRequest, bytes: Buffer, source: RemoteAddress): void {
    const branch = branchOf(invite)
    if (!this.#forks.has(branch)) this.#forks.set(branch, { invite, source, left: new Set(this.#ports), isAnswered: false, refusedBy: undefined })
    this.#toAll(bytes, source)
  }

  #toAll(bytes: Buffer, source: RemoteAddress): void {
    for (const port of this.#ports) this.#users.get(port)?.onMessage(Buffer.from(bytes), source)
  }

  /** @returns whether the switch hears what a gateway says */
  #passes(bytes: Buffer, port: number): boolean {
    const parsed = parseMessage(bytes)
    if (!parsed.ok || parsed.value.kind !== 'response' || parsed.value.cseq.method !== 'INVITE') return true
    const response = parsed.value
    const fork = this.#forks.get(branchOf(response))
    if (fork === undefined || response.statusCode < 200) return true
    if (response.statusCode < 300) this.#noteAnswer(fork, port)
    if (response.statusCode < 300 || fork.refusedBy === port) return true
    fork.left.delete(port)
    if (fork.left.size === 0 && !fork.isAnswered && fork.refusedBy === undefined) {
      fork.refusedBy = port
      return true
    }
    this.#tell(port, acknowledgementOf(fork.invite, response), fork.source)
    return false
  }

  #noteAnswer(fork: Fork, port: number): void {
    const { callId } = fork.invite
    const answers = this.#answers.get(callId) ?? new Set()
    this.#answers.set(callId, answers)
    if (answers.size > 0 && !answers.has(port)) this.#onFurtherAnswer(callId)
    answers.add(port)
    if (fork.isAnswered) return
    fork.isAnswered = true
    // 16.7 step 10, now and then forgotten.
    const cancelsAfterMs = this.#numbers.pick([0, 400, 5_000, undefined])
    if (cancelsAfterMs === undefined) return
    this.#time.start(cancelsAfterMs, () => {
      for (const other of fork.left) if (!answers.has(other)) this.#tell(other, cancelOf(fork.invite), fork.source)
    })
  }

  #tell(port: number, request: SipRequest, source: RemoteAddress): void {
    this.#time.start(1, () => this.#users.get(port)?.onMessage(serialize(request), source))
  }
}

function branchOf(message: SipRequest | SipResponse): string {
  return message.topVia.parameters.get('branch') ?? ''
}

/** RFC 3261 17.1.1.3. */
function acknowledgementOf(invite: SipRequest, refusal: SipResponse): SipRequest {
  return requestLike(invite, 'ACK', refusal.header('to') ?? '')
}

/** RFC 3261 9.1. */
function cancelOf(invite: SipRequest): SipRequest {
  return requestLike(invite, 'CANCEL', invite.header('to') ?? '')
}

function requestLike(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  const headers = ['Via', 'From', 'Call-ID'].map((name) => [name, invite.header(name.toLowerCase()) ?? ''] as const)
  return createRequest({
    method,
    uri: invite.uriText,
    headers: [...headers, ['To', to], ['CSeq', `${invite.cseq.sequence} ${method}`], ['Max-Forwards', '70']],
  })
}
