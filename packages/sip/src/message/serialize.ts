import { type MessageText, wholeText } from './message-text.ts'
import { messageViewOf } from './message-view-of.ts'
import type { SipMessage } from './sip-message.ts'

/** The message as bytes: start line, headers, empty line, body. */
export function serialize(message: SipMessage): Buffer {
  return textToBytes(wholeText(messageViewOf(message).source))
}

/** For the files of this folder. */
export function textToBytes(source: MessageText): Buffer {
  return writeInto(Buffer.allocUnsafe(lengthOf(source)), source)
}

const POOL_BYTES = 65_536
let pool = Buffer.alloc(0)
let used = 0

/**
 * `serialize` for bytes that are kept for long, such as the 32 s of an answer. The pool of Node is shared with all that lives
 * for a moment, and one piece that is kept keeps all 64 KiB; here everything lives as long as the rest.
 */
export function serializeToKeep(message: SipMessage): Buffer {
  return textToKeep(wholeText(messageViewOf(message).source))
}

/** For the files of this folder. */
export function textToKeep(source: MessageText): Buffer {
  const length = lengthOf(source)
  if (length > POOL_BYTES / 8) return writeInto(Buffer.allocUnsafeSlow(length), source)
  if (used + length > pool.length) {
    pool = Buffer.allocUnsafeSlow(POOL_BYTES)
    used = 0
  }
  used += length
  return writeInto(pool.subarray(used - length, used), source)
}

function writeInto(bytes: Buffer, { characters, start, headersEnd, bytes: bodyBytes, bodyStart, bodyEnd }: MessageText): Buffer {
  const { text } = characters
  const headLength = headersEnd - start
  const isWhole = start === 0 && headersEnd === text.length
  bytes.write(isWhole ? text : text.slice(start, headersEnd), 0, headLength, 'latin1')
  // What is read of a request of ours, its Via for one, is read there: the text is written once.
  if (isWhole) characters.lend(bytes)
  if (bodyEnd > bodyStart) bodyBytes.copy(bytes, headLength, bodyStart, bodyEnd)
  return bytes
}

function lengthOf({ start, headersEnd, bodyStart, bodyEnd }: MessageText): number {
  return headersEnd - start + bodyEnd - bodyStart
}

/** How many bytes `serialize` makes of it. */
export function serializedLength(message: SipMessage): number {
  return lengthOf(wholeText(messageViewOf(message).source))
}
