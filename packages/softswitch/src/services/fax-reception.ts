import type { Timer, Timers } from '@dialtone/foundation'
import type { FaxEnd, FaxPage, MediaEvent, MediaSession } from '@dialtone/media'

/** What became of a fax. */
export type FaxResult =
  /** The caller does not take T.38 (488), or cannot: it said that status. */
  { readonly kind: 'refused'; readonly statusCode: number } | { readonly kind: 'ended'; readonly end: FaxEnd; readonly pages: readonly FaxPage[] }

export interface FaxReceptionNeeds {
  readonly session: Pick<MediaSession, 'play' | 'fax'>
  readonly timers: Timers
  /** The caller has T.38 with us already. */
  readonly isAgreed: () => boolean
  /** Offers it T.38. */
  readonly offer: () => void
  readonly done: (result: FaxResult) => void
}

/** What a called fax machine says first, so that the caller's knows (CED, ITU-T T.30 section 4.3.1: 2.6 to 4 s). */
const CED = { kind: 'tone', frequenciesHz: [2_100], durationMs: 3_000 } as const
/** A fax whose end nobody reports is over all the same. */
const END_MS = 2_000
const FAX_ID = 'fax'

/** The caller of a service and our fax machine: the tone, T.38 in place of the speech, then the pages. */
export class FaxReception {
  readonly #needs: FaxReceptionNeeds
  readonly #order: { readonly ident: string; readonly maxDurationMs: number }
  readonly #pages: FaxPage[] = []
  #phase: 'calling' | 'offered' | 'receiving' | 'over' = 'calling'
  #timer: Timer | undefined

  constructor(needs: FaxReceptionNeeds, order: { readonly ident: string; readonly maxDurationMs: number }) {
    this.#needs = needs
    this.#order = order
  }

  get isReceiving(): boolean {
    return this.#phase === 'receiving'
  }

  start(): void {
    const { session, timers, isAgreed, offer } = this.#needs
    if (isAgreed()) return this.agreed()
    session.play('a', { kind: 'clips', playId: FAX_ID, clips: [CED] })
    this.#timer = timers.start(CED.durationMs, () => {
      this.#phase = 'offered'
      offer()
    })
    return undefined
  }

  /** Datagrams of T.38 go between the caller and us from now on. */
  agreed(): void {
    if (this.#phase !== 'calling' && this.#phase !== 'offered') return
    this.#timer?.cancel()
    // Who was first to ask for T.38 may not have heard the tone to its end.
    const isAnnounced = this.#phase === 'offered'
    this.#phase = 'receiving'
    this.#needs.session.fax.receive('a', { faxId: FAX_ID, isAnnounced, ...this.#order }, (page) => this.#pages.push(page))
  }

  refused(statusCode: number): void {
    if (this.#phase === 'calling' || this.#phase === 'offered') this.#finish({ kind: 'refused', statusCode })
  }

  hear(event: MediaEvent): void {
    if (event.type === 'faxed' && this.#phase === 'receiving') this.#finish({ kind: 'ended', end: event.end, pages: this.#pages })
  }

  /** The caller is gone. @returns whether it is answered still, with what there is */
  stop(): boolean {
    this.#timer?.cancel()
    if (this.#phase !== 'receiving') {
      this.#phase = 'over'
      return false
    }
    this.#needs.session.fax.stop('a')
    const end: FaxEnd = { reason: 'CallEnded', remoteIdent: '', bitRate: undefined, hasCorrection: false }
    this.#timer = this.#needs.timers.start(END_MS, () => this.#finish({ kind: 'ended', end, pages: this.#pages }))
    return true
  }

  #finish(result: FaxResult): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#timer?.cancel()
    this.#needs.done(result)
  }
}
