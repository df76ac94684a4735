import { Characters } from './characters.ts'
import { parseDecimal } from './decimal.ts'
import { FIELD_STRIDE, indexHeaders, LINE_MALFORMED, TOO_MANY_HEADERS } from './header-index.ts'
import { CONTENT_LENGTH } from './header-name.ts'
import { placeOfId, rawValueAt } from './message-text.ts'

const CARRIAGE_RETURN = 13
const LINE_FEED = 10
const MAX_HEADERS = 256
const FIRST_CAPACITY = 4096
const NOTHING = Buffer.alloc(0)
const HEADERS_END = Buffer.from('\r\n\r\n', 'latin1')

/** Why a stream cannot be read on. */
export interface StreamRejection {
  readonly statusCode: 400 | 513
  readonly reason: string
  /** Start line and headers as they came, to answer before the connection is closed (`parseMessage` reads them); undefined when they never ended. */
  readonly head: Buffer | undefined
}

/**
 * Cuts a byte stream into messages by their Content-Length (RFC 3261 18.3). Where the stream is cut into chunks makes no difference.
 * Between messages, CRLFCRLF is a keep-alive ('ping', RFC 5626 3.5.1) and a single CRLF is nothing (RFC 3261 7.5).
 * After a failure nothing more comes out: where the next message begins is not known any more.
 */
export class StreamFramer {
  readonly #maxMessageBytes: number
  #pending: Buffer = NOTHING
  #start = 0
  #end = 0
  /** How far the end of the headers has been looked for. */
  #searched = 0
  /** Length of the message at `#start` once its headers are read, else 0. */
  #messageLength = 0
  #lineBreaks = 0
  #rejection: StreamRejection | undefined

  /** @param limits maxMessageBytes: headers and body together, also the most this object keeps */
  constructor(limits: { readonly maxMessageBytes: number }) {
    this.#maxMessageBytes = limits.maxMessageBytes
  }

  /** Why the stream cannot be read on; undefined while it can. */
  get failure(): string | undefined {
    return this.#rejection?.reason
  }

  get rejection(): StreamRejection | undefined {
    return this.#rejection
  }

  /** Whether a message has begun that is not whole yet. */
  get isWithinMessage(): boolean {
    return this.#end - this.#start > 1
  }

  /** Takes what arrived. @returns the messages it completes, each a copy of its own, and keep-alives, in order */
  push(chunk: Buffer): readonly (Buffer | 'ping')[] {
    const complete: (Buffer | 'ping')[] = []
    if (this.#rejection !== undefined) return complete
    this.#append(chunk)
    for (;;) {
      if (this.#messageLength === 0 && this.#skipLineBreaks(complete)) this.#readHead()
      if (this.#rejection !== undefined || this.#messageLength === 0 || this.#end - this.#start < this.#messageLength) break
      complete.push(Buffer.from(this.#pending.subarray(this.#start, this.#start + this.#messageLength)))
      this.#start += this.#messageLength
      this.#searched = this.#start
      this.#messageLength = 0
    }
    if (this.#start === this.#end || this.#rejection !== undefined) this.#forgetPending()
    return complete
  }

  #append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#pending.length) this.#makeRoom(chunk.length)
    chunk.copy(this.#pending, this.#end)
    this.#end += chunk.length
  }

  /** An idle connection keeps at most a small buffer. */
  #forgetPending(): void {
    if (this.#pending.length > FIRST_CAPACITY) this.#pending = NOTHING
    this.#start = 0
    this.#end = 0
    this.#searched = 0
  }

  /** Moves what waits to the front of a buffer that is large enough. */
  #makeRoom(byteCount: number): void {
    const waiting = this.#end - this.#start
    const capacity = Math.max(FIRST_CAPACITY, waiting * 2, waiting + byteCount)
    const target = capacity === this.#pending.length ? this.#pending : Buffer.allocUnsafe(capacity)
    this.#pending.copy(target, 0, this.#start, this.#end)
    this.#pending = target
    this.#searched = Math.max(0, this.#searched - this.#start)
    this.#start = 0
    this.#end = waiting
  }

  /** @returns true when the first byte of a message is there */
  #skipLineBreaks(complete: (Buffer | 'ping')[]): boolean {
    while (this.#start < this.#end && this.#pending[this.#start] === CARRIAGE_RETURN) {
      if (this.#start + 1 === this.#end) return false
      if (this.#pending[this.#start + 1] !== LINE_FEED) break
      this.#start += 2
      if (++this.#lineBreaks % 2 === 0) complete.push('ping')
    }
    if (this.#start === this.#end) return false
    this.#lineBreaks = 0
    return true
  }

  #readHead(): void {
    const from = Math.max(this.#start, this.#searched - (HEADERS_END.length - 1))
    const found = this.#pending.subarray(0, this.#end).indexOf(HEADERS_END, from)
    this.#searched = this.#end
    const headLength = found < 0 ? this.#end - this.#start : found + HEADERS_END.length - this.#start
    if (headLength > this.#maxMessageBytes) this.#reject(513, 'Message Too Large', undefined)
    else if (found >= 0) this.#readContentLength(Buffer.from(this.#pending.subarray(this.#start, this.#start + headLength)))
  }

  /** RFC 3261 18.3, 20.14: on a stream Content-Length is the only way to find the next message. */
  #readContentLength(head: Buffer): void {
    const text = head.toString('latin1')
    const { end: headersEnd, fields } = indexHeaders(text, head, text.indexOf('\n') + 1, MAX_HEADERS)
    const place = placeOfId(fields, CONTENT_LENGTH, 0)
    const length =
      place < 0
        ? undefined
        : parseDecimal(rawValueAt({ characters: new Characters(text, head), fields, viaValue: undefined, isAscii: true }, place), Number.MAX_SAFE_INTEGER)
    if (headersEnd === TOO_MANY_HEADERS) this.#reject(513, 'Too Many Headers', head)
    else if (headersEnd === LINE_MALFORMED || headersEnd !== head.length) this.#reject(400, 'Bad Header Line', head)
    else if (place < 0) this.#reject(400, 'Content-Length Missing', head)
    else if (length === undefined || placeOfId(fields, CONTENT_LENGTH, place + FIELD_STRIDE) >= 0) this.#reject(400, 'Bad Content-Length', head)
    else if (head.length + length > this.#maxMessageBytes) this.#reject(513, 'Message Too Large', head)
    else this.#messageLength = head.length + length
  }

  #reject(statusCode: 400 | 513, reason: string, head: Buffer | undefined): void {
    this.#rejection = { statusCode, reason, head }
  }
}
