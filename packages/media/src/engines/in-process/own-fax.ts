import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import type { FaxPage } from '../../fax/page-reader.ts'
import { answerFax, createFaxOffer, OWN_FAX_LIMITS, readFaxAnswer, type FaxStream } from '../../sdp/fax-negotiation.ts'
import type { AddressType } from '../../sdp/ip-address.ts'
import type { MediaTerms } from '../../sdp/media-terms.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import type { LocalEndpoint, SentDescription } from '../../sdp/sent-description.ts'
import type { FaxOrder, FaxReceiver, FaxSink, FaxToSend, MediaEvent, MediaFailure, MediaSide } from '../media-engine.ts'
import { PASSED_AGREEMENT, type RelayedParty, sourcesOf } from './side-agreement.ts'
import type { FaxLimits, SideAgreement, WorkerCommand } from './worker-protocol.ts'

/** What a session lets its fax machine use. */
export interface OwnFaxNeeds {
  readonly key: number
  /** Where the side finds us; left out: in the family it described itself in. */
  readonly endpoint: (side: MediaSide, addressType?: AddressType) => LocalEndpoint
  readonly sent: Partial<Record<MediaSide, SentDescription>>
  /** undefined: descriptions can be agreed on. */
  readonly refusal: (side: MediaSide, stream: RemoteStream | undefined) => MediaFailure | undefined
  readonly agree: (side: MediaSide, agreement: SideAgreement) => void
  readonly post: (command: WorkerCommand) => void
  readonly isEnded: () => boolean
  readonly tell: (event: MediaEvent) => void
  readonly logger: Logger
}

interface OpenFax {
  readonly side: MediaSide
  /** Of one that is received. */
  readonly sink?: FaxSink
  /** Of one that is sent. */
  readonly pageSent?: () => void
}

/** Our own end of a session as a fax machine: offer and answer here, the machine itself in the worker. */
export class OwnFax implements FaxReceiver {
  readonly #needs: OwnFaxNeeds
  readonly #open = new Map<string, OpenFax>()
  readonly #limits: Partial<Record<MediaSide, FaxLimits>> = {}

  constructor(needs: OwnFaxNeeds) {
    this.#needs = needs
  }

  offer(side: MediaSide): Result<string, MediaFailure> {
    const refusal = this.#needs.refusal(side, undefined)
    if (refusal !== undefined) return err(refusal)
    return ok(this.#send(side, createFaxOffer(this.#needs.endpoint(side), this.#needs.sent[side])))
  }

  accept(side: MediaSide, answer: string, terms?: MediaTerms, signalledFrom?: string): Result<void, MediaFailure> {
    const read = readFaxAnswer(answer)
    return read.ok ? this.#agree(side, read.value, { terms, signalledFrom }) : read
  }

  answer(side: MediaSide, offer: string, terms?: MediaTerms, signalledFrom?: string): Result<string, MediaFailure> {
    const answered = answerFax({ text: offer, localFor: (addressType) => this.#needs.endpoint(side, addressType), sent: this.#needs.sent[side] })
    if (!answered.ok) return answered
    const agreed = this.#agree(side, answered.value.stream, { terms, signalledFrom })
    return agreed.ok ? ok(this.#send(side, answered.value.sent)) : agreed
  }

  join(): Result<void, MediaFailure> {
    const refusal = this.#needs.refusal('a', undefined) ?? this.#needs.refusal('b', undefined)
    if (refusal !== undefined) return err(refusal)
    for (const side of ['a', 'b'] satisfies MediaSide[]) {
      this.#limits[side] = OWN_FAX_LIMITS
      this.#needs.agree(side, { ...PASSED_AGREEMENT, isFax: true, isFaxToPeer: true })
    }
    return ok(undefined)
  }

  receive(side: MediaSide, order: FaxOrder, sink: FaxSink): void {
    this.#open.set(order.faxId, { side, sink })
    const { post, key, isEnded } = this.#needs
    // What the event says is heard behind this call, as of every other fax.
    if (isEnded()) queueMicrotask(() => this.lose())
    else post({ type: 'receiveFax', key, side, order, limits: this.#limits[side] })
  }

  send(side: MediaSide, fax: FaxToSend, pageSent: () => void): void {
    this.#open.set(fax.faxId, { side, pageSent })
    const { post, key, isEnded } = this.#needs
    if (isEnded()) queueMicrotask(() => this.lose())
    else post({ type: 'sendFax', key, side, fax, limits: this.#limits[side] })
  }

  stop(side: MediaSide): void {
    const { post, key, isEnded } = this.#needs
    if (!isEnded()) post({ type: 'stopFax', key, side })
  }

  take(faxId: string, page: FaxPage): void {
    const open = this.#open.get(faxId)
    if (open?.sink === undefined) return
    const { post, key, isEnded, logger } = this.#needs
    void open
      .sink(page)
      .catch((error: unknown) => {
        logger.error('sink of a fax failed', { faxId, error: String(error) })
        return false
      })
      .then((isKept) => {
        if (!isEnded()) post({ type: 'faxPageKept', key, side: open.side, isKept })
      })
  }

  pageSent(faxId: string): void {
    this.#open.get(faxId)?.pageSent?.()
  }

  /** @returns false when it ended before: nobody is to hear of it twice */
  end(faxId: string): boolean {
    return this.#open.delete(faxId)
  }

  /** Their worker is gone. */
  lose(): void {
    const lost = [...this.#open]
    this.#open.clear()
    for (const [faxId, { side }] of lost)
      this.#needs.tell({ type: 'faxed', side, faxId, end: { reason: 'CallEnded', remoteIdent: '', bitRate: undefined, hasCorrection: false, isSound: false } })
  }

  #send(side: MediaSide, sent: SentDescription): string {
    this.#needs.sent[side] = sent
    return sent.text
  }

  #agree(
    side: MediaSide,
    { remote, maxDatagramBytes, maxBitRate }: FaxStream,
    { terms, signalledFrom }: Omit<RelayedParty, 'stream'>,
  ): Result<void, MediaFailure> {
    const refusal = this.#needs.refusal(side, remote)
    if (refusal !== undefined) return err(refusal)
    this.#limits[side] = { maxDatagramBytes, maxBitRate }
    this.#needs.agree(side, { ...PASSED_AGREEMENT, rtp: remote.rtp, receives: remote.receives, isFax: true, signalledFrom, ...sourcesOf(terms) })
    return ok(undefined)
  }
}
