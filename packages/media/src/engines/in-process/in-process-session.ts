import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { answerLocally, createLocalOffer, readLocalAnswer, type LocalStream } from '../../sdp/local-negotiation.ts'
import { ownEncryption, type LegEncryption, type OfferedEncryption } from '../../sdp/encryption-negotiation.ts'
import { offersDtls, passDescription } from '../../sdp/pass-description.ts'
import { relayAnswer, relayOffer, type RelayedOffer } from '../../sdp/relay-negotiation.ts'
import type { AddressType } from '../../sdp/ip-address.ts'
import type { MediaTerms } from '../../sdp/media-terms.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import type { SentDescription } from '../../sdp/sent-description.ts'
import { eventOfDigit } from '../../rtp/telephone-event.ts'
import type {
  AudioClip,
  MediaEvent,
  MediaFailure,
  MediaReport,
  MediaSession,
  MediaSide,
  MediaSource,
  MediaStream,
  MixPart,
  OfferOptions,
  OwnOfferEncryption,
  PartyKeys,
  RecordingOrder,
  RelayOptions,
} from '../media-engine.ts'
import type { MixRoster } from './mix-roster.ts'
import { OwnFax } from './own-fax.ts'
import { OwnMixes } from './own-mixes.ts'
import { RecordingSinks } from './recording-sinks.ts'
import { SessionEvents } from './session-events.ts'
import { SideAgreements } from './side-agreements.ts'
import { SideParties, type SidePartiesOptions } from './side-parties.ts'
import { commonAudio, heldEndFormat, localAgreement, ownEndFormat, PASSED_AGREEMENT, relayAgreement, type RelayedParty } from './side-agreement.ts'
import { passedReport } from './unmeasured-report.ts'
import type { WorkerLink } from './worker-link.ts'
import type { SessionEvent, SideAgreement } from './worker-protocol.ts'

const SIDES: readonly MediaSide[] = ['a', 'b']
const TALK: MixPart = { kind: 'talk' }

export interface InProcessSessionOptions extends SidePartiesOptions {
  readonly id: string
  readonly key: number
  readonly mixes: MixRoster
  /** The worker that carries it. */
  readonly link: Pick<WorkerLink, 'post' | 'position'>
  readonly close: () => Promise<MediaReport>
  readonly logger: Logger
}

/** Offer/answer in this thread, packets in the worker's: each agreement is told to it. */
export class InProcessSession implements MediaSession {
  readonly id: string
  readonly isAnchored = true
  readonly fax: OwnFax
  readonly #options: InProcessSessionOptions
  readonly #sent: Partial<Record<MediaSide, SentDescription>> = {}
  readonly #parties: SideParties
  readonly #agreed: SideAgreements
  readonly #events: SessionEvents
  /** What the sides described when their media was relayed last. */
  #relayed: Readonly<Record<MediaSide, RelayedParty>> | undefined
  readonly #mixes: OwnMixes
  /** What the sides hear of clips, by `playId`: of what was replaced nothing is told any more. */
  readonly #playing: Partial<Record<MediaSide, string>> = {}
  readonly #recordings: RecordingSinks
  /** How our own end asked the sides for SRTP last. */
  readonly #ownOffers: Partial<Record<MediaSide, OfferedEncryption>> = {}
  /** `offer` is undefined for one that went past us. */
  #offer: { readonly from: MediaSide; readonly offer: RelayedOffer | undefined; readonly signalledFrom?: string | undefined } | undefined
  #established = false
  #passed = false
  #ended: string | undefined
  #report: Promise<MediaReport> | undefined

  constructor(options: InProcessSessionOptions) {
    this.id = options.id
    this.#options = options
    this.#parties = new SideParties(options)
    this.#agreed = new SideAgreements(options.key, options.link)
    this.#events = new SessionEvents(options.id, options.logger)
    this.#recordings = new RecordingSinks(options.logger)
    this.#mixes = new OwnMixes({
      ...{ sessionId: options.id, key: options.key, roster: options.mixes, link: options.link },
      agreed: (side) => this.#agreed.of(side),
      ownEnd: (side) => this.#ownEndAt(side),
      agree: (side, agreement) => this.#agree({ [side]: agreement }),
    })
    this.fax = new OwnFax({
      ...{ key: options.key, endpoint: (side, addressType) => this.#parties.endpoint(side, addressType), sent: this.#sent, logger: options.logger },
      refusal: (side, stream) => this.#faxRefusal(side, stream),
      agree: (side, agreement) => this.#agree({ [side]: agreement }),
      post: (command) => options.link.post(command),
      isEnded: () => this.#ended !== undefined,
      tell: (event) => this.#passOn(event),
    })
  }

  relayOffer(from: MediaSide, sdp: string, options: OfferOptions = {}): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const to = otherSide(from)
    const { local, sent } = { local: this.#parties.endpoint(to, options.addressType), sent: this.#sent[to] }
    const relayed = relayOffer({
      ...{ text: sdp, local, sent, ownMaster: this.#parties.mastersOf(to), established: this.#established },
      ...{ encryption: options.encryption ?? 'asOffered', suiteInUse: this.#parties.keysOf(to).inUse, digitsByInfo: options.digitsByInfo ?? false },
      ...{ terms: options.terms, recipient: options.recipient },
    })
    if (!relayed.ok) return relayed.error.code === 'UnsupportedMedia' && offersDtls(sdp) ? this.#passOffer(from, sdp) : relayed
    const offer = this.#withEarlierLegs(from, relayed.value.offer)
    if (offer.stream.isFax && this.#agreed.isSecure) return err({ code: 'UnsupportedMedia', message: 'T.38 has no keys, and the call has' })
    if (this.#parties.pointsAtUs(offer.stream)) return looped()
    this.#parties.meet(from, offer)
    this.#sent[to] = relayed.value.sent
    // Should our own end take the answer to it.
    this.#ownOffers[to] = offer.encryption
    this.#offer = { from, offer, signalledFrom: options.signalledFrom }
    return ok(relayed.value.sent.text)
  }

  relayAnswer(from: MediaSide, sdp: string, options: RelayOptions = {}): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const to = otherSide(from)
    if (this.#offer?.from !== to) return err({ code: 'BadSessionDescription', message: `side ${from} answers, but side ${to} offered nothing` })
    const { offer, signalledFrom } = this.#offer
    if (offer === undefined) return this.#passAnswer(from, sdp)
    const { local, sent } = { local: this.#parties.endpoint(to), sent: this.#sent[to] }
    const ownMaster = this.#parties.mastersOf(to)
    const { digitsByInfo = false, terms } = options
    const relayed = relayAnswer({ text: sdp, local, sent, ownMaster, digitsByInfo, terms, offer })
    if (!relayed.ok) return relayed
    const { stream, encryption } = relayed.value
    if (this.#parties.pointsAtUs(stream)) return looped()
    this.#sent[to] = relayed.value.sent
    this.#parties.reachedAs(from, stream)
    this.#established = true
    const answerer = { stream, terms, signalledFrom: options.signalledFrom }
    const offerer = { stream: offer.stream, terms: offer.terms, signalledFrom }
    this.#settle(
      from === 'a' ? { a: answerer, b: offerer } : { a: offerer, b: answerer },
      from === 'a' ? { a: encryption.answerer, b: encryption.offerer } : { a: encryption.offerer, b: encryption.answerer },
    )
    return ok(relayed.value.sent.text)
  }

  answerBoth(
    offers: Readonly<Record<MediaSide, string>>,
    terms: Readonly<Partial<Record<MediaSide, MediaTerms | undefined>>> = {},
  ): Result<Readonly<Record<MediaSide, string>>, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const [a, b] = [this.#readOffer('a', offers.a, terms.a), this.#readOffer('b', offers.b, terms.b)]
    if (!a.ok) return a
    if (!b.ok) return b
    if (this.#parties.pointsAtUs(a.value.stream) || this.#parties.pointsAtUs(b.value.stream)) return looped()
    if (commonAudio(a.value, b.value) === undefined) return err({ code: 'NoCommonCodec', message: 'the two offers share no codec' })
    this.#parties.meet('a', a.value)
    this.#parties.meet('b', b.value)
    const [toA, toB] = [this.#answerWith('a', a.value, offers.b, terms.b), this.#answerWith('b', b.value, offers.a, terms.a)]
    if (!toA.ok) return toA
    if (!toB.ok) return toB
    this.#sent.a = toA.value.sent
    this.#sent.b = toB.value.sent
    this.#offer = { from: 'a', offer: a.value }
    this.#established = true
    this.#settle({ a: a.value, b: b.value }, { a: toA.value.encryption.offerer, b: toB.value.encryption.offerer })
    return ok({ a: toA.value.sent.text, b: toB.value.sent.text })
  }

  answerLocally(side: MediaSide, offer: string, terms?: MediaTerms, signalledFrom?: string): Result<string, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const answered = answerLocally({
      text: offer,
      terms,
      localFor: (addressType) => this.#parties.endpoint(side, addressType),
      sent: this.#sent[side],
      ownMaster: this.#parties.mastersOf(side),
    })
    if (!answered.ok) return answered
    if (this.#parties.pointsAtUs(answered.value.stream.remote)) return looped()
    this.#sent[side] = answered.value.sent
    this.#agreeLocally(side, answered.value.stream, { terms, signalledFrom })
    return ok(answered.value.sent.text)
  }

  offerLocally(side: MediaSide, terms?: MediaTerms, encryption: OwnOfferEncryption = 'none', addressType?: AddressType): string {
    const { onward: security, ...own } = ownEncryption(encryption, this.#parties.mastersOf(side), this.#parties.keysOf(side).inUse)
    const sent = createLocalOffer({ terms, local: this.#parties.endpoint(side, addressType), sent: this.#sent[side], security })
    this.#ownOffers[side] = own
    this.#sent[side] = sent
    return sent.text
  }

  acceptLocally(side: MediaSide, answer: string, terms?: MediaTerms, signalledFrom?: string): Result<void, MediaFailure> {
    if (this.#ended !== undefined) return stopped(this.#ended)
    const accepted = readLocalAnswer(answer, terms, this.#ownOffers[side])
    if (!accepted.ok) return accepted
    if (this.#parties.pointsAtUs(accepted.value.remote)) return looped()
    this.#agreeLocally(side, accepted.value, { terms, signalledFrom })
    return ok(undefined)
  }

  playInstead(side: MediaSide, source: MediaSource): boolean {
    const [agreement, parties] = [this.#agreed.of(side), this.#relayed]
    const ownEnd = parties === undefined ? undefined : heldEndFormat(parties[side], parties[otherSide(side)])
    if (this.#ended !== undefined || agreement?.receives !== true || ownEnd === undefined || this.#mixes.has(side)) return false
    this.#agree({ [side]: { ...agreement, local: ownEnd } })
    this.play(side, source)
    return true
  }

  play(side: MediaSide, source: MediaSource): void {
    this.#mixes.forget(side)
    if (this.#agreed.of(side)?.local !== undefined && this.#ended === undefined) {
      if (source.kind === 'clips') this.#playing[side] = source.playId
      else delete this.#playing[side]
      this.#options.link.post({ type: 'play', key: this.#options.key, side, source })
    } else this.#options.logger.warn('nothing of our own to play from on this side', { sessionId: this.id, side, kind: source.kind })
  }

  record(side: MediaSide, order: RecordingOrder, sink: (pcm: Uint8Array) => void): void {
    this.#recordings.begin(side, order.recordingId, sink)
    // What the event says is heard behind this call, as of every other recording.
    if (this.#ended !== undefined) queueMicrotask(() => this.#loseRecordings())
    else this.#options.link.post({ type: 'record', key: this.#options.key, side, order })
  }

  stopRecording(side: MediaSide): void {
    if (this.#ended === undefined) this.#options.link.post({ type: 'stopRecording', key: this.#options.key, side })
  }

  joinMix(side: MediaSide, mixId: string, part: MixPart = TALK): Result<void, MediaFailure> {
    return this.#ended === undefined ? this.#mixes.join(side, mixId, part) : stopped(this.#ended)
  }

  announceInMix(side: MediaSide, clips: readonly AudioClip[], toWhom: 'all' | 'side' = 'all'): boolean {
    return this.#ended === undefined && this.#mixes.announce(side, clips, toWhom)
  }

  leaveMix(side: MediaSide): void {
    if (this.#ended === undefined) this.#mixes.leave(side)
  }

  async handOff(side: MediaSide): Promise<MediaStream | undefined> {
    if (this.#ended !== undefined) return undefined
    const position = this.#options.link.position(this.#options.key, side)
    this.release(side)
    return position
  }

  keysOf(side: MediaSide): PartyKeys {
    return this.#parties.keysOf(side)
  }

  welcome(side: MediaSide, keys?: PartyKeys): void {
    this.#parties.welcome(side, keys)
  }

  continueStream(side: MediaSide, stream: Promise<MediaStream | undefined>): void {
    const { key, link } = this.#options
    const tell = (position?: MediaStream): void => (this.#ended === undefined ? link.post({ type: 'continueStream', key, side, position }) : undefined)
    // Another worker has to be asked, and the party may be there before its answer.
    if (this.#ended === undefined) link.post({ type: 'awaitStream', key, side })
    stream.then(tell, () => tell())
  }

  release(side: MediaSide): void {
    if (this.#ended === undefined) this.#agree({ [side]: PASSED_AGREEMENT })
  }

  takesDigits(side: MediaSide): boolean {
    const { telephoneEvent, keysAsTones, receives } = this.#agreed.of(side) ?? PASSED_AGREEMENT
    return this.#ended === undefined && receives && (telephoneEvent !== undefined || keysAsTones !== undefined)
  }

  sendDigit(side: MediaSide, digit: string, durationMs: number): boolean {
    const event = eventOfDigit(digit)
    if (event === undefined || !this.takesDigits(side)) return false
    this.#options.link.post({ type: 'sendDigit', key: this.#options.key, side, event, durationMs })
    return true
  }

  holdKeys(side: MediaSide, isHeld: boolean): void {
    if (this.#ended === undefined) this.#agreed.holdKeys(side, isHeld)
  }

  onEvent(handler: (event: MediaEvent) => void): void {
    this.#events.listen(handler)
  }

  close(): Promise<MediaReport> {
    this.#ended ??= 'the media session is closed'
    this.#mixes.forgetAll()
    this.#report ??= this.#closeRecordings()
    return this.#report
  }

  async #closeRecordings(): Promise<MediaReport> {
    const report = await this.#options.close()
    this.#loseRecordings()
    this.#events.forget()
    return this.#passed ? passedReport(report) : report
  }

  /** An event of the worker. After `failed` nothing can be negotiated any more. */
  hear(event: SessionEvent): void {
    if (event.type === 'recording') return this.#recordings.take(event.recordingId, event.pcm)
    if (event.type === 'faxPage') return this.fax.take(event.faxId, event.page)
    if (event.type === 'faxPageSent') return this.fax.pageSent(event.faxId)
    if (event.type === 'faxed' && !this.fax.end(event.faxId)) return undefined
    if (event.type === 'recorded' && !this.#recordings.end(event.recordingId)) return undefined
    if (event.type === 'played' && !this.#isPlayed(event)) return undefined
    if (event.type === 'failed') {
      this.#ended ??= event.reason
      this.#mixes.forgetAll()
      this.#loseRecordings()
    }
    return this.#passOn(event)
  }

  /** Once the session is closed, only how its recordings and faxes ended is still worth telling. */
  #passOn(event: MediaEvent): void {
    if (this.#report !== undefined && event.type !== 'recorded' && event.type !== 'faxed') return
    this.#events.pass(event)
  }

  #isPlayed({ side, playId }: { readonly side: MediaSide; readonly playId: string }): boolean {
    if (this.#playing[side] !== playId) return false
    delete this.#playing[side]
    return true
  }

  #loseRecordings(): void {
    for (const event of this.#recordings.lose()) this.#passOn(event)
    this.fax.lose()
  }

  #faxRefusal(side: MediaSide, stream: RemoteStream | undefined): MediaFailure | undefined {
    if (this.#ended !== undefined) return { code: 'EngineStopped', message: this.#ended }
    if (this.#agreed.of(side)?.encryption !== undefined) return { code: 'UnsupportedMedia', message: 'T.38 has no keys, and the call has' }
    return stream !== undefined && this.#parties.pointsAtUs(stream)
      ? { code: 'BadSessionDescription', message: 'the description names a port of ours' }
      : undefined
  }

  #agreeLocally(side: MediaSide, stream: LocalStream, party: Omit<RelayedParty, 'stream'>): void {
    this.#parties.reachedAs(side, stream.remote)
    this.#agree({ [side]: localAgreement(stream, party) })
  }

  /** What an offer says, before anything is told to the other side. */
  #readOffer(from: MediaSide, text: string, terms: MediaTerms | undefined): Result<RelayedOffer, MediaFailure> {
    const ownMaster = this.#parties.mastersOf(from)
    const read = relayOffer({
      ...{ text, local: this.#parties.endpoint(otherSide(from)), sent: undefined, ownMaster, established: false },
      ...{ encryption: 'none', digitsByInfo: false, terms },
    })
    return read.ok ? ok(read.value.offer) : read
  }

  /** Answers the offer of a side with the description of the other one. */
  #answerWith(side: MediaSide, offer: RelayedOffer, text: string, terms: MediaTerms | undefined) {
    const ownMaster = this.#parties.mastersOf(side)
    return relayAnswer({ text, local: this.#parties.endpoint(side), sent: this.#sent[side], ownMaster, digitsByInfo: false, terms, offer })
  }

  #ownEndAt(side: MediaSide): SideAgreement['local'] {
    const parties = this.#relayed
    return parties === undefined ? undefined : ownEndFormat(parties[side], parties[otherSide(side)])
  }

  /** Both sides are described: their media is relayed from now on. */
  #settle(parties: Readonly<Record<MediaSide, RelayedParty>>, encryption: Readonly<Record<MediaSide, LegEncryption | undefined>>): void {
    const { a, b } = parties
    this.#relayed = parties
    this.#agree({ a: relayAgreement(a, b, encryption.a), b: relayAgreement(b, a, encryption.b) })
  }

  #agree(agreements: Partial<Readonly<Record<MediaSide, SideAgreement>>>): void {
    // What is relayed is in no mix; what is negotiated anew by our own end stays in it.
    for (const side of SIDES) {
      if (agreements[side] === undefined) continue
      const { encryption } = agreements[side]
      if (encryption !== undefined) this.#parties.keysOf(side).inUse = encryption.outbound.suite
      if (agreements[side].local === undefined) {
        this.#mixes.forget(side)
        delete this.#playing[side]
      } else this.#mixes.stay(side)
    }
    this.#agreed.agree(agreements)
  }

  /** The same offer may be on its way to others, with our keys and events of ours: whichever answers, its answer is understood. */
  #withEarlierLegs(from: MediaSide, offer: RelayedOffer): RelayedOffer {
    const earlier = this.#offer?.from === from && !this.#established ? this.#offer.offer : undefined
    if (earlier === undefined) return offer
    const [before, now] = [earlier.encryption, offer.encryption]
    const ours = now.ours.length > 0 ? now.ours : before.ours
    const encryption = before.asked === now.asked || ours.length === 0 ? now : { ...now, asked: 'optional' as const, ours }
    return { ...offer, encryption, addedEvent: offer.addedEvent ?? earlier.addedEvent }
  }

  /** Media that only its two ends can decrypt goes past us: what came goes on, and our ports are silent. */
  #passOffer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    const passed = this.#pass(from, sdp)
    if (passed.ok) this.#offer = { from, offer: undefined }
    return passed
  }

  #passAnswer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    const passed = this.#pass(from, sdp)
    if (!passed.ok) return passed
    this.#passed = true
    this.#agree({ a: PASSED_AGREEMENT, b: PASSED_AGREEMENT })
    return passed
  }

  #pass(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    const to = otherSide(from)
    const passed = passDescription({ text: sdp, local: this.#parties.endpoint(to), sent: this.#sent[to] })
    if (!passed.ok) return passed
    this.#sent[to] = passed.value
    return ok(passed.value.text)
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
