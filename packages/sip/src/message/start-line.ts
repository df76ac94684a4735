import type { Characters } from './characters.ts'
import { readMethod } from './method-name.ts'

/** The first line of a message (RFC 3261 7.1, 7.2), and what is wrong with it. */
export interface StartLineOf<Kind extends 'request' | 'response'> {
  readonly kind: Kind
  /** '' in a response. */
  readonly method: string
  /** '' in a response. */
  readonly uriText: string
  /** 0 in a request. */
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly failure: StartLineFailure | undefined
}

export type StartLine = StartLineOf<'request'> | StartLineOf<'response'>

export interface StartLineFailure {
  readonly statusCode: number
  readonly reason: string
}

const VERSION = 'SIP/2.0'
const CARRIAGE_RETURN = 13
const SPACE = 32
const LETTER_S = 115

const BAD_REQUEST_LINE: StartLineFailure = { statusCode: 400, reason: 'Bad Request-Line' }
const BAD_STATUS_LINE: StartLineFailure = { statusCode: 400, reason: 'Bad Status-Line' }
const OTHER_VERSION: StartLineFailure = { statusCode: 505, reason: 'Version Not Supported' }

/** Reads the line between `start` and its line feed. Its texts are still one character a byte. */
export function parseStartLine(characters: Characters, start: number, lineFeed: number): StartLine {
  const { text, bytes } = characters
  const end = bytes[lineFeed - 1] === CARRIAGE_RETURN ? lineFeed - 1 : -1
  if (((bytes[start] ?? 0) | 32) !== LETTER_S || text.slice(start, start + 4).toUpperCase() !== 'SIP/') return parseRequestLine(characters, start, end)
  const isOurs = isVersion(text, start, start + VERSION.length) && bytes[start + VERSION.length] === SPACE
  return isOurs ? parseStatusLine(characters, start, end) : statusLine(0, '', BAD_STATUS_LINE)
}

/** RFC 3261 7.1: method, Request-URI and version, one space between them and none elsewhere (RFC 4475 3.1.2.8–10). */
function parseRequestLine(characters: Characters, start: number, end: number): StartLine {
  const { text } = characters
  const methodEnd = text.indexOf(' ', start)
  const method = methodEnd < 0 || methodEnd > end ? '' : readMethod(characters, start, methodEnd)
  if (method === '') return requestLine('', '', BAD_REQUEST_LINE)
  const uriEnd = text.indexOf(' ', methodEnd + 1)
  if (uriEnd <= methodEnd + 1 || uriEnd > end) return requestLine(method, '', BAD_REQUEST_LINE)
  const uriText = text.slice(methodEnd + 1, uriEnd)
  return requestLine(method, uriText, isVersion(text, uriEnd + 1, end) ? undefined : versionFailure(text.slice(uriEnd + 1, Math.max(end, 0))))
}

function versionFailure(version: string): StartLineFailure {
  return /^sip\/\d+\.\d+$/i.test(version) ? OTHER_VERSION : BAD_REQUEST_LINE
}

/** RFC 3261 7.2: three digits, 1xx to 6xx; a larger number must not break the receiver (RFC 4475 3.1.2.19). */
function parseStatusLine({ text, bytes }: Characters, start: number, end: number): StartLine {
  const digitsStart = start + VERSION.length + 1
  const digits = text.slice(digitsStart, digitsStart + 3)
  const reasonStart = Math.min(digitsStart + 4, end)
  const isSeparated = end === digitsStart + 3 || bytes[digitsStart + 3] === SPACE
  if (!isSeparated || end < digitsStart + 3 || !/^[1-6]\d\d$/.test(digits)) return statusLine(0, '', BAD_STATUS_LINE)
  return statusLine(Number(digits), text.slice(reasonStart, end))
}

/** Whether the text between two positions is `SIP/2.0`, in any case (RFC 3261 7.1). */
function isVersion(text: string, start: number, end: number): boolean {
  if (end - start !== VERSION.length) return false
  return text.startsWith(VERSION, start) || text.slice(start, end).toUpperCase() === VERSION
}

/** The parts of a Request-Line. */
export function requestLine(method: string, uriText: string, failure?: StartLineFailure): StartLineOf<'request'> {
  return { kind: 'request', method, uriText, statusCode: 0, reasonPhrase: '', failure }
}

/** The parts of a Status-Line. */
export function statusLine(statusCode: number, reasonPhrase: string, failure?: StartLineFailure): StartLineOf<'response'> {
  return { kind: 'response', method: '', uriText: '', statusCode, reasonPhrase, failure }
}
