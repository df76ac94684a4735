import { err, ok, type Result } from '@dialtone/foundation'
import type { Connection, MediaDescription, Origin, SdpFailure, SdpField, SessionDescription } from './session-description.ts'

const MAX_CHARACTERS = 65_536
const MAX_LINES = 2_000
const MAX_MEDIA_SECTIONS = 32
const MAX_FORMATS = 128
/** Every type letter of RFC 8866 section 5; a description with another one has to be refused as a whole. */
const KNOWN_TYPES = 'vosiuepcbtrzkam'
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const COLON = 58
const EQUALS = 61

/**
 * Reads a session description (RFC 8866). Lines may end with CRLF, LF or CR (section 5 asks to tolerate the last two).
 * Unknown attributes are kept; an unknown type letter, a malformed `m=`, `o=` or `c=` or a size over the limits fails.
 */
export function parseSessionDescription(text: string): Result<SessionDescription, SdpFailure> {
  if (text.length > MAX_CHARACTERS) return bad('description is too long')
  const lines = splitFields(text)
  if (typeof lines === 'string') return bad(lines)
  const [version, originField, nameField] = lines
  if (version?.type !== 'v' || version.value !== '0') return bad('does not start with v=0')
  const origin = originField?.type === 'o' ? parseOrigin(originField.value) : undefined
  if (origin === undefined) return bad('o= is missing or malformed')
  if (nameField?.type !== 's') return bad('s= is missing')
  const fields: SdpField[] = []
  const media: (MediaDescription & { fields: SdpField[] })[] = []
  for (const field of lines.slice(3)) {
    if ('vos'.includes(field.type)) return bad(`${field.type}= is repeated`)
    if (field.type === 'm') {
      const section = parseMedia(field.value)
      if (section === undefined || media.length >= MAX_MEDIA_SECTIONS) return bad(`malformed or superfluous m=${field.value.slice(0, 80)}`)
      media.push({ ...section, fields: [] })
      continue
    }
    if (field.type === 'c' && parseConnection(field.value) === undefined) return bad(`malformed c=${field.value.slice(0, 80)}`)
    const target = media.at(-1)?.fields ?? fields
    target.push(field)
  }
  return ok({ origin, sessionName: nameField.value, fields, media })
}

/** Reads the value of a `c=` field; the TTL or the number of addresses behind `/` is dropped. */
export function parseConnection(value: string): Connection | undefined {
  const match = /^IN (IP[46]) ([^\s/]+)(?:\/[\d/]+)?\s*$/i.exec(value)
  const [, addressType, address] = match ?? []
  return addressType === undefined || address === undefined ? undefined : { addressType: addressType.toUpperCase(), address }
}

/** Empty lines are passed over at the end only. */
function splitFields(text: string): SdpField[] | string {
  const hasNul = text.includes('\0')
  const fields: SdpField[] = []
  let end = 0
  let isEmptyBefore = false
  for (let start = 0; start < text.length; start = text.startsWith('\r\n', end) ? end + 2 : end + 1) {
    end = endOfLine(text, start)
    if (end > start) {
      if (isEmptyBefore || !isField(text, start, end, hasNul))
        return `not a field: ${JSON.stringify(isEmptyBefore ? '' : text.slice(start, Math.min(end, start + 40)))}`
      if (fields.length >= MAX_LINES) return 'too many lines'
      const type = text.charAt(start)
      if (type === 'a' && !hasNameAt(text, start + 2, end)) return 'an attribute without a name'
      fields.push({ type, value: text.slice(start + 2, end) })
    } else isEmptyBefore = true
  }
  return fields
}

function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === CARRIAGE_RETURN || code === LINE_FEED) return at
  }
  return text.length
}

function isField(text: string, start: number, end: number, mayHaveNul: boolean): boolean {
  if (end < start + 2 || text.charCodeAt(start + 1) !== EQUALS || !KNOWN_TYPES.includes(text.charAt(start))) return false
  return !mayHaveNul || !text.slice(start, end).includes('\0')
}

function hasNameAt(text: string, start: number, end: number): boolean {
  return start < end && text.charCodeAt(start) !== COLON && !/\s/.test(text.charAt(start))
}

/** `o=<username> <sess-id> <sess-version> IN <addrtype> <address>`; some phones write spaces into the user name. */
function parseOrigin(value: string): Origin | undefined {
  const words = value.trim().split(' ')
  const [sessionId, sessionVersion, networkType, addressType, address] = words.slice(-5)
  const username = words.slice(0, -5).join(' ')
  if (username === '' || !sessionId || !sessionVersion || !address || networkType?.toUpperCase() !== 'IN') return undefined
  if (addressType === undefined || !/^IP[46]$/i.test(addressType)) return undefined
  return { username, sessionId, sessionVersion, addressType: addressType.toUpperCase(), address }
}

/** `m=<media> <port>[/<number of ports>] <proto> <fmt> …`; formats may be missing from a refused stream, as some phones do. */
function parseMedia(value: string): Omit<MediaDescription, 'fields'> | undefined {
  const [media, ports, protocol, ...formats] = value.split(' ').filter((word) => word !== '')
  const [, portText, countText] = /^(\d{1,5})(?:\/(\d{1,5}))?$/.exec(ports ?? '') ?? []
  if (media === undefined || portText === undefined || protocol === undefined) return undefined
  const port = Number(portText)
  if (port > 65_535 || formats.length > MAX_FORMATS || (formats.length === 0 && port !== 0)) return undefined
  return { media: media.toLowerCase(), port, portCount: countText === undefined ? undefined : Number(countText), protocol, formats }
}

function bad(message: string): Result<never, SdpFailure> {
  return err({ code: 'BadSessionDescription', message })
}
