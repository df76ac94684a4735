import { isUtf8 } from 'node:buffer'

/*
 * Headers are UTF-8 (RFC 3261 7). Inside a message they lie as one character a byte (latin1), so that positions
 * in the text are positions in the datagram; they become characters when they are read.
 */

/** One character a byte → characters. Bytes that are not UTF-8 are taken for ISO 8859-1, as older phones send them. */
export function decodeText(bytesAsText: string): string {
  if (isAsciiText(bytesAsText)) return bytesAsText
  const bytes = Buffer.from(bytesAsText, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : bytesAsText
}

/** Characters → one character a byte, UTF-8. */
export function encodeText(text: string): string {
  return isAsciiText(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** Whether every character is one of ASCII. Counting bytes is the machine's own work and ten times as fast as looking at each. */
export function isAsciiText(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') === text.length
}

/** The same in memory of its own: a piece of a message keeps the whole of it for as long as it is kept. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
