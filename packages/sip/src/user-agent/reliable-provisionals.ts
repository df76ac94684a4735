import type { Timer } from '@dialtone/foundation'
import { acknowledgeReliable, addReliable, parseRAck, type ReliableState, type ReliableStep, startReliable, waitedForPrack } from '../dialog/index.ts'
import type { SipRequest } from '../message/index.ts'
import type { OutgoingResponse } from '../transaction/index.ts'
import { randomBelow } from './glare.ts'
import type { RespondOptions } from './incoming-request.ts'
import type { UserAgent } from './user-agent.ts'

/** A provisional response that is to be acknowledged. */
export interface ReliableResponse {
  readonly statusCode: number
  readonly options: RespondOptions
}

export interface ReliableProvisionalsOptions {
  readonly userAgent: UserAgent
  readonly invite: SipRequest
  send(response: ReliableResponse, rseq: number): OutgoingResponse | undefined
  resend(response: OutgoingResponse): void
  /** Nobody acknowledged one in 64*T1. */
  onGivenUp(): void
}

/** The reliable provisional responses to an INVITE (RFC 3262 3). */
export class ReliableProvisionals {
  readonly #options: ReliableProvisionalsOptions
  #state: ReliableState<ReliableResponse>
  #sent: OutgoingResponse | undefined
  #timer: Timer | undefined

  constructor(options: ReliableProvisionalsOptions) {
    this.#options = options
    this.#state = startReliable(1 + randomBelow(options.userAgent, 1_000_000))
  }

  /** Whether one with a session description waits for its PRACK or its turn: then no 2xx may be sent (5). */
  get holdsAnswer(): boolean {
    const { outstanding, waiting } = this.#state
    return outstanding?.response.options.body !== undefined || waiting.some(({ options }) => options.body !== undefined)
  }

  /** RSeq of the one that waits for its PRACK. */
  get awaitedRSeq(): number | undefined {
    return this.#state.outstanding?.sequence
  }

  send(response: ReliableResponse): void {
    this.#perform(addReliable(this.#state, response, this.#options.userAgent.timing.t1Ms))
  }

  /** @returns what the PRACK acknowledges; undefined: nothing of ours */
  acknowledge(prack: SipRequest): ReliableResponse | undefined {
    const { invite, userAgent } = this.#options
    const rack = parseRAck(prack.header('rack'))
    if (rack === undefined || rack.cseq !== invite.cseq.sequence || rack.method !== 'INVITE') return undefined
    const response = this.#state.outstanding?.response
    const step = acknowledgeReliable(this.#state, rack.sequence, userAgent.timing.t1Ms)
    if (step === undefined) return undefined
    this.#timer?.cancel()
    this.#perform(step)
    return response
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #perform({ state, effect }: ReliableStep<ReliableResponse>): void {
    this.#state = state
    if (effect === undefined) return
    if (effect.type === 'giveUp') {
      this.#options.onGivenUp()
      return
    }
    if (effect.type === 'send') this.#sent = this.#options.send(effect.response, effect.sequence)
    else if (this.#sent !== undefined) this.#options.resend(this.#sent)
    this.#timer = this.#options.userAgent.timers.start(effect.delayMs, () => this.#perform(waitedForPrack(this.#state)))
  }
}
