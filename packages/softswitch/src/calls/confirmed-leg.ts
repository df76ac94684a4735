import { addressTypeOf, describedEncryption } from '@dialtone/media'
import type { MediaSession, OwnOfferEncryption } from '@dialtone/media'
import type { Header, LegEvent } from '@dialtone/sip'
import { confirmAnswer, REFUSES } from '../services/programs/confirm-answer.ts'
import type { ServiceEnd } from '../services/service-program.ts'
import { ServiceRun } from '../services/service-run.ts'
import type { ServiceDesk } from '../ports/service-desk.ts'
import type { CallContext } from './call-context.ts'
import { languageOf } from './language-of.ts'
import { mediaTermsOfPlan } from './media-terms-of.ts'
import { encryptionOfPlan, offerForLeg } from './perform-media.ts'
import { inviteLeg } from './invite-leg.ts'
import { SessionOrigin } from './session-origin.ts'
import { viewAt } from './state/call-state.ts'
import { keyOfInfo } from './state/dtmf-events.ts'
import type { LegPlan } from './state/leg-plan.ts'

/** Who did not press 1 was not there: the others ring on, and the search goes on. */
const NOT_CONFIRMED = 480
const REFUSED: readonly Header[] = [['Reason', 'Q.850;cause=16;text="Normal call clearing"']]

/**
 * A leg whose party is asked whether the call may come: it talks to our own end, by media of its own, until it presses 1. Only then is it
 * offered what the caller offered (RFC 3725 4.4), and has answered for the call; until then the call sees it ring. Several may be asked at once.
 */
export class ConfirmedLeg {
  readonly #call: CallContext
  readonly #legId: string
  readonly #plan: LegPlan
  readonly #desk: ServiceDesk
  #phase: 'opening' | 'ringing' | 'asked' | 'moving' | 'over' = 'opening'
  #session: MediaSession | undefined
  #run: ServiceRun | undefined
  #isRung = false
  #lastKey: string | undefined
  #earlySdp = ''
  /** What it has agreed with our own end about SRTP: the caller's media comes to it in the same way. */
  #encryption: OwnOfferEncryption = 'none'
  /** What the leg got from us last. */
  #sent = ''

  constructor(call: CallContext, desk: ServiceDesk, { legId, plan }: { readonly legId: string; readonly plan: LegPlan }) {
    this.#call = call
    this.#desk = desk
    this.#legId = legId
    this.#plan = plan
  }

  start(): void {
    const { needs, state } = this.#call
    needs.media
      .openSession({ sessionId: `${state.sessionId}/confirm-${this.#legId}`, anchoring: 'required' })
      .then((opened) => {
        if (!opened.ok) return this.#phase === 'over' ? undefined : this.#reject(503, true)
        this.#session = opened.value
        return this.#phase === 'over' ? this.close() : this.#invite(opened.value)
      })
      .catch((error: unknown) => {
        needs.logger.error('a leg that is to be confirmed failed', { sessionId: state.sessionId, legId: this.#legId, error: String(error) })
        if (this.#phase !== 'over') this.#reject(503, true)
      })
  }

  /** The call gives the leg up. @returns false when its INVITE is to be cancelled as any other */
  giveUp(reason: string): boolean {
    if (this.#phase === 'ringing') return false
    if (this.#phase === 'asked' || this.#phase === 'moving') this.#leg?.bye([['Reason', reason]])
    if (this.#phase !== 'over') this.#reject(487, true)
    return true
  }

  /** @returns whether the event was about the question, and nothing for the call */
  hears(event: LegEvent): boolean {
    switch (this.#phase) {
      case 'ringing':
        return this.#hearsBeforeAnswer(event)
      case 'asked':
      case 'moving':
        this.#hearsAnswered(event)
        return true
      default:
        return false
    }
  }

  /** Nothing of it is left when the call is over. */
  close(): void {
    this.#phase = 'over'
    this.#run?.stop()
    this.#run = undefined
    const session = this.#session
    this.#session = undefined
    void session?.close().catch((error: unknown) => this.#call.needs.logger.warn('media of a leg that was asked failed to close', { error: String(error) }))
  }

  get #terms() {
    return mediaTermsOfPlan(this.#call, this.#plan)
  }

  get #leg() {
    return this.#call.legs.get(this.#legId)?.leg
  }

  #invite(session: MediaSession): void {
    this.#phase = 'ringing'
    session.onEvent((event) => {
      if (event.type === 'dtmf') this.#press(event.digit)
      if (event.type === 'played' || event.type === 'recorded') this.#run?.hear(event)
      if (event.type === 'failed') this.#refuse()
    })
    // What it learns here holds for what it gets from the caller afterwards.
    if (this.#call.session !== undefined) session.welcome('a', this.#call.session.keysOf('b'))
    this.#sent = session.offerLocally('a', this.#terms, encryptionOfPlan(this.#plan), addressTypeOf(this.#plan.to.address))
    inviteLeg(this.#call, this.#legId, this.#plan, this.#sent)
  }

  #hearsBeforeAnswer(event: LegEvent): boolean {
    if (event.type === 'progress') {
      if (event.body !== undefined && event.body !== '') this.#earlySdp = event.body
      this.#ring(event.statusCode)
      return true
    }
    if (event.type === 'answered') {
      this.#ask(event.body === '' ? this.#earlySdp : event.body)
      return true
    }
    if (event.type === 'rejected') this.close()
    return false
  }

  /** What it would let the caller hear is heard by nobody: the caller hears the ringing tone. */
  #ring(heard: number): void {
    if (!this.#isRung) this.#call.dispatch({ type: 'legProgress', legId: this.#legId, statusCode: 180, sdp: undefined, heard })
    this.#isRung = true
  }

  #ask(sdp: string): void {
    const { needs, state } = this.#call
    const account = this.#plan.beside?.forward?.account ?? viewAt(state.accounts, state.question.accountId)
    const session = this.#session
    this.#ring(0)
    this.#phase = 'asked'
    if (session?.acceptLocally('a', sdp, this.#terms).ok !== true || account === undefined) return this.#refuse()
    this.#encryption = describedEncryption(sdp) ?? 'none'
    this.#call.dispatch({ type: 'confirmation', legId: this.#legId, code: 'Asked' })
    const { accountId, partitionId } = account
    const view = viewAt(state.accounts, accountId)
    const caller = view?.caller ?? { number: state.origin.number, name: state.origin.name, anonymous: false }
    this.#run = new ServiceRun(confirmAnswer(caller), {
      ...{ session, desk: this.#desk, tenant: { accountId, partitionId }, language: languageOf(needs.directory.snapshotOf(accountId), view?.calledUserId) },
      ...{ queues: needs.queues, rooms: needs.rooms, timers: needs.timers, logger: needs.logger, isStaffed: () => false },
      ...{ ring: nothing, attend: nothing, sendOn: () => false, page: () => ({ legCount: 0, stop: nothing }) },
      fax: { isAgreed: () => false, offer: nothing, received: nothing },
      ended: (end) => this.#answered(end),
    })
    return this.#run.start()
  }

  #press(key: string): void {
    this.#lastKey = key
    this.#run?.key(key)
  }

  #answered(end: ServiceEnd): void {
    if (this.#phase !== 'asked') return
    if (end.kind !== 'accept') return this.#refuse()
    this.#call.dispatch({ type: 'confirmation', legId: this.#legId, code: 'Accepted' })
    const plan = { ...this.#plan, encryption: this.#encryption }
    const offer = this.#isAwaited ? offerForLeg(this.#call, { legId: this.#legId, plan }) : undefined
    if (offer === undefined) return this.#refuse()
    this.#phase = 'moving'
    this.#session?.play('a', { kind: 'silence' })
    this.#sent = SessionOrigin.after(this.#sent)?.continue(offer) ?? offer
    return this.#leg?.reinvite(this.#sent)
  }

  get #isAwaited(): boolean {
    const { phase, legs } = this.#call.state
    return phase === 'setup' && legs.some((leg) => leg.id === this.#legId && leg.phase === 'ringing')
  }

  #hearsAnswered(event: LegEvent): void {
    switch (event.type) {
      case 'bye':
      case 'gone':
      case 'ackTimeout':
      case 'sessionExpired':
        return this.#notConfirmed(event.type === 'bye' ? 'bye' : 'lost')
      case 'reinvite':
        return this.#phase === 'moving' ? event.reject(491) : this.#hold(event)
      case 'reinviteAnswered':
        return this.#connect(event.body)
      case 'reinviteRejected':
        return this.#refuse()
      case 'info': {
        const key = keyOfInfo(event.contentType ?? '', event.body)?.digit
        return key === undefined ? undefined : this.#press(key)
      }
      case 'refer':
        return event.reject(403)
      default:
        return undefined
    }
  }

  #hold(event: Extract<LegEvent, { type: 'reinvite' }>): void {
    const answer = event.body === undefined ? undefined : this.#session?.answerLocally('a', event.body, this.#terms)
    if (answer?.ok !== true) return event.reject(488)
    this.#sent = answer.value
    return event.answer(answer.value)
  }

  /** It has what the caller offered: now it has answered. */
  #connect(sdp: string): void {
    const { origins, lastSent } = this.#call
    const sent = this.#sent
    const isFirst = this.#isAwaited
    this.close()
    if (isFirst) origins.callee = SessionOrigin.after(sent)
    if (isFirst) lastSent.callee = sent
    this.#call.dispatch({ type: 'legAnswered', legId: this.#legId, sdp })
  }

  #refuse(): void {
    this.#leg?.bye(REFUSED)
    this.#notConfirmed()
  }

  #notConfirmed(isGone?: 'bye' | 'lost'): void {
    if (this.#phase === 'over') return
    const code = this.#lastKey === REFUSES ? 'Refused' : 'NotConfirmed'
    this.#call.dispatch({ type: 'confirmation', legId: this.#legId, code, ...(isGone === undefined ? {} : { isGone }) })
    this.#reject(NOT_CONFIRMED, false)
  }

  #reject(statusCode: number, local: boolean): void {
    this.close()
    this.#call.dispatch({ type: 'legRejected', legId: this.#legId, statusCode, local })
  }
}

const nothing = (): void => undefined
