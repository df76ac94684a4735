import { isAscii } from 'node:buffer'
import { err, ok, type Result } from '@dialtone/foundation'
import { Characters } from './characters.ts'
import { readDecimal } from './decimal.ts'
import { HeadWriter } from './head-writer.ts'
import { FIELD_STRIDE, indexHeaders, LINE_MALFORMED, TOO_MANY_HEADERS } from './header-index.ts'
import { CALL_ID, CONTENT_LENGTH, CSEQ, FROM, TO, VIA } from './header-name.ts'
import { type MessageText, nameAt, placeOfId, readField } from './message-text.ts'
import { MessageView } from './message-view.ts'
import type { SipMessage, SipRequest } from './sip-message.ts'
import { parseStartLine, type StartLine, type StartLineFailure, type StartLineOf } from './start-line.ts'
import { decodeText } from './text-encoding.ts'

export interface MessageLimits {
  /** Bytes of start line and headers. Default 65 535, a whole datagram. */
  readonly maxHeaderBytes?: number
  /** Header fields. Default 256. */
  readonly maxHeaders?: number
}

/** Why bytes are no message. */
export interface ParseFailure {
  /** What to answer: 400, 505, 513. */
  readonly statusCode: number
  readonly reason: string
  /** Present when enough was read to answer it. */
  readonly request: SipRequest | undefined
  /** Nothing to answer: a response, an ACK, a keep-alive, or no SIP at all. */
  readonly drop: boolean
}

const DEFAULT_MAX_HEADER_BYTES = 65_535
const DEFAULT_MAX_HEADERS = 256

const NO_BODY = Buffer.alloc(0)

const BAD_LENGTH: StartLineFailure = { statusCode: 400, reason: 'Bad Content-Length' }
const BAD_LINE: StartLineFailure = { statusCode: 400, reason: 'Bad Header Line' }
const NO_END: StartLineFailure = { statusCode: 400, reason: 'Headers Not Ended' }
const TOO_LARGE: StartLineFailure = { statusCode: 513, reason: 'Message Too Large' }

/**
 * Reads one message, a datagram or what a `StreamFramer` cut out. Line breaks before the start line are skipped
 * (RFC 3261 7.5), bytes after Content-Length are ignored, a body shorter than it is an error (RFC 3261 18.3).
 * Header values are not looked at here: see `checkRequest`, `checkResponse`.
 */
export function parseMessage(bytes: Buffer, limits: MessageLimits = {}): Result<SipMessage, ParseFailure> {
  const maxHeaderBytes = limits.maxHeaderBytes ?? DEFAULT_MAX_HEADER_BYTES
  const headBytes = bytes.length > maxHeaderBytes ? bytes.subarray(0, maxHeaderBytes) : bytes
  const text = headBytes.toString('latin1')
  const characters = new Characters(text, headBytes)
  const start = skipLineBreaks(headBytes)
  const lineFeed = text.indexOf('\n', start)
  if (lineFeed < 0) return err(dropped(bytes.length > maxHeaderBytes ? TOO_LARGE : NO_END))

  const startLine = parseStartLine(characters, start, lineFeed)
  const { end: headersEnd, fields } = indexHeaders(text, headBytes, lineFeed + 1, limits.maxHeaders ?? DEFAULT_MAX_HEADERS)
  const contentLength = headersEnd < 0 ? 0 : findContentLength(characters, fields, bytes.length - headersEnd)
  const bodyStart = Math.max(headersEnd, 0)
  const source: MessageText = {
    characters,
    start,
    headersEnd: bodyStart,
    fields,
    viaValue: undefined,
    isAscii: isAscii(bytes),
    bytes,
    bodyStart,
    bodyEnd: bodyStart + Math.max(contentLength, 0),
  }

  if (startLine.failure !== undefined) return err(failed(startLine, startLine.failure, source))
  if (headersEnd < 0) return err(failed(startLine, headersFailure(headersEnd, bytes.length > maxHeaderBytes), source))
  if (contentLength < 0) return err(failed(startLine, BAD_LENGTH, source))
  return ok(messageOf(startLine, source))
}

/** The Content-Length, all there is when it is missing, -1 when it is no number, given twice or more than there is. */
function findContentLength(characters: Characters, fields: readonly number[], available: number): number {
  const place = placeOfId(fields, CONTENT_LENGTH, 0)
  if (place < 0) return available
  if (placeOfId(fields, CONTENT_LENGTH, place + FIELD_STRIDE) >= 0) return -1
  const length = readField({ characters, fields, viaValue: undefined, isAscii: true }, place, readLength)
  return length <= available ? length : -1
}

function readLength(characters: Characters, start: number, end: number): number {
  return readDecimal(characters, start, end, Number.MAX_SAFE_INTEGER)
}

function headersFailure(code: number, isTruncated: boolean): StartLineFailure {
  if (code === LINE_MALFORMED) return BAD_LINE
  return code === TOO_MANY_HEADERS || isTruncated ? TOO_LARGE : NO_END
}

function failed(startLine: StartLine, failure: StartLineFailure, source: MessageText): ParseFailure {
  const isAnswerable = startLine.kind === 'request' && startLine.method !== '' && startLine.method !== 'ACK' && hasMandatoryFields(source.fields)
  const request = isAnswerable ? whatCouldBeRead(startLine, source) : undefined
  return { statusCode: failure.statusCode, reason: failure.reason, request, drop: request === undefined }
}

/** The good lines of a malformed request, written anew as a message without body, so that it can be handled like any other. */
function whatCouldBeRead(startLine: StartLineOf<'request'>, source: MessageText): SipRequest {
  const uriText = decodeText(startLine.uriText.replaceAll('\r', ''))
  const writer = new HeadWriter(`${startLine.method} ${uriText} SIP/2.0`)
  for (let place = 0; place < source.fields.length; place += FIELD_STRIDE) {
    writer.copyField(source, place, nameAt(source, place))
  }
  return new MessageView<'request'>({ ...startLine, uriText }, writer.end(NO_BODY, 0, 0))
}

function dropped(failure: StartLineFailure): ParseFailure {
  return { statusCode: failure.statusCode, reason: failure.reason, request: undefined, drop: true }
}

/** What a response copies (RFC 3261 8.2.6.2). */
function hasMandatoryFields(fields: readonly number[]): boolean {
  return [VIA, FROM, TO, CALL_ID, CSEQ].every((id) => placeOfId(fields, id, 0) >= 0)
}

function messageOf(startLine: StartLine, source: MessageText): SipMessage {
  const decoded = source.isAscii ? startLine : decodeStartLine(startLine)
  return decoded.kind === 'request' ? new MessageView<'request'>(decoded, source) : new MessageView<'response'>(decoded, source)
}

function decodeStartLine(startLine: StartLine): StartLine {
  return { ...startLine, uriText: decodeText(startLine.uriText), reasonPhrase: decodeText(startLine.reasonPhrase) }
}

function skipLineBreaks(bytes: Uint8Array): number {
  let at = 0
  while (bytes[at] === 13 || bytes[at] === 10) at++
  return at
}
