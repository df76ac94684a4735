import type { Clock, Timer } from '@dialtone/foundation'
import type { Header, SipResponse } from '../message/index.ts'
import { sendOutOfDialog } from './out-of-dialog-request.ts'
import type { Registration, RegistrationOptions, RegistrationState } from './registration.ts'
import { grantedSeconds, refreshDelayMs, retryDelayMs } from './registration-times.ts'
import type { RequestOutcome } from './sip-stack.ts'
import type { UserAgent } from './user-agent.ts'

const DEFAULT_EXPIRES_SECONDS = 3600
/** RFC 3261 20.19 allows 136 years; nobody means more than a week. */
const MOST_SECONDS = 604_800

/** Registers, refreshes before it expires, and tries again when the registrar refuses or does not answer. */
export class KeptRegistration implements Registration {
  readonly #userAgent: UserAgent
  readonly #clock: Clock
  readonly #options: RegistrationOptions
  readonly #contact: string
  readonly #callId: string
  #sequence = 0
  #isAsking = false
  /** What waits for the answer to the REGISTER under way. */
  #onAnswered: (() => void) | undefined
  #expiresSeconds: number
  #failures = 0
  /** A 423 has been obeyed since the last other answer. */
  #hasLengthened = false
  #timer: Timer | undefined
  #state: RegistrationState = { name: 'trying' }
  #handler: ((state: RegistrationState) => void) | undefined

  constructor(userAgent: UserAgent, clock: Clock, options: RegistrationOptions) {
    this.#userAgent = userAgent
    this.#clock = clock
    this.#options = options
    this.#contact = options.contact ?? userAgent.contact('', options.to)
    // 10.2: all REGISTERs of a user agent to one registrar carry the same Call-ID.
    this.#callId = userAgent.newToken(15)
    this.#expiresSeconds = options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS
    this.#register()
  }

  get state(): RegistrationState {
    return this.#state
  }

  onChange(handler: (state: RegistrationState) => void): void {
    this.#handler = handler
  }

  renew(): void {
    this.#failures = 0
    if (this.#state.name === 'stopped' || this.#isAsking) return
    this.#timer?.cancel()
    this.#register()
  }

  abandon(): void {
    this.#timer?.cancel()
    this.#change({ name: 'stopped' })
  }

  stop(): Promise<void> {
    this.#timer?.cancel()
    const before = this.#state.name
    this.#change({ name: 'stopped' })
    if (before === 'stopped') return Promise.resolve()
    return new Promise((resolve) => {
      // 10.2.2.
      const remove = (): void => this.#send(0, () => resolve())
      // 10.2: never two at once. Answered late, the one under way would bring back what was removed.
      if (this.#isAsking) this.#onAnswered = remove
      else remove()
    })
  }

  #register(): void {
    this.#isAsking = true
    this.#send(this.#expiresSeconds, (outcome) => this.#onOutcome(outcome))
  }

  #onOutcome(outcome: RequestOutcome): void {
    this.#isAsking = false
    if (this.#state.name === 'stopped') {
      this.#onAnswered?.()
      return
    }
    const response = 'kind' in outcome ? outcome : undefined
    const mayLengthen = !this.#hasLengthened
    this.#hasLengthened = false
    if (response !== undefined && response.statusCode < 300) this.#onRegistered(response)
    else if (response?.statusCode === 423 && mayLengthen && this.#acceptsMinimum(response)) this.#register()
    else this.#onFailed(outcome)
  }

  #onRegistered(response: SipResponse): void {
    this.#failures = 0
    const seconds = grantedSeconds(response, this.#contact, this.#expiresSeconds)
    this.#change({ name: 'registered', expiresAtMs: this.#clock.nowMs() + seconds * 1000, response })
    this.#wait(refreshDelayMs(seconds))
  }

  /** 10.2.8: once with the interval the registrar wants. */
  #acceptsMinimum(response: SipResponse): boolean {
    const minimum = Number(response.header('min-expires'))
    if (!Number.isInteger(minimum) || minimum <= this.#expiresSeconds || minimum > MOST_SECONDS) return false
    this.#hasLengthened = true
    this.#expiresSeconds = minimum
    return true
  }

  #onFailed(outcome: RequestOutcome): void {
    this.#failures++
    const response = 'kind' in outcome ? outcome : undefined
    const statusCode = response?.statusCode ?? ('timedOut' in outcome ? 408 : 503)
    const retryAfterMs = retryDelayMs(this.#failures, response?.header('retry-after'), Math.random())
    const reason = 'failed' in outcome ? { reason: outcome.failed } : {}
    const contacts = response !== undefined && statusCode < 400 ? { contacts: response.contacts.map(({ uriText }) => uriText) } : {}
    this.#change({ name: 'failed', statusCode, retryAfterMs, ...reason, ...contacts })
    this.#wait(retryAfterMs)
  }

  #wait(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#userAgent.timers.start(delayMs, () => this.#register())
  }

  #change(state: RegistrationState): void {
    this.#state = state
    this.#handler?.(state)
  }

  #send(expiresSeconds: number, onOutcome: (outcome: RequestOutcome) => void): void {
    const { registrar, to, addressOfRecord, credentials, answerTimeoutMs, headers = [] } = this.#options
    const own: readonly Header[] = [
      ['From', addressOfRecord],
      ['To', addressOfRecord],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#nextSequence()} REGISTER`],
      ['Contact', this.#contact],
      ['Expires', String(expiresSeconds)],
      ...headers,
    ]
    const request = {
      ...{ method: 'REGISTER', uri: registrar, to, headers: own },
      ...(credentials === undefined ? {} : { credentials }),
      ...(answerTimeoutMs === undefined ? {} : { timeoutMs: answerTimeoutMs }),
    }
    sendOutOfDialog(this.#userAgent, request, onOutcome)
  }

  /** 10.2: each is higher than the last, and an answered challenge takes the next ones. */
  #nextSequence(): number {
    this.#sequence += 10
    return this.#sequence
  }
}
