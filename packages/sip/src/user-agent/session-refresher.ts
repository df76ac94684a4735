import type { Timer } from '@dialtone/foundation'
import { agreeAsClient, agreeAsServer, expirySeconds, refreshHeaders, type SessionInterval } from '../dialog/index.ts'
import type { Header, SipMessage } from '../message/index.ts'
import type { UserAgent } from './user-agent.ts'

/** The dialog whose session this is. */
export interface RefreshedSession {
  /** Send a session refresh request; `refreshed` or `refreshFailed` follows. */
  refresh(): void
  /** Nobody has refreshed the session in time. */
  expire(): void
}

/** With less than that left another attempt makes no sense. */
const LAST_ATTEMPT_MS = 5000

/** The session timer of a dialog (RFC 4028): refreshes in time when that is for us to do, and ends what nobody refreshes. */
export class SessionRefresher {
  readonly #userAgent: UserAgent
  readonly #session: RefreshedSession
  #interval: SessionInterval | undefined
  #leftMs = 0
  #timer: Timer | undefined
  #stopped = false
  /** What a 422 has told us (5). */
  minimumSeconds = 0

  constructor(userAgent: UserAgent, session: RefreshedSession) {
    this.#userAgent = userAgent
    this.#session = session
  }

  /** The header fields of the next session refresh request of ours (7.4). */
  requestHeaders(): readonly Header[] {
    const policy = this.#userAgent.abilities.sessionTimer
    return policy === undefined ? [] : refreshHeaders(policy, this.#interval, this.minimumSeconds)
  }

  /** A request of the peer that we answer with a 2xx now. @returns header fields of that 2xx (9) */
  answer(request: SipMessage): readonly Header[] {
    const policy = this.#userAgent.abilities.sessionTimer
    if (policy === undefined) return []
    const { interval, headers } = agreeAsServer(policy, request, this.#interval)
    this.#restart(interval)
    return headers
  }

  /** The peer's 2xx to a session refresh request of ours (7.2, 10). */
  answered(response: SipMessage): void {
    const policy = this.#userAgent.abilities.sessionTimer
    if (policy !== undefined) this.#restart(agreeAsClient(policy, response))
  }

  /** A refresh of ours was refused, but not by somebody who does not know the dialog. */
  refreshFailed(): void {
    if (this.#interval === undefined || this.#stopped) return
    // 10: who does not know session timers does not wait for them either, and has just shown that it lives.
    if (this.#interval.peerKnowsTimers) this.#waitForTurn()
    else this.#restart(this.#interval)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #restart(interval: SessionInterval): void {
    this.#interval = interval
    this.#timer?.cancel()
    if (this.#stopped) return
    this.#leftMs = expirySeconds(interval) * 1000
    // 7.4: half the interval, so that there is time for another attempt.
    if (interval.refresher === 'local') this.#wait(Math.min(interval.intervalSeconds * 500, this.#leftMs))
    else this.#wait(this.#leftMs)
  }

  #waitForTurn(): void {
    this.#timer?.cancel()
    this.#wait(this.#leftMs > 2 * LAST_ATTEMPT_MS ? this.#leftMs / 2 : this.#leftMs)
  }

  #wait(delayMs: number): void {
    this.#timer = this.#userAgent.timers.start(delayMs, () => {
      this.#leftMs -= delayMs
      if (this.#leftMs <= 0) {
        this.#session.expire()
        return
      }
      // Should the refresh never be answered, the session still ends in time.
      this.#wait(this.#leftMs)
      this.#session.refresh()
    })
  }
}
