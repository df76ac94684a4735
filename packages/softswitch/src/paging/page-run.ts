import type { PageType } from '@dialtone/call-routing'
import type { Logger, Timer, Timers } from '@dialtone/foundation'
import { addressTypeOf, type MediaEngine, type MediaSession, type OwnOfferEncryption } from '@dialtone/media'
import type { LegEvent, OutgoingInvite, SipStack } from '@dialtone/sip'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import { refusesMedia } from '../calls/state/refuses-media.ts'
import type { PageBoard } from './page-board.ts'
import { startPage, stepPage } from './page-state.ts'
import type { PageEffect, PageEvent, PageState } from './page-state.ts'

/** Who wants to speak does not wait longer for phones, as soon as one has answered. */
const PATIENCE_MS = 2_000
/** Phones that answer by themselves do so at once; later nobody is let in. */
const ANSWER_WINDOW_MS = 5_000
const LISTEN = { kind: 'listen' } as const
const PAGE_OVER = [['Reason', 'Q.850;cause=16;text="Normal call clearing"']] as const

export interface PageNeeds {
  readonly sip: Pick<SipStack, 'invite'>
  readonly media: Pick<MediaEngine, 'openSession'>
  readonly pages: PageBoard
  readonly timers: Timers
  readonly logger: Logger
}

/** What became of one phone: `taken` by a higher page. */
export interface PagedPhone {
  readonly lineId: string
  readonly outcome: 'answered' | 'refused' | 'not answered' | 'taken'
  readonly sipCallId: string
}

export interface PageOrder {
  /** The call of who speaks; its media is in the mix too. */
  readonly sessionId: string
  readonly mixId: string
  readonly type: PageType
  /** The phones, one INVITE each. */
  readonly plans: readonly LegPlan[]
  /** Once: somebody hears. */
  readonly live: () => void
  /** Once: nobody hears any more, or ever will. */
  readonly over: () => void
  readonly told: (phone: PagedPhone) => void
}

interface Phone {
  readonly plan: LegPlan
  session: MediaSession | undefined
  /** How it is asked for SRTP. */
  encryption: OwnOfferEncryption
  invite: Pick<OutgoingInvite, 'leg'> | undefined
}

/** Calls the phones of a page and lets those that answer hear the mix: performs what `stepPage` asks for. */
export class PageRun {
  readonly #needs: PageNeeds
  readonly #order: PageOrder
  readonly #phones = new Map<string, Phone>()
  readonly #waiting: PageEvent[] = []
  readonly #hold: { readonly type: PageType; readonly taken: (lineId: string) => void }
  #state: PageState = { phase: 'over', isImpatient: false, legs: [] }
  #timers: readonly Timer[] = []
  #working = false

  constructor(needs: PageNeeds, order: PageOrder) {
    this.#needs = needs
    this.#order = order
    this.#hold = { type: order.type, taken: (lineId) => this.#dispatch({ type: 'taken', lineId }) }
  }

  start(): void {
    const { pages, timers } = this.#needs
    const lineIds = new Set(this.#order.plans.flatMap(({ lineId }) => lineId ?? []))
    const own = new Set([...lineIds].filter((lineId) => pages.claim(lineId, this.#hold)))
    for (const [index, plan] of this.#order.plans.entries()) {
      if (own.has(plan.lineId ?? '')) this.#phones.set(String(index), { plan, session: undefined, encryption: 'optional', invite: undefined })
    }
    const { state, effects } = startPage([...this.#phones].map(([id, { plan }]) => ({ id, lineId: plan.lineId ?? '' })))
    this.#state = state
    this.#timers = [
      timers.start(PATIENCE_MS, () => this.#dispatch({ type: 'patienceOver' })),
      timers.start(ANSWER_WINDOW_MS, () => this.#dispatch({ type: 'windowOver' })),
    ]
    for (const effect of effects) this.#perform(effect, undefined)
    for (const [legId, phone] of this.#phones) this.#open(legId, phone)
  }

  get legCount(): number {
    return this.#state.legs.filter(({ phase }) => phase !== 'over').length
  }

  /** Who speaks is gone. */
  stop(): void {
    this.#dispatch({ type: 'pagerLeft' })
    for (const timer of this.#timers) timer.cancel()
  }

  #open(legId: string, phone: Phone): void {
    const { sessionId } = this.#order
    this.#needs.media
      .openSession({ sessionId: `${sessionId}/page-${legId}`, anchoring: 'required', besideSessionId: sessionId })
      .then((opened) => {
        if (!opened.ok) return this.#gone(legId, 'refused')
        phone.session = opened.value
        return this.#isAwaited(legId) ? this.#invite(legId, phone, opened.value) : this.#end(phone)
      })
      .catch((error: unknown) => {
        this.#needs.logger.error('a phone could not be paged', { lineId: phone.plan.lineId, error: String(error) })
        this.#gone(legId, 'refused')
      })
  }

  #invite(legId: string, phone: Phone, session: MediaSession): void {
    const { requestUri: uri, to, alternatives = [], from, toHeader, headers } = phone.plan
    const body = session.offerLocally('a', undefined, phone.encryption, addressTypeOf(to.address))
    const invite = this.#needs.sip.invite({ uri, to, alternatives, from, toHeader, headers, body })
    phone.invite = invite
    invite.leg.onEvent((event) => (phone.invite === invite ? this.#hear(legId, session, event) : undefined))
  }

  #hear(legId: string, session: MediaSession, event: LegEvent): void {
    switch (event.type) {
      case 'answered':
        // What it cannot be spoken to by is found out when it is let in.
        session.acceptLocally('a', event.body)
        return this.#dispatch({ type: 'answered', legId })
      case 'rejected':
        return this.#askAgain(legId, session, event) ? undefined : this.#gone(legId, 'refused')
      case 'bye':
      case 'gone':
      case 'sessionExpired':
        return this.#gone(legId, undefined)
      case 'reinvite': {
        const encryption = this.#phones.get(legId)?.encryption
        const answer = event.body === undefined ? session.offerLocally('a', undefined, encryption) : session.answerLocally('a', event.body)
        if (typeof answer === 'string') return event.answer(answer)
        return answer.ok ? event.answer(answer.value) : event.reject(488)
      }
      case 'acknowledged':
        if (event.body !== undefined) session.acceptLocally('a', event.body)
        return undefined
      case 'refer':
        return event.reject(403)
      default:
        return undefined
    }
  }

  /** A phone that refuses RTP is asked once more, in SRTP, which may be all it speaks. @returns false when it is not */
  #askAgain(legId: string, session: MediaSession, { statusCode, response }: Extract<LegEvent, { type: 'rejected' }>): boolean {
    const phone = this.#phones.get(legId)
    if (phone?.encryption !== 'optional' || response === undefined || !refusesMedia(statusCode) || !this.#isAwaited(legId)) return false
    phone.encryption = 'required'
    this.#invite(legId, phone, session)
    return true
  }

  #gone(legId: string, outcome: PagedPhone['outcome'] | undefined): void {
    const phone = this.#phones.get(legId)
    if (phone === undefined) return
    if (outcome !== undefined && this.#isAwaited(legId)) this.#tell(phone, outcome)
    this.#end(phone)
    this.#dispatch({ type: 'gone', legId })
  }

  #isAwaited(legId: string): boolean {
    return this.#state.legs.some(({ id, phase }) => id === legId && phase === 'ringing')
  }

  #dispatch(event: PageEvent): void {
    this.#waiting.push(event)
    if (this.#working) return
    this.#working = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { state, effects } = stepPage(this.#state, next)
      this.#state = state
      for (const effect of effects) this.#perform(effect, next)
    }
    this.#working = false
  }

  #perform(effect: PageEffect, because: PageEvent | undefined): void {
    switch (effect.type) {
      case 'letHear':
        return this.#letHear(effect.legId)
      case 'hangUp':
        return this.#hangUp(effect.legId, because)
      case 'goLive':
        return this.#order.live()
      case 'over':
        for (const timer of this.#timers) timer.cancel()
        return this.#order.over()
    }
  }

  #letHear(legId: string): void {
    const phone = this.#phones.get(legId)
    const joined = phone?.session?.joinMix('a', this.#order.mixId, LISTEN)
    if (phone === undefined) return
    this.#tell(phone, joined?.ok === true ? 'answered' : 'refused')
    if (joined?.ok === true) return
    this.#needs.logger.warn('a paged phone cannot hear', { lineId: phone.plan.lineId, code: joined?.error.code })
    phone.invite?.leg.bye()
    this.#gone(legId, undefined)
  }

  #hangUp(legId: string, because: PageEvent | undefined): void {
    const phone = this.#phones.get(legId)
    if (phone === undefined) return
    if (because?.type === 'taken') this.#tell(phone, 'taken')
    if (because?.type === 'windowOver') this.#tell(phone, 'not answered')
    phone.invite?.leg.bye(PAGE_OVER)
    this.#end(phone)
  }

  #tell({ plan, invite }: Phone, outcome: PagedPhone['outcome']): void {
    this.#order.told({ lineId: plan.lineId ?? '', outcome, sipCallId: invite?.leg.callId ?? '' })
  }

  /** Its ports are free; another phone of the same line may hear on. */
  #end(phone: Phone): void {
    const { session, plan } = phone
    phone.session = undefined
    void session?.close()
    const isOther = (legId: string): boolean => this.#phones.get(legId) !== phone
    const isLast = !this.#state.legs.some(({ id, lineId, phase }) => lineId === plan.lineId && phase !== 'over' && isOther(id))
    if (isLast) this.#needs.pages.release(plan.lineId ?? '', this.#hold)
  }
}
