import { type Characters, readWhole } from './characters.ts'
import { endOfHost, readPort } from './host-port.ts'
import { ParameterMap } from './parameter-map.ts'
import { NO_PARAMETERS } from './parameters.ts'
import { readParameterName } from './parameter-name.ts'
import { beginsWith, findCharacter, sliceLowerCase, wordOf } from './text-span.ts'

/** A SIP URI taken apart (RFC 3261 19.1.1). Other schemes keep what they have of these parts. */
export interface SipUri {
  /** Lower case. */
  readonly scheme: string
  /** Still %-escaped, see `userOf`. For `tel:` the number. */
  readonly user: string
  readonly password: string | undefined
  /** Lower case, IPv6 in brackets; '' when the scheme has none. */
  readonly host: string
  readonly port: number | undefined
  /** Lower-case names, '' when valueless. */
  readonly parameters: ReadonlyMap<string, string>
  /** The text after '?', '' if none. */
  readonly headers: string
}

const SIP = wordOf('sip:')
const COLON = 58
const SEMICOLON = 59
const EQUALS = 61
const QUESTION_MARK = 63
const AT_SIGN = 64
const PERCENT = 37
/** Classes of characters beside the delimiters, which stand for themselves. */
const HOST = 0
const ILLEGAL = 1
const HOST_UPPER_CASE = 2
const OTHER = 3
/** By character code; ILLEGAL is what no URI may contain (RFC 3986 2). Characters beyond ASCII are let through. */
const MARKS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code <= 32 || code === 34 || code === 60 || code === 62 || code === 127) return ILLEGAL
  if (code > 127) return OTHER
  if ([COLON, SEMICOLON, QUESTION_MARK, AT_SIGN].includes(code)) return code
  const character = String.fromCharCode(code)
  if (/[A-Z]/.test(character)) return HOST_UPPER_CASE
  return /[a-z0-9._-]/.test(character) ? HOST : OTHER
})

/**
 * Takes a URI apart: `sip:` and `sips:` by RFC 3261 19.1.1, `tel:` by RFC 3966; of other schemes only the scheme is read.
 * @returns undefined when the text is no URI
 */
export function parseUri(text: string): SipUri | undefined {
  return readWhole(text, readUri)
}

/** `parseUri` between two positions of a text. */
export function readUri(characters: Characters, start: number, end: number): SipUri | undefined {
  if (beginsWith(characters, SIP, start, end)) return readSipUri('sip', characters, start + 4, end)
  const colon = findCharacter(characters, COLON, start, end)
  const scheme = characters.text.slice(start, Math.max(colon, start)).toLowerCase()
  if (colon + 1 >= end || !/^[a-z][a-z0-9+.-]*$/.test(scheme)) return undefined
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(scheme, characters, colon + 1, end)
  if (!isUriText(characters.bytes, start, end)) return undefined
  if (scheme === 'tel') return readTelUri(characters, colon + 1, end)
  return { scheme, user: '', password: undefined, host: '', port: undefined, parameters: NO_PARAMETERS, headers: '' }
}

function isUriText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (MARKS[bytes[at] ?? 0] === ILLEGAL) return false
  return true
}

/** One pass finds the delimiters; the @ decides which of them belonged to the user, where they mean nothing (RFC 4475 3.1.1.9). */
function readSipUri(scheme: string, characters: Characters, start: number, end: number): SipUri | undefined {
  const { text, bytes } = characters
  let atSign = -1
  let colon = -1
  let hostColon = -1
  let semicolon = -1
  let question = -1
  let otherAt = -1
  let upperAt = -1
  for (let at = start; at < end; at++) {
    const mark = MARKS[bytes[at] ?? 0] ?? OTHER
    if (mark === HOST) continue
    if (mark === SEMICOLON) semicolon = semicolon < 0 && question < 0 ? at : semicolon
    else if (mark === QUESTION_MARK) question = question < 0 ? at : question
    else if (mark === COLON) {
      if (colon < 0) colon = at
      if (hostColon < 0 && semicolon < 0 && question < 0) hostColon = at
    } else if (mark === AT_SIGN) {
      if (atSign >= 0) return undefined
      atSign = at
      hostColon = -1
      semicolon = -1
      question = -1
    } else if (mark === ILLEGAL) return undefined
    else if (semicolon < 0 && question < 0) {
      if (mark === OTHER) otherAt = at
      else upperAt = at
    }
  }
  const hostStart = atSign < 0 ? start : atSign + 1
  const headersAt = question < 0 ? end : question
  const parametersAt = semicolon < 0 ? headersAt : semicolon
  const plainHostEnd = hostColon < 0 ? parametersAt : hostColon
  // Only characters of a host between the delimiters: that is where it ends.
  const hostEnd = otherAt < hostStart && plainHostEnd > hostStart ? plainHostEnd : endOfHost(characters, hostStart, end)
  const port = hostEnd === parametersAt ? undefined : readPort(characters, hostEnd, parametersAt)
  const parameters = parametersAt === headersAt ? NO_PARAMETERS : readUriParameters(characters, parametersAt, headersAt)
  if (atSign === start || hostEnd < 0 || port === -1 || parameters === undefined) return undefined
  const userEnd = colon >= 0 && colon < atSign ? colon : atSign
  return {
    scheme,
    user: atSign < 0 ? '' : text.slice(start, userEnd),
    password: userEnd < atSign ? text.slice(userEnd + 1, atSign) : undefined,
    host: upperAt < hostStart ? text.slice(hostStart, hostEnd) : sliceLowerCase(characters, hostStart, hostEnd),
    port,
    parameters,
    headers: headersAt === end ? '' : text.slice(headersAt + 1, end),
  }
}

function readTelUri(characters: Characters, start: number, end: number): SipUri | undefined {
  const semicolon = findCharacter(characters, SEMICOLON, start, end)
  const numberEnd = semicolon < 0 ? end : semicolon
  const parameters = readUriParameters(characters, numberEnd, end)
  if (parameters === undefined || numberEnd === start) return undefined
  return { scheme: 'tel', user: characters.text.slice(start, numberEnd), password: undefined, host: '', port: undefined, parameters, headers: '' }
}

/** `;name=value;name` between two positions. Escaped names are unescaped, for they are compared (RFC 4475 3.1.1.3). */
function readUriParameters(characters: Characters, start: number, end: number): ReadonlyMap<string, string> | undefined {
  if (start === end) return NO_PARAMETERS
  const { text, bytes } = characters
  const parameters = new ParameterMap()
  let nameStart = start + 1
  let equals = -1
  let isEscaped = false
  for (let at = nameStart; at <= end; at++) {
    const code = at < end ? bytes[at] : SEMICOLON
    if (code === EQUALS && equals < 0) equals = at
    else if (code === PERCENT) isEscaped = true
    else if (code === SEMICOLON) {
      const nameEnd = equals < 0 ? at : equals
      if (nameEnd === nameStart) return undefined
      const name = readParameterName(characters, nameStart, nameEnd)
      parameters.add(isEscaped ? unescape(name).toLowerCase() : name, equals < 0 ? '' : text.slice(equals + 1, at))
      nameStart = at + 1
      equals = -1
    }
  }
  return parameters
}

/** Writes a SIP URI. `user` may be %-escaped already; what else may not stand there is escaped. */
export function formatUri(uri: { scheme?: string; user?: string; host: string; port?: number | undefined; parameters?: ReadonlyMap<string, string> }): string {
  const scheme = uri.scheme ?? 'sip'
  const user = uri.user === undefined ? '' : escapeExcept(uri.user, USER_CHARACTERS)
  // RFC 3261 25.1 IPv6reference: without brackets its last group would be a port.
  const host = uri.host.includes(':') && !uri.host.startsWith('[') ? `[${uri.host}]` : uri.host
  let text = scheme === 'tel' ? `tel:${user}` : `${scheme}:${user === '' ? '' : `${user}@`}${host}`
  if (uri.port !== undefined) text += `:${uri.port}`
  uri.parameters?.forEach((value, name) => {
    text += `;${escapeExcept(name, PARAMETER_CHARACTERS)}${value === '' ? '' : `=${escapeExcept(value, PARAMETER_CHARACTERS)}`}`
  })
  return text
}

/** The user of a URI with its escapes undone. %00 is a character like others and ends nothing (RFC 4475 3.1.1.4). */
export function userOf(uri: SipUri): string {
  return unescape(uri.user)
}

/** RFC 3261 25.1: unreserved / user-unreserved, and % because escapes are kept. */
const USER_CHARACTERS = /^[\w.!~*'()&=+$,;?/%-]*$/
/** RFC 3261 25.1: unreserved / param-unreserved, and % because escapes are kept. */
const PARAMETER_CHARACTERS = /^[\w.!~*'()[\]/:&+$%-]*$/

function escapeExcept(text: string, allowed: RegExp): string {
  // Hardly ever is there anything to escape, and one question about the whole is cheaper than one about each character.
  if (allowed.test(text)) return text
  let escaped = ''
  for (const character of text) escaped += allowed.test(character) ? character : percentEscape(character)
  return escaped
}

function percentEscape(character: string): string {
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replaceAll(/../g, '%$&')
}

/** %41 → A, as UTF-8; what is no escape stays. */
function unescape(text: string): string {
  if (!text.includes('%')) return text
  const bytes = Buffer.from(text, 'utf8')
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === PERCENT ? parseHexPair(bytes, at + 1) : undefined
    bytes[length++] = escaped ?? bytes[at] ?? 0
    if (escaped !== undefined) at += 2
  }
  return bytes.toString('utf8', 0, length)
}

function parseHexPair(bytes: Buffer, at: number): number | undefined {
  const pair = bytes.toString('latin1', at, at + 2)
  return /^[0-9a-f]{2}$/i.test(pair) ? Number.parseInt(pair, 16) : undefined
}
