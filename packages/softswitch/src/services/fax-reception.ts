import type { Timer, Timers } from '@dialtone/foundation'
import type { FaxEnd, FaxPage, FaxSink, MediaEvent, MediaSession } from '@dialtone/media'

/** What is known of a page, without what is on it. */
export type PageFacts = Omit<FaxPage, 'data'> & { readonly sizeBytes: number }

export function pageFactsOf({ data, ...facts }: FaxPage): PageFacts {
  return { ...facts, sizeBytes: data.length }
}

/** What became of a fax. */
export type FaxResult =
  /** The caller does not take T.38 (488), or cannot: it said that status. */
  | { readonly kind: 'refused'; readonly statusCode: number }
  | { readonly kind: 'ended'; readonly faxId: string; readonly end: FaxEnd; readonly pages: readonly PageFacts[] }

export interface FaxReceptionNeeds {
  readonly session: Pick<MediaSession, 'play' | 'fax'>
  readonly timers: Timers
  /** The caller has T.38 with us already. */
  readonly isAgreed: () => boolean
  /** Offers it T.38. */
  readonly offer: () => void
  /** Keeps a page for good. */
  readonly keep: FaxSink
  readonly done: (result: FaxResult) => void
}

/** What a called fax machine says first, so that the caller's knows (CED, ITU-T T.30 section 4.3.1: 2.6 to 4 s). */
const CED = { kind: 'tone', frequenciesHz: [2_100], durationMs: 3_000 } as const
/** A fax whose end nobody reports is over all the same. */
const END_MS = 2_000
const CED_ID = 'ced'

interface FaxReceptionOrder {
  readonly faxId: string
  readonly ident: string
  readonly maxDurationMs: number
}

/** The caller of a service and our fax machine: the tone, T.38 in place of the speech, then the pages. */
export class FaxReception {
  readonly #needs: FaxReceptionNeeds
  readonly #order: FaxReceptionOrder
  readonly #pages: PageFacts[] = []
  #phase: 'calling' | 'offered' | 'receiving' | 'over' = 'calling'
  #timer: Timer | undefined

  constructor(needs: FaxReceptionNeeds, order: FaxReceptionOrder) {
    this.#needs = needs
    this.#order = order
  }

  get isReceiving(): boolean {
    return this.#phase === 'receiving'
  }

  start(): void {
    const { session, timers, isAgreed, offer } = this.#needs
    if (isAgreed()) return this.agreed()
    session.play('a', { kind: 'clips', playId: CED_ID, clips: [CED] })
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
    this.#needs.session.fax.receive('a', { isAnnounced, ...this.#order }, (page) => this.#take(page))
  }

  refused(statusCode: number): void {
    if (this.#phase === 'calling' || this.#phase === 'offered') this.#finish({ kind: 'refused', statusCode })
  }

  hear(event: MediaEvent): void {
    if (event.type === 'faxed' && event.faxId === this.#order.faxId && this.#phase === 'receiving') this.#end(event.end)
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
    this.#timer = this.#needs.timers.start(END_MS, () => this.#end(end))
    return true
  }

  #take(page: FaxPage): Promise<boolean> {
    this.#pages.push(pageFactsOf(page))
    return this.#needs.keep(page)
  }

  #end(end: FaxEnd): void {
    this.#finish({ kind: 'ended', faxId: this.#order.faxId, end, pages: this.#pages })
  }

  #finish(result: FaxResult): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#timer?.cancel()
    this.#needs.done(result)
  }
}
