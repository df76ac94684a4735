import type { Timer, Timers } from '@dialtone/foundation'
import type { FaxEnd, FaxPage, MediaEvent, MediaSession } from '@dialtone/media'
import { type FaxResult, goesOnBySound, type PageFacts, pageFactsOf } from './fax-reception.ts'

export interface FaxSendingNeeds {
  readonly session: Pick<MediaSession, 'play' | 'fax'>
  readonly timers: Timers
  /** The other end has T.38 with us already. */
  readonly isAgreed: () => boolean
  /** Offers it T.38. */
  readonly offer: () => void
  /** What is to be sent; undefined: nobody can say. */
  readonly open: () => Promise<readonly FaxPage[] | undefined>
  /** So many pages were confirmed until now. */
  readonly pageSent: (pages: number) => void
  readonly done: (result: FaxResult) => void
}

/** What a calling fax machine says until it is heard (CNG, ITU-T T.30 section 4.2): half a second in every three and a half. */
const CNG = [
  { kind: 'tone', frequenciesHz: [1_100], durationMs: 500 },
  { kind: 'tone', frequenciesHz: [], durationMs: 3_000 },
] as const
const CNG_ID = 'cng'
/** Who is called asks for T.38 when he has heard a fax machine (ITU-T T.38 annex D 2.3); one that does not, in that time, is asked. */
const OFFER_AFTER_MS = 6_000
/** Both have asked at once (RFC 3261 14.1). */
const REQUEST_PENDING = 491
const OFFER_AGAIN_MS = 2_500
const MAX_OFFERS = 3
/** A fax whose end nobody reports is over all the same. */
const END_MS = 2_000
/** Two hours of one call: no document that anybody sends is longer. */
const MAX_DURATION_MS = 7_200_000
const SIDE = 'b'

/** Whoever answered our call, and our fax machine: the tone, T.38 in place of the speech unless the other one takes none, then the pages. */
export class FaxSending {
  readonly #needs: FaxSendingNeeds
  readonly #order: { readonly faxId: string; readonly ident: string }
  #phase: 'calling' | 'sending' | 'over' = 'calling'
  /** T.38 was refused. */
  #isBySound = false
  #pages: readonly FaxPage[] | undefined
  #sent: readonly PageFacts[] = []
  #offers = 0
  #timer: Timer | undefined

  constructor(needs: FaxSendingNeeds, order: { readonly faxId: string; readonly ident: string }) {
    this.#needs = needs
    this.#order = order
  }

  start(): void {
    const { session, open } = this.#needs
    session.play(SIDE, { kind: 'clips', playId: CNG_ID, clips: CNG, loop: true })
    this.#offerIn(OFFER_AFTER_MS)
    open().then(
      (pages) => this.#opened(pages),
      () => this.#opened(undefined),
    )
  }

  /** Datagrams of T.38 go between the other end and us from now on. */
  agreed(): void {
    // Some gateways ask for T.38 when they hear machines speak to each other; with a page confirmed it is too late to begin anew.
    const isChange = this.#phase === 'sending' && this.#isBySound && this.#sent.length === 0
    this.#isBySound = false
    if (this.#phase === 'calling' || isChange) this.#send()
  }

  refused(statusCode: number): void {
    if (this.#phase !== 'calling') return
    if (statusCode === REQUEST_PENDING && this.#offers < MAX_OFFERS) return this.#offerIn(OFFER_AGAIN_MS)
    if (!goesOnBySound(statusCode)) return this.#finish({ kind: 'refused', statusCode })
    this.#isBySound = true
    return this.#send()
  }

  hear(event: MediaEvent): void {
    if (event.type === 'faxed' && event.faxId === this.#order.faxId && this.#phase === 'sending') this.#end(event.end)
  }

  /** The call is over: what became of the fax is told soon, if not at once. */
  stop(): void {
    this.#timer?.cancel()
    const end: FaxEnd = { reason: 'CallEnded', remoteIdent: '', bitRate: undefined, hasCorrection: false, isSound: this.#isBySound }
    if (this.#phase === 'calling') return this.#end(end)
    if (this.#phase === 'sending') this.#timer = this.#needs.timers.start(END_MS, () => this.#end(end))
    return undefined
  }

  #opened(pages: readonly FaxPage[] | undefined): void {
    if (this.#phase !== 'calling') return
    if (pages === undefined || pages.length === 0)
      return this.#end({ reason: 'UnsupportedDocument', remoteIdent: '', bitRate: undefined, hasCorrection: false, isSound: this.#isBySound })
    this.#pages = pages
    if (this.#isBySound || this.#needs.isAgreed()) this.#send()
  }

  /** As soon as there is something to send. */
  #send(): void {
    const pages = this.#pages
    if (pages === undefined) return
    this.#timer?.cancel()
    this.#phase = 'sending'
    this.#needs.session.fax.send(SIDE, { ...this.#order, pages, maxDurationMs: MAX_DURATION_MS }, () => this.#pageSent(pages))
  }

  #offerIn(delayMs: number): void {
    this.#timer = this.#needs.timers.start(delayMs, () => {
      this.#offers++
      this.#needs.offer()
    })
  }

  #pageSent(pages: readonly FaxPage[]): void {
    this.#sent = pages.slice(0, this.#sent.length + 1).map(pageFactsOf)
    this.#needs.pageSent(this.#sent.length)
  }

  #end(end: FaxEnd): void {
    this.#finish({ kind: 'ended', faxId: this.#order.faxId, end, pages: this.#sent })
  }

  #finish(result: FaxResult): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#timer?.cancel()
    this.#needs.done(result)
  }
}
