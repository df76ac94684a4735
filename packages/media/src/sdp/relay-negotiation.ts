import { err, ok, type Result } from '@dialtone/foundation'
import { parseSessionDescription } from './parse-session-description.ts'
import { isRelayableAudio, readRemoteStream, type RemoteStream } from './remote-stream.ts'
import { refuseStream, rewriteDescription, withTimingOf } from './rewrite-description.ts'
import { signDescription, type LocalEndpoint, type SentDescription } from './sent-description.ts'
import type { MediaDescription, SdpFailure, SessionDescription } from './session-description.ts'

/** An offer that went through us and waits for its answer, or has it already. */
export interface RelayedOffer {
  readonly description: SessionDescription
  /** Which of its streams is the one we carry. */
  readonly streamIndex: number
  readonly stream: RemoteStream
}

export interface RelayInput {
  /** What came in. */
  readonly text: string
  /** Where the other side, to which it goes on, finds us. */
  readonly local: LocalEndpoint
  /** What that side got from us before. */
  readonly sent: SentDescription | undefined
}

/**
 * Passes an offer on (RFC 3264 section 5): the first usable audio stream through us, every other one refused.
 * An offer that only ends its audio (port 0) passes when a session is already `established`.
 */
export function relayOffer(
  input: RelayInput & { readonly established: boolean },
): Result<{ readonly sent: SentDescription; readonly offer: RelayedOffer }, SdpFailure> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const description = parsed.value
  const streamIndex = usedStream(description.media, input.established)
  const media = description.media[streamIndex]
  if (media === undefined) return err({ code: 'UnsupportedMedia', message: 'no audio stream that can be carried' })
  const stream = readRemoteStream(description, media)
  if (!stream.ok) return stream
  const rewritten = rewriteDescription(description, { streamIndex, held: stream.value.heldByAddress }, input.local)
  return ok({ sent: signDescription(rewritten, input.local, input.sent), offer: { description, streamIndex, stream: stream.value } })
}

/**
 * Passes an answer back (RFC 3264 section 6). It gets as many streams as the offer had, whatever the answerer wrote; without
 * an answer to the audio stream it fails.
 */
export function relayAnswer(
  input: RelayInput & { readonly offer: RelayedOffer },
): Result<{ readonly sent: SentDescription; readonly stream: RemoteStream }, SdpFailure> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const { offer } = input
  const answered = parsed.value.media[offer.streamIndex]
  if (answered?.media !== 'audio') return err({ code: 'BadSessionDescription', message: 'the audio stream is not answered' })
  const stream = readRemoteStream(parsed.value, answered)
  if (!stream.ok) return stream
  const media = offer.description.media.map((offered, index) => (index === offer.streamIndex ? withFormatsOf(offered, answered) : refuseStream(offered)))
  const used = { streamIndex: offer.streamIndex, held: stream.value.heldByAddress }
  const rewritten = rewriteDescription(withTimingOf(offer.description, { ...parsed.value, media }), used, input.local)
  return ok({ sent: signDescription(rewritten, input.local, input.sent), stream: stream.value })
}

function usedStream(media: readonly MediaDescription[], established: boolean): number {
  const first = media.findIndex((section) => section.port !== 0 && isRelayableAudio(section))
  if (first !== -1 || !established) return first
  return media.findIndex((section) => section.media === 'audio')
}

/** A refused stream may come without formats; the grammar wants one, so it gets those of the offer. */
function withFormatsOf(offered: MediaDescription, answered: MediaDescription): MediaDescription {
  return answered.formats.length > 0 ? answered : { ...answered, formats: offered.formats }
}
