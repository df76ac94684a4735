import { attribute, attributeName } from './attribute.ts'
import { payloadFormats, type PayloadFormat } from './payload-format.ts'
import type { MediaDescription } from './session-description.ts'
import { TELEPHONE_EVENT, withoutFormat } from './telephone-event-format.ts'

/** What was arranged with a party about its media, beyond what offer and answer say (S3-13, S3-25). Ordinary phones have none. */
export interface MediaTerms {
  /** The encodings it may be offered and may use, as SDP names them in upper case, the best liked first; left out: any. */
  readonly codecs?: readonly string[] | undefined
  /**
   * How keys go to it and come from it; left out: `rfc2833`, in telephone events, or by INFO where it says it takes that. With `info` and `inband` it
   * neither gets nor sends telephone events.
   */
  readonly digits?: 'rfc2833' | 'info' | 'inband' | undefined
  /** Where its packets may come from; left out: anywhere. */
  readonly addresses?: readonly string[] | undefined
  /** There is no NAT on the way to it: its packets come from the address of its description, and go where that says. */
  readonly isStrict?: boolean | undefined
}

/** What our own end can convert, each into the others: a payload octet is an eighth of a millisecond in all of them (RFC 3551 table 4). */
const CONVERTIBLE: readonly PayloadFormat[] = [
  { payloadType: 0, encoding: 'PCMU', clockRateHz: 8000 },
  { payloadType: 8, encoding: 'PCMA', clockRateHz: 8000 },
  { payloadType: 9, encoding: 'G722', clockRateHz: 8000 },
]

/** What who may use anything is offered besides, when the other side may not: every telephone speaks one of them. */
const SPOKEN_BY_ALL = ['PCMU', 'PCMA']

export function takesEvents(terms: MediaTerms | undefined): boolean {
  return terms?.digits === undefined || terms.digits === 'rfc2833'
}

/** A stream as its author may describe it: the allowed codecs in their order, and no events where keys go another way. undefined: nothing is left. */
export function admitStream(media: MediaDescription, terms: MediaTerms | undefined): MediaDescription | undefined {
  if (media.port === 0) return media
  const admitted = takesEvents(terms) ? media : withoutEvents(media)
  if (terms?.codecs === undefined) return admitted
  const formats = payloadFormats(admitted)
  const allowed = terms.codecs.flatMap((encoding) => formats.filter((format) => isSpeech(format) && format.encoding === encoding))
  return allowed.length === 0 ? undefined : withFormats(admitted, [...allowed, ...formats.filter(isEvent)])
}

/**
 * The stream of an offer for who gets it: what of it he may use, else what it can be converted into. To who may use anything G.711 is offered
 * besides when the author is bound: who speaks nothing of the author's is converted then. undefined: nothing fits.
 */
export function offerStream(media: MediaDescription, author: MediaTerms | undefined, recipient: MediaTerms | undefined): MediaDescription | undefined {
  const offered = takesEvents(recipient) ? media : withoutEvents(media)
  if (media.port === 0 || (author?.codecs === undefined && recipient?.codecs === undefined)) return offered
  const formats = payloadFormats(offered)
  const speech = formats.filter(isSpeech)
  const allowed = recipient?.codecs
  const shared = allowed === undefined ? speech : allowed.flatMap((encoding) => speech.filter((format) => format.encoding === encoding))
  const wanted = allowed === undefined ? SPOKEN_BY_ALL : shared.length === 0 ? allowed : []
  const taken = new Set(formats.map(({ payloadType }) => payloadType))
  const converted = speech.some(isConvertible)
    ? wanted.flatMap((encoding) => CONVERTIBLE.filter((format) => format.encoding === encoding && !taken.has(format.payloadType)))
    : []
  const all = [...shared, ...converted.filter(({ encoding }) => !shared.some((format) => format.encoding === encoding))]
  return all.length === 0 ? undefined : withFormats(offered, [...all, ...formats.filter(isEvent)])
}

/**
 * The stream of an answer for who offered: what he offered too, else that of his which the answer can be converted into. undefined: nothing fits.
 * @param offered his own stream, as he may use it
 */
export function answerStream(
  answered: MediaDescription,
  offered: MediaDescription,
  terms: { readonly offerer: MediaTerms | undefined; readonly answerer: MediaTerms | undefined },
): MediaDescription | undefined {
  if (answered.port === 0 || !converts(terms.offerer, terms.answerer)) return answered
  const [theirs, formats] = [payloadFormats(offered).filter(isSpeech), payloadFormats(answered)]
  const speech = formats.filter(isSpeech)
  const shared = speech.filter((format) => theirs.some((other) => isSame(format, other)))
  const liked = terms.offerer?.codecs?.flatMap((encoding) => shared.filter((format) => format.encoding === encoding)) ?? shared
  const target = theirs.find(isConvertible)
  const spoken = liked.length > 0 || target === undefined || !speech.some(isConvertible) ? liked : [target]
  const events = formats.filter((format) => isEvent(format) && !spoken.some(({ payloadType }) => payloadType === format.payloadType))
  return spoken.length === 0 ? undefined : withFormats(answered, [...spoken, ...events])
}

/** Whether what one side says may be converted for the other one. */
export function converts(one: MediaTerms | undefined, other: MediaTerms | undefined): boolean {
  return one?.codecs !== undefined || other?.codecs !== undefined
}

export function isConvertible({ encoding, clockRateHz }: PayloadFormat): boolean {
  return CONVERTIBLE.some((format) => format.encoding === encoding && format.clockRateHz === clockRateHz)
}

function isSame(one: PayloadFormat, other: PayloadFormat): boolean {
  return one.encoding === other.encoding && one.clockRateHz === other.clockRateHz
}

function isEvent({ encoding }: PayloadFormat): boolean {
  return encoding === TELEPHONE_EVENT
}

/** Neither keys nor the noise between words (RFC 3389). */
function isSpeech({ encoding }: PayloadFormat): boolean {
  return encoding !== TELEPHONE_EVENT && encoding !== 'CN'
}

function withoutEvents(media: MediaDescription): MediaDescription {
  return payloadFormats(media)
    .filter(isEvent)
    .reduce((rest, { payloadType }) => withoutFormat(rest, payloadType), media)
}

/** The stream with these formats alone, in this order; those that are new are explained. */
function withFormats(media: MediaDescription, wanted: readonly PayloadFormat[]): MediaDescription {
  const known = payloadFormats(media)
  const stays = (format: PayloadFormat): boolean => known.some((one) => one.payloadType === format.payloadType && isSame(one, format))
  const kept = new Set(wanted.filter(stays).map(({ payloadType }) => String(payloadType)))
  const fields = media.fields.filter((field) => {
    const name = attributeName(field)
    if (name !== 'rtpmap' && name !== 'fmtp' && name !== 'rtcp-fb') return true
    const [payloadType = ''] = field.value.replace(/^[^:]*:\s*/, '').split(/\s/, 1)
    return payloadType === '*' || kept.has(payloadType)
  })
  const maps = wanted.filter((format) => !stays(format)).map(({ payloadType, encoding, clockRateHz }) => attribute('rtpmap', `${payloadType} ${encoding}/${clockRateHz}`)) // prettier-ignore
  return { ...media, formats: wanted.map(({ payloadType }) => String(payloadType)), fields: [...fields, ...maps] }
}
