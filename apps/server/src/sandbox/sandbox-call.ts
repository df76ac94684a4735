import { err, newUuid, type Result, type Timer } from '@dialtone/foundation'
import type { MediaFailure, MediaSession, MediaSource } from '@dialtone/media'
import type { LegEvent, SipLeg } from '@dialtone/sip'
import type { SandboxNeeds } from './sandbox-needs.ts'

/** The sandbox's end of the media: the other side of the session is not used. */
const SIDE = 'a'
/** Nobody tries something out for longer; what was forgotten does not stay for ever. */
const LONGEST_CALL_MS = 3_600_000

/** One call of the sandbox, from its first message to the release of its ports. */
export class SandboxCall {
  readonly #needs: SandboxNeeds
  readonly #leg: SipLeg
  readonly #onEvent: (event: LegEvent, call: SandboxCall) => void
  readonly #timers = new Set<Timer>()
  #session: MediaSession | undefined
  #source: MediaSource | undefined
  #agreed = false
  #ended = false

  /** @param onEvent told of every event of the leg, after the media followed it. */
  constructor(needs: SandboxNeeds, leg: SipLeg, onEvent: (event: LegEvent, call: SandboxCall) => void = () => undefined) {
    this.#needs = needs
    this.#leg = leg
    this.#onEvent = onEvent
    needs.calls.add(this)
    this.after(LONGEST_CALL_MS, () => this.hangUp())
    // Last: events that came before are told at once.
    leg.onEvent((event) => this.#hear(event))
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Takes over a session that was opened for this call. */
  attach(session: MediaSession): void {
    if (this.#ended) return void session.close()
    this.#session = session
    session.onEvent((event) => {
      if (event.type === 'failed') this.hangUp()
    })
  }

  /** Calls `callback` once, unless the call ended before. */
  after(delayMs: number, callback: () => void): void {
    this.#timers.add(this.#needs.timers.start(delayMs, () => (this.#ended ? undefined : callback())))
  }

  /** Our description for an offer; without an offer, an offer of ours that the ACK answers (RFC 3261 13.2.1). */
  describe(offer: string | undefined): Result<string, MediaFailure> {
    if (this.#session === undefined) return err({ code: 'EngineStopped', message: 'the call has no media session' })
    if (offer === undefined || offer === '') return { ok: true, value: this.#session.offerLocally(SIDE) }
    const answer = this.#session.answerLocally(SIDE, this.#reachable(offer))
    if (answer.ok) this.#playNow()
    return answer
  }

  /** Takes the answer to our offer. */
  accept(answer: string): Result<void, MediaFailure> {
    if (this.#session === undefined) return err({ code: 'EngineStopped', message: 'the call has no media session' })
    const accepted = this.#session.acceptLocally(SIDE, this.#reachable(answer))
    if (accepted.ok) this.#playNow()
    return accepted
  }

  /** Replaces what the other side hears; it is heard as soon as the descriptions are agreed. */
  play(source: MediaSource): void {
    this.#source = source
    if (this.#agreed) this.#playNow()
  }

  #playNow(): void {
    this.#agreed = true
    if (this.#source !== undefined) this.#session?.play(SIDE, this.#source)
  }

  hangUp(): void {
    this.#leg.bye()
    this.end()
  }

  /** Frees everything; the leg is over, or about to be. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const timer of this.#timers) timer.cancel()
    this.#needs.calls.delete(this)
    void this.#session?.close()
  }

  #hear(event: LegEvent): void {
    if (event.type === 'acknowledged' && event.body !== undefined && event.body !== '') this.accept(event.body)
    if (event.type === 'reinvite') this.#answerReinvite(event)
    if (['cancelled', 'bye', 'ackTimeout', 'gone', 'rejected'].includes(event.type)) this.end()
    this.#onEvent(event, this)
  }

  #answerReinvite(event: Extract<LegEvent, { type: 'reinvite' }>): void {
    const description = this.describe(event.body)
    if (description.ok) event.answer(description.value)
    // RFC 3261 14.2, 21.4.26.
    else event.reject(488)
  }

  /**
   * The switch is on this machine. Its descriptions name the address phones reach it at, which may be one that this machine itself
   * does not have (port forwarding): its packets are taken from and sent to the address its signalling comes from.
   */
  #reachable(description: string): string {
    const { address } = this.#leg.remote
    return address.includes(':') ? description : description.replace(/^c=IN IP4 (?!0\.0\.0\.0)\S+/gm, `c=IN IP4 ${address}`)
  }
}

/** Opens the media of a call. @returns false when the call must be refused. */
export async function openMedia(needs: SandboxNeeds, call: SandboxCall): Promise<boolean> {
  const session = await needs.media.openSession({ sessionId: newUuid() })
  if (session.ok) call.attach(session.value)
  else needs.logger.warn('the sandbox has no media for a call', { failure: session.error })
  return session.ok
}
