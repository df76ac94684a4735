import { err, ok, type Result } from '@dialtone/foundation'
import type { Connection, MediaDescription, Origin, SdpFailure, SdpField, SessionDescription } from './session-description.ts'

const MAX_CHARACTERS = 65_536
const MAX_LINES = 2_000
const MAX_MEDIA_SECTIONS = 32
const MAX_FORMATS = 128
/** By character: every type letter of RFC 8866 section 5; a description with another one has to be refused as a whole. */
const KNOWN_TYPES = new Set(Array.from('vosiuepcbtrzkam', (letter) => letter.charCodeAt(0)))
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const COLON = 58
const EQUALS = 61

/**
 * Reads a session description (RFC 8866). Lines may end with CRLF, LF or CR (section 5 asks to tolerate the last two).
 * Unknown attributes are kept; an unknown type letter, a malformed `m=`, `o=` or `c=` or a size over the limits fails.
 */
export function parseSessionDescription(text: string): Result<SessionDescription, SdpFailure> {
  const reader = new FieldReader(text, true)
  const problem = readLines(text, reader)
  const { origin, sessionName, fields, media } = reader
  return problem === undefined && origin !== undefined ? ok({ origin, sessionName, fields, media }) : bad(problem ?? 'o= is missing')
}

/** A description that has been looked through. */
export interface CheckedDescription {
  /** How many `m=` sections it has. */
  readonly sections: number
  /** CRLF after every line, and nothing behind the last one (RFC 8866 5). */
  readonly hasProperLines: boolean
}

/** What `parseSessionDescription` would say of a text, for who only passes it on. */
export function checkSessionDescription(text: string): Result<CheckedDescription, SdpFailure> {
  if (text.length <= MAX_USUAL_CHARACTERS && USUAL.test(text)) {
    const sections = countSections(text)
    if (sections <= MAX_MEDIA_SECTIONS) return ok({ sections, hasProperLines: true })
  }
  const reader = new FieldReader(text, false)
  const problem = readLines(text, reader)
  return problem === undefined ? ok({ sections: reader.sections, hasProperLines: reader.hasProperLines }) : bad(problem)
}

/** Too few for more lines than the limit. */
const MAX_USUAL_CHARACTERS = 4_096
/**
 * What nearly every phone and carrier writes: CRLF after every line, one space between words, one port. One expression about all of it takes
 * a fifth of the time that reading its lines does; of what it does not know the reader of lines decides.
 */
const USUAL_START = /v=0\r\no=[!-~]+ [!-~]+ [!-~]+ IN IP[46] [!-~]+\r\ns=[^\r\n\0]*\r\n/
const USUAL_LINES = [
  /a=[!-9;-~][^\r\n\0]*\r\n/,
  /c=IN IP[46] [!-.0-~]+\r\n/,
  /[biueptrzk]=[^\r\n\0]*\r\n/,
  /m=[!-~]+ (?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}) [!-~]+(?: [!-~]+){1,64}\r\n/,
]
const USUAL = new RegExp(`^${USUAL_START.source}(?:${USUAL_LINES.map(({ source }) => source).join('|')})*$`)

function countSections(text: string): number {
  let count = 0
  for (let at = text.indexOf('\nm='); at >= 0; at = text.indexOf('\nm=', at + 1)) count++
  return count
}

/** Takes the fields of a description one after the other. */
class FieldReader {
  readonly #text: string
  /** Otherwise they are only checked. */
  readonly #isKept: boolean
  #count = 0
  sections = 0
  hasProperLines = true
  origin: Origin | undefined
  sessionName = ''
  readonly fields: SdpField[] = []
  readonly media: (MediaDescription & { fields: SdpField[] })[] = []

  constructor(text: string, isKept: boolean) {
    this.#text = text
    this.#isKept = isKept
  }

  /** @returns what is wrong with it */
  take(type: string, start: number, end: number): string | undefined {
    if (++this.#count > MAX_LINES) return 'too many lines'
    if (this.#count <= 3) return this.#takeFirst(type, this.#text.slice(start, end))
    if ('vos'.includes(type)) return `${type}= is repeated`
    if (type === 'm') return this.#takeMedia(this.#text.slice(start, end))
    if (type === 'a' && !hasNameAt(this.#text, start, end)) return 'an attribute without a name'
    if (type === 'c' && !CONNECTION.test(this.#text.slice(start, end))) return `malformed c=${this.#text.slice(start, Math.min(end, start + 80))}`
    if (this.#isKept) (this.media.at(-1)?.fields ?? this.fields).push({ type, value: this.#text.slice(start, end) })
    return undefined
  }

  /** What is wrong with where it ends. */
  end(): string | undefined {
    return this.#count < 3 ? 'v=, o= or s= is missing' : undefined
  }

  #takeFirst(type: string, value: string): string | undefined {
    if (this.#count === 1) return type === 'v' && value === '0' ? undefined : 'does not start with v=0'
    if (this.#count === 3) {
      this.sessionName = value
      return type === 's' ? undefined : 's= is missing'
    }
    this.origin = type === 'o' ? parseOrigin(value) : undefined
    return this.origin === undefined ? 'o= is missing or malformed' : undefined
  }

  #takeMedia(value: string): string | undefined {
    const section = parseMedia(value)
    if (section === undefined || ++this.sections > MAX_MEDIA_SECTIONS) return `malformed or superfluous m=${value.slice(0, 80)}`
    if (this.#isKept) this.media.push({ ...section, fields: [] })
    return undefined
  }
}

/** `IN <addrtype> <address>`, with a TTL or a number of addresses behind `/`. */
const CONNECTION = /^IN (IP[46]) ([^\s/]+)(?:\/[\d/]+)?\s*$/i

/** Reads the value of a `c=` field; the TTL or the number of addresses behind `/` is dropped. */
export function parseConnection(value: string): Connection | undefined {
  const [, addressType, address] = CONNECTION.exec(value) ?? []
  return addressType === undefined || address === undefined ? undefined : { addressType: addressType.toUpperCase(), address }
}

/** Empty lines are passed over at the end only. @returns what is wrong with the text */
function readLines(text: string, reader: FieldReader): string | undefined {
  if (text.length > MAX_CHARACTERS) return 'description is too long'
  const hasNul = text.includes('\0')
  let isEmptyBefore = false
  for (let start = 0, next = 0; start < text.length; start = next) {
    const end = endOfLine(text, start)
    const isProper = text.charCodeAt(end) === CARRIAGE_RETURN && text.charCodeAt(end + 1) === LINE_FEED
    next = isProper ? end + 2 : end + 1
    if (!isProper || end === start) reader.hasProperLines = false
    if (end === start) isEmptyBefore = true
    else if (isEmptyBefore || !isField(text, start, end, hasNul))
      return `not a field: ${JSON.stringify(isEmptyBefore ? '' : text.slice(start, Math.min(end, start + 40)))}`
    else {
      const problem = reader.take(text.charAt(start), start + 2, end)
      if (problem !== undefined) return problem
    }
  }
  return reader.end()
}

function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === CARRIAGE_RETURN || code === LINE_FEED) return at
  }
  return text.length
}

function isField(text: string, start: number, end: number, mayHaveNul: boolean): boolean {
  if (end < start + 2 || text.charCodeAt(start + 1) !== EQUALS || !KNOWN_TYPES.has(text.charCodeAt(start))) return false
  return !mayHaveNul || !text.slice(start, end).includes('\0')
}

function hasNameAt(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start)
  return start < end && first !== COLON && (isPrintable(first) || !/\s/.test(text.charAt(start)))
}

/** ASCII that leaves ink: no white space, which is seldom and takes an expression to know. */
function isPrintable(code: number): boolean {
  return code > 32 && code < 127
}

/** `o=<username> <sess-id> <sess-version> IN <addrtype> <address>`; some phones write spaces into the user name. */
const ORIGIN = /^(.+) ([^ ]+) ([^ ]+) IN (IP[46]) ([^ ]+)$/is

function parseOrigin(value: string): Origin | undefined {
  const [, username, sessionId, sessionVersion, addressType, address] = ORIGIN.exec(value.trim()) ?? []
  if (username === undefined || sessionId === undefined || sessionVersion === undefined) return undefined
  if (addressType === undefined || address === undefined) return undefined
  return { username, sessionId, sessionVersion, addressType: addressType.toUpperCase(), address }
}

/** `m=<media> <port>[/<number of ports>] <proto> <fmt> …`; formats may be missing from a refused stream, as some phones do. */
const MEDIA = /^ *([^ ]+) +(\d{1,5})(?:\/(\d{1,5}))? +([^ ]+) *(.*)$/s

function parseMedia(value: string): Omit<MediaDescription, 'fields'> | undefined {
  const [, media, portText, countText, protocol, formatText = ''] = MEDIA.exec(value) ?? []
  if (media === undefined || protocol === undefined) return undefined
  const port = Number(portText)
  const formats = formatText === '' ? [] : formatText.split(' ').filter((format) => format !== '')
  if (port > 65_535 || formats.length > MAX_FORMATS || (formats.length === 0 && port !== 0)) return undefined
  return { media: media.toLowerCase(), port, portCount: countText === undefined ? undefined : Number(countText), protocol, formats }
}

function bad(message: string): Result<never, SdpFailure> {
  return err({ code: 'BadSessionDescription', message })
}
