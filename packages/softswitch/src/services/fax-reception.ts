import type { Timer, Timers } from '@dialtone/foundation'
import type { FaxEnd, FaxPage, FaxSink, MediaEvent, MediaSession } from '@dialtone/media'

/** What is known of a page, without what is on it. */
export type PageFacts = Omit<FaxPage, 'data'> & { readonly sizeBytes: number }

export function pageFactsOf({ data, ...facts }: FaxPage): PageFacts {
  return { ...facts, sizeBytes: data.length }
}

/** What became of a fax. */
export type FaxResult =
  /** The caller said that status to our offer of T.38, and nothing goes on. */
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
/** What ends a call that is asked for T.38, as RFC 3261 12.2.1.2 has it; any other answer leaves it as it was, in its sound. */
const CALL_ENDING: ReadonlySet<number> = new Set([408, 481])

/** Whether somebody who said that to our offer of T.38 is still there, to be faxed by sound. */
export function goesOnBySound(statusCode: number): boolean {
  return !CALL_ENDING.has(statusCode)
}

interface FaxReceptionOrder {
  readonly faxId: string
  readonly ident: string
  readonly maxDurationMs: number
}

/** The caller of a service and our fax machine: the tone, T.38 in place of the speech unless the caller takes none, then the pages. */
export class FaxReception {
  readonly #needs: FaxReceptionNeeds
  readonly #order: FaxReceptionOrder
  readonly #pages: PageFacts[] = []
  #phase: 'calling' | 'offered' | 'receiving' | 'over' = 'calling'
  #isBySound = false
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
    // Some gateways ask for T.38 when they hear machines speak to each other; with a page begun it is too late to begin anew.
    const isChange = this.#phase === 'receiving' && this.#isBySound && this.#pages.length === 0
    if (this.#phase !== 'calling' && this.#phase !== 'offered' && !isChange) return
    // Who was first to ask for T.38 may not have heard the tone to its end.
    this.#receive(this.#phase !== 'calling', false)
  }

  refused(statusCode: number): void {
    if (this.#phase !== 'calling' && this.#phase !== 'offered') return
    if (goesOnBySound(statusCode)) this.#receive(true, true)
    else this.#finish({ kind: 'refused', statusCode })
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
    const end: FaxEnd = { reason: 'CallEnded', remoteIdent: '', bitRate: undefined, hasCorrection: false, isSound: this.#isBySound }
    this.#timer = this.#needs.timers.start(END_MS, () => this.#end(end))
    return true
  }

  #receive(isAnnounced: boolean, isBySound: boolean): void {
    this.#timer?.cancel()
    this.#phase = 'receiving'
    this.#isBySound = isBySound
    this.#needs.session.fax.receive('a', { isAnnounced, ...this.#order }, (page) => this.#take(page))
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
