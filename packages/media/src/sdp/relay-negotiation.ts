import { err, ok, type Result } from '@dialtone/foundation'
import {
  answerEncryption,
  offerEncryption,
  readAnsweredEncryption,
  type LegEncryption,
  type MediaEncryption,
  type OfferedEncryption,
  type OwnMaster,
} from './encryption-negotiation.ts'
import { admitStream, answerStream, offerStream, takesEvents, type MediaTerms } from './media-terms.ts'
import { parseSessionDescription } from './parse-session-description.ts'
import { payloadFormats } from './payload-format.ts'
import { isFaxImage, isRelayableAudio, readRemoteStream, type RemoteStream } from './remote-stream.ts'
import { refuseStream, rewriteDescription, withTimingOf } from './rewrite-description.ts'
import { signDescription, type LocalEndpoint, type SentDescription } from './sent-description.ts'
import type { MediaDescription, SdpFailure, SessionDescription } from './session-description.ts'
import { telephoneEventOf, withoutFormat, withTelephoneEvent } from './telephone-event-format.ts'

/** An offer that went through us and waits for its answer, or has it already. */
export interface RelayedOffer {
  readonly description: SessionDescription
  /** Which of its streams is the one we carry. */
  readonly streamIndex: number
  readonly stream: RemoteStream
  readonly encryption: OfferedEncryption
  /** The payload type for events that the offerer did not offer: its digits come by INFO. */
  readonly addedEvent: number | undefined
  /** Of the offerer. */
  readonly terms: MediaTerms | undefined
}

export interface RelayInput {
  /** What came in. */
  readonly text: string
  /** Where the other side, to which it goes on, finds us. */
  readonly local: LocalEndpoint
  /** What that side got from us before. */
  readonly sent: SentDescription | undefined
  /** Our keys for what we send to that side. */
  readonly ownMaster: OwnMaster
  /** The author takes digits by INFO: telephone-event is negotiated with the other side in any case (RFC 4733 2.1). */
  readonly digitsByInfo: boolean
  /** What was arranged with the author; undefined: nothing. */
  readonly terms?: MediaTerms | undefined
}

/**
 * Passes an offer on (RFC 3264 section 5): the first usable audio stream through us, or T.38 fax where there is none, every other one refused.
 * When a session is already `established` an offer that only ends its audio (port 0) passes too.
 */
export function relayOffer(
  input: RelayInput & {
    readonly established: boolean
    readonly encryption: MediaEncryption
    /** The suite that is in use towards who gets the offer. */
    readonly suiteInUse?: string | undefined
    readonly recipient?: MediaTerms | undefined
  },
): Result<{ readonly sent: SentDescription; readonly offer: RelayedOffer }, SdpFailure> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const streamIndex = usedStream(parsed.value.media, input.established)
  const used = parsed.value.media[streamIndex]
  if (used === undefined) return err({ code: 'UnsupportedMedia', message: 'no audio stream that can be carried' })
  const { terms, recipient } = input
  const media = isFaxImage(used) ? used : admitStream(used, terms)
  const onward = media === undefined || isFaxImage(media) ? media : offerStream(media, terms, recipient)
  if (media === undefined || onward === undefined) return noneFits(used)
  const description = withStream(parsed.value, streamIndex, media)
  const stream = readRemoteStream(description, media)
  if (!stream.ok) return stream
  const { onward: security, ...encryption } = offerEncryption(media, input.encryption, input.ownMaster, input.suiteInUse)
  const wantsEvents = (input.digitsByInfo || !takesEvents(terms)) && takesEvents(recipient) && !stream.value.isFax
  const added = wantsEvents ? withTelephoneEvent(onward) : undefined
  const passed = withStream(description, streamIndex, added?.media ?? onward)
  const rewritten = rewriteDescription(passed, { streamIndex, held: stream.value.heldByAddress, security }, input.local)
  const sent = signDescription({ ...rewritten, media: filledUp(rewritten.media, input.sent) }, input.local, input.sent)
  return ok({ sent, offer: { description, streamIndex, stream: stream.value, encryption, addedEvent: added?.event.payloadType, terms } })
}

/**
 * Passes an answer back (RFC 3264 section 6). It gets as many streams as the offer had, whatever the answerer wrote; without
 * an answer to the audio stream it fails.
 */
export function relayAnswer(input: RelayInput & { readonly offer: RelayedOffer }): Result<
  {
    readonly sent: SentDescription
    readonly stream: RemoteStream
    /** Of the one who answers, and of the one who offered; undefined: plain RTP. */
    readonly encryption: { readonly answerer: LegEncryption | undefined; readonly offerer: LegEncryption | undefined }
  },
  SdpFailure
> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const { offer } = input
  const received = parsed.value.media[offer.streamIndex]
  const offered = offer.description.media[offer.streamIndex]
  if (offered === undefined || received?.media !== offered.media) return err({ code: 'BadSessionDescription', message: 'the stream in use is not answered' })
  const answered = isFaxImage(received) ? received : admitStream(received, input.terms)
  if (answered === undefined) return noneFits(received)
  const stream = readRemoteStream(parsed.value, answered)
  if (!stream.ok) return stream
  const answerer = readAnsweredEncryption(offer.encryption, answered)
  if (!answerer.ok) return answerer
  const { leg: offerer, onward: security } = answerEncryption(offer.encryption, offered, input.ownMaster)
  const fitting = isFaxImage(answered) ? answered : answerStream(answered, offered, { offerer: offer.terms, answerer: input.terms })
  if (fitting === undefined) return noneFits(received)
  const used = withFormatsOf(offered, withEventsOf(offered, fitting, input))
  const media = offer.description.media.map((section, index) => (index === offer.streamIndex ? used : refuseStream(section)))
  const held = stream.value.heldByAddress
  const rewritten = rewriteDescription(
    withTimingOf(offer.description, { ...parsed.value, media }),
    { streamIndex: offer.streamIndex, held, security },
    input.local,
  )
  const sent = signDescription(rewritten, input.local, input.sent)
  return ok({ sent, stream: stream.value, encryption: { answerer: answerer.value, offerer } })
}

function usedStream(media: readonly MediaDescription[], established: boolean): number {
  const first = media.findIndex((section) => section.port !== 0 && isRelayableAudio(section))
  if (first !== -1) return first
  // Who begins a call with speech that we cannot carry has not called for a fax.
  if (!established && media.some((section) => section.port !== 0 && section.media === 'audio')) return -1
  // Phones that have heard a fax tone go over to T.38, with the audio ended or left out; fax machines behind a gateway may begin with it.
  const fax = media.findIndex((section) => section.port !== 0 && isFaxImage(section))
  if (fax !== -1 || !established) return fax
  // Only a stream that ends may be taken besides: one that wants to go on in a way we cannot carry is refused.
  return media.findIndex((section) => section.media === 'audio' && section.port === 0)
}

function withStream(description: SessionDescription, streamIndex: number, media: MediaDescription): SessionDescription {
  if (description.media[streamIndex] === media) return description
  return { ...description, media: description.media.map((section, index) => (index === streamIndex ? media : section)) }
}

function noneFits({ formats }: MediaDescription): Result<never, SdpFailure> {
  return err({ code: 'NoCommonCodec', message: `of ${formats.slice(0, 16).join(' ')} nothing is allowed on the other side, or can be converted` })
}

/** The offerer hears of events when it offered them, and of nothing it did not offer (RFC 3264 6.1). */
function withEventsOf(
  offered: MediaDescription,
  answered: MediaDescription,
  input: { readonly offer: RelayedOffer; readonly digitsByInfo: boolean; readonly terms?: MediaTerms | undefined },
): MediaDescription {
  const { addedEvent, stream } = input.offer
  if (stream.isFax) return answered
  if (addedEvent !== undefined) return withoutFormat(answered, addedEvent)
  const event = input.digitsByInfo || !takesEvents(input.terms) ? telephoneEventOf(payloadFormats(offered)) : undefined
  return event === undefined ? answered : (withTelephoneEvent(answered, event)?.media ?? answered)
}

/** An offer has at least as many streams as the side saw before (RFC 3264 section 8); those of a party that is gone stay refused. */
function filledUp(media: readonly MediaDescription[], sent: SentDescription | undefined): readonly MediaDescription[] {
  const missing = Math.max(0, (sent?.streams ?? 0) - media.length)
  const ended: MediaDescription = { media: 'audio', port: 0, portCount: undefined, protocol: 'RTP/AVP', formats: ['0'], fields: [] }
  return missing === 0 ? media : [...media, ...Array.from({ length: missing }, () => ended)]
}

/** A refused stream may come without formats; the grammar wants one, so it gets those of the offer. */
function withFormatsOf(offered: MediaDescription, answered: MediaDescription): MediaDescription {
  return answered.formats.length > 0 ? answered : { ...answered, formats: offered.formats }
}
