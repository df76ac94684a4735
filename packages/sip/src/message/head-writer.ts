import { Characters } from './characters.ts'
import { indexHeaders } from './header-index.ts'
import { CONTENT_LENGTH, CONTENT_TYPE, headerIdOf } from './header-name.ts'
import type { MessageText } from './message-text.ts'
import type { Header } from './sip-message.ts'
import { encodeText, isAsciiText } from './text-encoding.ts'
import { isToken } from './token.ts'

/** What a message may carry behind its headers. */
export interface Content {
  readonly body?: Buffer | string | undefined
  readonly contentType?: string | undefined
}

const NO_BODY = Buffer.alloc(0)

/** Writes start line and headers, one character a byte, and indexes them on the way, so that what is created reads like what is received. */
export class HeadWriter {
  #text: string
  /** Undefined for a message that is only sent. */
  readonly #fields: number[] | undefined
  /** Bytes above 127 have been copied in: from then on every value is encoded by itself. */
  #hasRaw = false
  /** Positions have moved. */
  #isMoved = false

  /** @param startLine without its line end. @throws when it has line breaks: a bug of the caller. */
  constructor(startLine: string, isIndexed = true) {
    forbidLineBreaks(startLine)
    this.#text = `${startLine}\r\n`
    this.#fields = isIndexed ? [] : undefined
  }

  /** Adds a field. @throws when the name is no token or the value has line breaks: a bug of the caller. */
  add(name: string, value: string): void {
    if (!isToken(name)) throw new TypeError(`not a header name: ${JSON.stringify(name)}`)
    forbidLineBreaks(value)
    this.#write(name, this.#hasRaw ? encodeText(value) : value)
  }

  /** Adds fields as `add` does, all but those that `addContent` writes. */
  addAll(headers: readonly Header[], content: Content): void {
    for (const [name, value] of headers) {
      const id = headerIdOf(name)
      if (id !== CONTENT_LENGTH && (id !== CONTENT_TYPE || content.contentType === undefined)) this.add(name, value)
    }
  }

  /** Adds a field copied from another message, bytes as they are. A carriage return that stood alone in it becomes a space. */
  copy(name: string, rawValue: string, isAscii: boolean): void {
    if (!isAscii && !this.#hasRaw) {
      this.#encodeAll()
      this.#hasRaw = true
    }
    this.#write(name, rawValue.includes('\r') ? rawValue.replaceAll('\r', ' ').trim() : rawValue)
  }

  /** Ends the headers: Content-Type when given, Content-Length always (RFC 3261 20.14: required on streams). */
  addContent(content: Content): MessageText {
    const body = typeof content.body === 'string' ? Buffer.from(content.body, 'utf8') : (content.body ?? NO_BODY)
    if (content.contentType !== undefined) this.add('Content-Type', content.contentType)
    this.#write('Content-Length', String(body.length))
    return this.end(body, 0, body.length)
  }

  /** Ends the headers as they are. */
  end(bytes: Buffer, bodyStart: number, bodyEnd: number): MessageText {
    this.#text += '\r\n'
    if (!this.#hasRaw) this.#encodeAll()
    const text = this.#text
    let fields = this.#fields ?? []
    if (this.#isMoved && this.#fields !== undefined) {
      fields = indexHeaders(text, Buffer.from(text, 'latin1'), text.indexOf('\n') + 1, Number.MAX_SAFE_INTEGER).fields
    }
    return { characters: new Characters(text), start: 0, headersEnd: text.length, fields, viaValue: undefined, isAscii: !this.#hasRaw && !this.#isMoved, bytes, bodyStart, bodyEnd }
  }

  /** One question about the whole is far cheaper than one about each value. */
  #encodeAll(): void {
    if (isAsciiText(this.#text)) return
    this.#text = encodeText(this.#text)
    this.#isMoved = true
  }

  #write(name: string, value: string): void {
    const lineStart = this.#text.length
    const valueStart = lineStart + name.length + 2
    this.#text += `${name}: ${value}\r\n`
    this.#fields?.push(headerIdOf(name), lineStart, valueStart, valueStart + value.length)
  }
}

function forbidLineBreaks(text: string): void {
  if (text.includes('\r') || text.includes('\n')) throw new TypeError(`line break in a header: ${JSON.stringify(text)}`)
}
