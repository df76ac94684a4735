import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { answerLocally, createLocalOffer, readLocalAnswer, type LocalStream } from '../../sdp/local-negotiation.ts'
import { relayAnswer, relayOffer, type RelayedOffer } from '../../sdp/relay-negotiation.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import type { LocalEndpoint, SentDescription } from '../../sdp/sent-description.ts'
import type { MediaEvent, MediaFailure, MediaReport, MediaSession, MediaSide, MediaSource } from '../media-engine.ts'
import { localAgreement, relayAgreement } from './side-agreement.ts'
import type { WorkerCommand } from './worker-protocol.ts'

/** Events kept until somebody listens. */
const MAX_KEPT_EVENTS = 32

export interface InProcessSessionOptions {
  readonly id: string
  readonly key: number
  readonly endpoints: Readonly<Record<MediaSide, LocalEndpoint>>
  /** Addresses under which our own sockets are reached. */
  readonly ownAddresses: readonly string[]
  readonly post: (command: WorkerCommand) => void
  readonly close: () => Promise<MediaReport>
  readonly logger: Logger
}

/** Offer/answer in this thread, packets in the worker's: each agreement is told to it. */
export class InProcessSession implements MediaSession {
  readonly id: string
  readonly #options: InProcessSessionOptions
  readonly #sent: Partial<Record<MediaSide, SentDescription>> = {}
  readonly #local: Record<MediaSide, boolean> = { a: false, b: false }
  #offer: { readonly from: MediaSide; readonly offer: RelayedOffer } | undefined
  #established = false
  #ended: string | undefined
  #report: Promise<MediaReport> | undefined
  #handler: ((event: MediaEvent) => void) | undefined
  #kept: MediaEvent[] = []

  constructor(options: InProcessSessionOptions) {
    this.id = options.id
    this.#options = options
  }

  relayOffer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const to = otherSide(from)
    const relayed = relayOffer({ text: sdp, local: this.#options.endpoints[to], sent: this.#sent[to], established: this.#established })
    if (!relayed.ok) return relayed
    const { offer, sent } = relayed.value
    if (this.#pointsAtUs(offer.stream)) return looped()
    this.#sent[to] = sent
    this.#offer = { from, offer }
    return ok(sent.text)
  }

  relayAnswer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const to = otherSide(from)
    if (this.#offer?.from !== to) return err({ code: 'BadSessionDescription', message: `side ${from} answers, but side ${to} offered nothing` })
    const { offer } = this.#offer
    const relayed = relayAnswer({ text: sdp, local: this.#options.endpoints[to], sent: this.#sent[to], offer })
    if (!relayed.ok) return relayed
    const { stream, sent } = relayed.value
    if (this.#pointsAtUs(stream)) return looped()
    this.#sent[to] = sent
    this.#established = true
    this.#setLocal(from, false)
    this.#setLocal(to, false)
    const agreements = { [from]: relayAgreement(stream, offer.stream), [to]: relayAgreement(offer.stream, stream) }
    this.#options.post({ type: 'agree', key: this.#options.key, agreements })
    return ok(sent.text)
  }

  answerLocally(side: MediaSide, offer: string): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const answered = answerLocally({ text: offer, local: this.#options.endpoints[side], sent: this.#sent[side] })
    if (!answered.ok) return answered
    if (this.#pointsAtUs(answered.value.stream.remote)) return looped()
    this.#sent[side] = answered.value.sent
    this.#agreeLocally(side, answered.value.stream)
    return ok(answered.value.sent.text)
  }

  offerLocally(side: MediaSide): string {
    const sent = createLocalOffer({ local: this.#options.endpoints[side], sent: this.#sent[side] })
    this.#sent[side] = sent
    return sent.text
  }

  acceptLocally(side: MediaSide, answer: string): Result<void, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const accepted = readLocalAnswer(answer)
    if (!accepted.ok) return accepted
    if (this.#pointsAtUs(accepted.value.remote)) return looped()
    this.#agreeLocally(side, accepted.value)
    return ok(undefined)
  }

  play(side: MediaSide, source: MediaSource): void {
    if (this.#local[side] && this.#ended === undefined) this.#options.post({ type: 'play', key: this.#options.key, side, source })
    else this.#options.logger.warn('nothing of our own to play from on this side', { sessionId: this.id, side, kind: source.kind })
  }

  onEvent(handler: (event: MediaEvent) => void): void {
    this.#handler = handler
    for (const event of this.#kept.splice(0)) this.#tell(handler, event)
  }

  close(): Promise<MediaReport> {
    this.#ended ??= 'the media session is closed'
    this.#handler = undefined
    this.#report ??= this.#options.close()
    return this.#report
  }

  /** An event of the worker. After `failed` nothing can be negotiated any more. */
  hear(event: MediaEvent): void {
    if (event.type === 'failed') this.#ended ??= event.reason
    if (this.#handler !== undefined) this.#tell(this.#handler, event)
    else if (this.#report === undefined && this.#kept.length < MAX_KEPT_EVENTS) this.#kept.push(event)
  }

  #tell(handler: (event: MediaEvent) => void, event: MediaEvent): void {
    try {
      handler(event)
    } catch (error) {
      this.#options.logger.error('handler of a media event failed', { sessionId: this.id, event: event.type, error: String(error) })
    }
  }

  #agreeLocally(side: MediaSide, stream: LocalStream): void {
    this.#setLocal(side, true)
    this.#options.post({ type: 'agree', key: this.#options.key, agreements: { [side]: localAgreement(stream) } })
  }

  #setLocal(side: MediaSide, local: boolean): void {
    this.#local[side] = local
  }

  /** A description that names our own ports of this session would send the packets round in circles. */
  #pointsAtUs(stream: RemoteStream): boolean {
    const ports = Object.values(this.#options.endpoints).flatMap(({ rtpPort, rtcpPort }) => [rtpPort, rtcpPort])
    return [stream.rtp, stream.rtcp].some(
      (target) => target !== undefined && this.#options.ownAddresses.includes(target.address) && ports.includes(target.port),
    )
  }
}

function otherSide(side: MediaSide): MediaSide {
  return side === 'a' ? 'b' : 'a'
}

function stopped(message: string): Result<never, MediaFailure> {
  return err({ code: 'EngineStopped', message })
}

function looped(): Result<never, MediaFailure> {
  return err({ code: 'BadSessionDescription', message: 'the description names a port of ours' })
}
