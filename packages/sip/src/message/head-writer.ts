import { Characters } from './characters.ts'
import { FOLDED, indexHeaders } from './header-index.ts'
import { CONTENT_LENGTH, CONTENT_TYPE, headerIdOf } from './header-name.ts'
import { hasOtherValue, type MessageText, rawValueAt } from './message-text.ts'
import type { Header } from './sip-message.ts'
import { encodeText, isAsciiText } from './text-encoding.ts'
import { isToken } from './token.ts'

/** What a message may carry behind its headers. */
export interface Content {
  readonly body?: Buffer | string | undefined
  readonly contentType?: string | undefined
}

const NO_BODY = Buffer.alloc(0)
const LINE_END = '\r\n'

/** Writes start line and headers, one character a byte, and indexes them on the way, so that what is created reads like what is received. */
export class HeadWriter {
  #text: string
  /** Undefined for a message that is only sent. */
  readonly #fields: number[] | undefined
  /** Bytes above 127 have been copied in: from then on every value is encoded by itself. */
  #hasRaw = false
  /** Positions have moved. */
  #isMoved = false
  /** Lines being copied from there, not in `#text` yet. */
  #copied: Characters | undefined
  #copiedStart = 0
  #copiedEnd = 0

  /** @param startLine without its line end. @throws when it has line breaks: a bug of the caller. */
  constructor(startLine: string, isIndexed = true) {
    forbidLineBreaks(startLine)
    this.#text = `${startLine}\r\n`
    this.#fields = isIndexed ? [] : undefined
  }

  /** Adds a field. @throws when the name is no token or the value has line breaks: a bug of the caller. */
  add(name: string, value: string): void {
    this.#add(headerIdOf(name), name, value)
  }

  /** Adds fields as `add` does, all but those that `addContent` writes. */
  addAll(headers: readonly Header[], content: Content): void {
    for (const [name, value] of headers) {
      const id = headerIdOf(name)
      if (id !== CONTENT_LENGTH && (id !== CONTENT_TYPE || content.contentType === undefined)) this.#add(id, name, value)
    }
  }

  /**
   * Adds a field of another message, bytes as they are. A carriage return that stood alone in it becomes a space.
   * @param name what it is called here
   * @param added what follows its value
   */
  copyField(source: MessageText, place: number, name: string, added = ''): void {
    if (!source.isAscii && !this.#hasRaw) {
      this.#encodeAll()
      this.#hasRaw = true
    }
    if (this.#fields === undefined && isAsWritten(source, place, name)) this.#copyLine(source, place, added)
    else {
      const value = rawValueAt(source, place)
      this.#write(headerIdOf(name), name, (value.includes('\r') ? value.replaceAll('\r', ' ').trim() : value) + added)
    }
  }

  /** Lines that follow each other there as well are taken in one piece: Via, From, To, Call-ID and CSeq mostly do. */
  #copyLine({ characters, fields }: MessageText, place: number, added: string): void {
    const lineStart = fields[place + 1] ?? 0
    const valueEnd = fields[place + 3] ?? 0
    if (this.#copied !== characters || this.#copiedEnd !== lineStart) {
      this.#endCopy()
      this.#copied = characters
      this.#copiedStart = lineStart
    }
    this.#copiedEnd = added === '' ? valueEnd + LINE_END.length : valueEnd
    if (added !== '') {
      this.#endCopy()
      this.#text += added + LINE_END
    }
  }

  #endCopy(): void {
    if (this.#copied === undefined) return
    this.#text += this.#copied.text.slice(this.#copiedStart, this.#copiedEnd)
    this.#copied = undefined
  }

  /** Ends the headers: Content-Type when given, Content-Length always (RFC 3261 20.14: required on streams). */
  addContent(content: Content): MessageText {
    const body = typeof content.body === 'string' ? Buffer.from(content.body, 'utf8') : (content.body ?? NO_BODY)
    if (content.contentType !== undefined) this.add('Content-Type', content.contentType)
    this.#write(CONTENT_LENGTH, 'Content-Length', String(body.length))
    return this.end(body, 0, body.length)
  }

  /** Ends the headers as they are. */
  end(bytes: Buffer, bodyStart: number, bodyEnd: number): MessageText {
    this.#endCopy()
    this.#text += LINE_END
    if (!this.#hasRaw) this.#encodeAll()
    const text = this.#text
    let fields = this.#fields ?? []
    if (this.#isMoved && this.#fields !== undefined) {
      fields = indexHeaders(text, Buffer.from(text, 'latin1'), text.indexOf('\n') + 1, Number.MAX_SAFE_INTEGER).fields
    }
    return {
      characters: new Characters(text),
      start: 0,
      headersEnd: text.length,
      fields,
      viaValue: undefined,
      isAscii: !this.#hasRaw && !this.#isMoved,
      bytes,
      bodyStart,
      bodyEnd,
    }
  }

  /** One question about the whole is far cheaper than one about each value. */
  #encodeAll(): void {
    this.#endCopy()
    if (isAsciiText(this.#text)) return
    this.#text = encodeText(this.#text)
    this.#isMoved = true
  }

  #add(id: number, name: string, value: string): void {
    if (id === 0 && !isToken(name)) throw new TypeError(`not a header name: ${JSON.stringify(name)}`)
    forbidLineBreaks(value)
    this.#write(id, name, this.#hasRaw ? encodeText(value) : value)
  }

  #write(id: number, name: string, value: string): void {
    this.#endCopy()
    const lineStart = this.#text.length
    const valueStart = lineStart + name.length + 2
    this.#text += `${name}: ${value}\r\n`
    this.#fields?.push(id, lineStart, valueStart, valueStart + value.length)
  }
}

/** Whether the line of a field is the very one that would be written: whole name, colon and space, a value without folds and strays. */
function isAsWritten(source: MessageText, place: number, name: string): boolean {
  const { characters, fields } = source
  const valueStart = fields[place + 2] ?? 0
  if (((fields[place] ?? 0) & FOLDED) !== 0 || valueStart - (fields[place + 1] ?? 0) !== name.length + 2 || hasOtherValue(source, place)) return false
  return characters.text.indexOf('\r', valueStart) === fields[place + 3]
}

function forbidLineBreaks(text: string): void {
  if (text.includes('\r') || text.includes('\n')) throw new TypeError(`line break in a header: ${JSON.stringify(text)}`)
}
