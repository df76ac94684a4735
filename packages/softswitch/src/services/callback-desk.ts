import type { Clock, Logger, Timer, Timers } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'
import type { CallbackAttempts, KeptPlace, QueueBoard, QueueCallback } from './queue-board.ts'

/** How often it is looked whether it is somebody's turn. */
const LOOK_MS = 1_000
/** Agents that were rung and did not answer are left alone that long. */
const AGENTS_REST_MS = 5_000
/** Who was busy or did not answer is called again after that long, and so often in all. */
const RETRY_MS = 60_000
const MAX_ATTEMPTS = 3
/** Whoever could not be reached for a working day has done without us. */
const LONGEST_WAIT_MS = 8 * 3_600_000

/** The two calls of a callback: to an agent, and from that agent's line to the caller. */
export interface CallbackCalls {
  readonly agentSessionId: string
  readonly callerSessionId: string
}

export interface CallbackNeeds {
  readonly queues: QueueBoard
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly isStaffed: (queueId: string, callback: QueueCallback) => boolean
  /** An agent would ring now. */
  readonly isAgentFree: (queueId: string, callback: QueueCallback) => boolean
  /** @returns undefined when no call may begin now */
  readonly begin: (queueId: string, callback: QueueCallback) => CallbackCalls | undefined
}

const NONE: CallbackAttempts = { made: 0, notBeforeMs: 0 }

/** Calls those back who have kept their place in a queue: an agent first, then them. Runs a timer only while there are some. */
export class CallbackDesk {
  readonly #needs: CallbackNeeds
  readonly #running = new Map<string, { readonly place: KeptPlace; readonly isToCaller: boolean }>()
  #timer: Timer | undefined
  #isStopped = false

  constructor(needs: CallbackNeeds) {
    this.#needs = needs
    needs.queues.whenKept(() => this.#await())
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Told after every step of every call. */
  observe(state: CallState): void {
    if (this.#running.size === 0) return
    const running = this.#running.get(state.sessionId)
    if (running === undefined) return
    if (running.isToCaller) this.#observeCaller(state, running.place)
    else if (state.phase === 'over') {
      this.#running.delete(state.sessionId)
      if (state.outcome?.code !== 'Transferred') this.#rest(running.place, AGENTS_REST_MS)
    }
  }

  #observeCaller({ sessionId, phase, winnerId }: CallState, place: KeptPlace): void {
    if (winnerId !== undefined) {
      this.#running.delete(sessionId)
      this.#needs.logger.info('a caller of a queue was called back', { queueId: place.queueId })
      return place.leave()
    }
    if (phase !== 'over') return undefined
    this.#running.delete(sessionId)
    const made = attemptsOf(place).made + 1
    if (made >= MAX_ATTEMPTS) return this.#giveUp(place, 'the caller could not be reached')
    return this.#rest(place, RETRY_MS, made)
  }

  #look(): void {
    this.#timer = undefined
    const { queues, clock } = this.#needs
    for (const place of queues.keptPlaces()) this.#consider(place, clock.nowMs())
    if (queues.keptPlaces().length > 0) this.#await()
  }

  #consider(place: KeptPlace, nowMs: number): void {
    const { queueId, callback, isRinging } = place
    const { isStaffed, isAgentFree, begin } = this.#needs
    if (isRinging) return undefined
    if (!isStaffed(queueId, callback)) return this.#giveUp(place, 'nobody is logged in to the queue')
    if (place.look().waitedMs > LONGEST_WAIT_MS) return this.#giveUp(place, 'it has waited too long')
    const isDue = place.look().isNext && attemptsOf(place).notBeforeMs <= nowMs
    if (!isDue || !isAgentFree(queueId, callback)) return undefined
    const calls = begin(queueId, callback)
    if (calls === undefined) return undefined
    place.ringing(true)
    this.#running.set(calls.agentSessionId, { place, isToCaller: false })
    this.#running.set(calls.callerSessionId, { place, isToCaller: true })
    return undefined
  }

  /** Not now: whoever waits behind may go first meanwhile. */
  #rest(place: KeptPlace, restMs: number, made = attemptsOf(place).made): void {
    place.tried({ made, notBeforeMs: this.#needs.clock.nowMs() + restMs })
    place.ringing(false)
    for (const [sessionId, running] of this.#running) if (running.place === place) this.#running.delete(sessionId)
  }

  #giveUp(place: KeptPlace, reason: string): void {
    this.#needs.logger.warn('a caller of a queue is not called back', { queueId: place.queueId, reason })
    place.leave()
  }

  #await(): void {
    if (!this.#isStopped) this.#timer ??= this.#needs.timers.start(LOOK_MS, () => this.#look())
  }
}

function attemptsOf({ callback }: KeptPlace): CallbackAttempts {
  return callback.attempts ?? NONE
}
