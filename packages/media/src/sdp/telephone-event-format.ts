import { attribute, attributeName } from './attribute.ts'
import { payloadFormats, type PayloadFormat } from './payload-format.ts'
import type { MediaDescription } from './session-description.ts'

export const TELEPHONE_EVENT = 'TELEPHONE-EVENT'
/** What everybody uses for events, then the other dynamic payload types (RFC 3551 table 4). */
const CANDIDATES = [101, ...Array.from({ length: 32 }, (_unused, index) => 96 + index)]

/** The format in which a side takes events: that with the clock of its first codec, else the first (RFC 4733 2.5.1.1 wants one clock a stream). */
export function telephoneEventOf(formats: readonly PayloadFormat[]): PayloadFormat | undefined {
  const events = formats.filter(({ encoding }) => encoding === TELEPHONE_EVENT)
  const codec = formats.find(({ encoding }) => encoding !== TELEPHONE_EVENT)
  return events.find(({ clockRateHz }) => clockRateHz === codec?.clockRateHz) ?? events[0]
}

/** The stream with events in it, when it has none; undefined when it has, or when every payload type is taken. */
export function withTelephoneEvent(
  media: MediaDescription,
  wanted?: PayloadFormat,
): { readonly media: MediaDescription; readonly event: PayloadFormat } | undefined {
  const formats = payloadFormats(media)
  if (media.port === 0 || telephoneEventOf(formats) !== undefined) return undefined
  const clockRateHz = wanted?.clockRateHz ?? formats[0]?.clockRateHz ?? 8000
  const payloadType = (wanted === undefined ? CANDIDATES : [wanted.payloadType]).find((candidate) => !media.formats.includes(String(candidate)))
  if (payloadType === undefined) return undefined
  const fields = [...media.fields, attribute('rtpmap', `${payloadType} telephone-event/${clockRateHz}`), attribute('fmtp', `${payloadType} 0-15`)]
  const event = { payloadType, encoding: TELEPHONE_EVENT, clockRateHz }
  return { media: { ...media, formats: [...media.formats, String(payloadType)], fields }, event }
}

/** The stream without one of its payload types. A last one stays: the grammar wants one. */
export function withoutFormat(media: MediaDescription, payloadType: number): MediaDescription {
  const formats = media.formats.filter((format) => format !== String(payloadType))
  if (formats.length === 0) return media
  const fields = media.fields.filter((field) => {
    const name = attributeName(field)
    return !((name === 'rtpmap' || name === 'fmtp') && field.value.replace(/^[^:]*:\s*/, '').startsWith(`${payloadType} `))
  })
  return { ...media, formats, fields }
}
