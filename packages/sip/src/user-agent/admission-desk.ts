import type { Clock, Timers } from '@dialtone/foundation'
import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { isOverloaded, mayServeUrgent, type Load } from './admission.ts'
import { LoopDelay } from './loop-delay.ts'
import { RateLimit } from './rate-limit.ts'
import type { RequestGate } from './request-gate.ts'

/** Calls for help from one address in a second: more than any site makes, so that the way past the limits is no way for a flood. */
const URGENT_PER_SECOND = 50

export interface AdmissionOptions {
  readonly clock: Clock
  readonly timers: Timers
  readonly maxTransactions: number
  readonly maxLoopDelayMs: number
  readonly maxPerSourceInvitesPerSecond?: number | undefined
  readonly maxPerSourceRequestsPerSecond?: number | undefined
}

export type Admission = 'serve' | 'refuse' | 'drop'

/** Decides which requests outside of dialogs are served now: the gate of the owner, the load, the limits per source. */
export class AdmissionDesk {
  readonly #options: AdmissionOptions
  readonly #loopDelay: LoopDelay
  readonly #invites: RateLimit
  readonly #others: RateLimit
  readonly #urgent: RateLimit
  gate: RequestGate = {}

  constructor(options: AdmissionOptions) {
    const { clock, timers } = options
    this.#options = options
    this.#loopDelay = new LoopDelay(clock, timers)
    this.#invites = new RateLimit(clock, options.maxPerSourceInvitesPerSecond)
    this.#others = new RateLimit(clock, options.maxPerSourceRequestsPerSecond)
    this.#urgent = new RateLimit(clock, URGENT_PER_SECOND)
  }

  /** @param transactions how many there are now */
  decide(request: SipRequest, source: RemoteAddress, transactions: number): Admission {
    const { maxTransactions, maxLoopDelayMs } = this.#options
    const load: Load = { transactions, maxTransactions, loopDelayMs: this.#loopDelay.measure(), maxLoopDelayMs }
    const isUnwanted = this.gate.isUnwanted?.(request, source) === true
    if (!isUnwanted && !isOverloaded(load) && this.#isWithinShare(request, source)) return 'serve'
    if (this.gate.isUrgent?.(request, source) === true && mayServeUrgent(load) && this.#urgent.take(source.address)) return 'serve'
    return isUnwanted ? 'drop' : 'refuse'
  }

  #isWithinShare(request: SipRequest, source: RemoteAddress): boolean {
    const limit = request.method === 'INVITE' ? this.#invites : this.#others
    return limit.take(source.address) || this.gate.isTrusted?.(source) === true
  }
}
