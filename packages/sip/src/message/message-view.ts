import type { Characters } from './characters.ts'
import { endOfMember } from './comma-list.ts'
import { type CSeq, readCSeq } from './cseq.ts'
import { readDecimal } from './decimal.ts'
import { FIELD_STRIDE } from './header-index.ts'
import { CALL_ID, CONTACT, CONTENT_TYPE, CSEQ, FROM, headerIdOf, MAX_FORWARDS, TO, VIA } from './header-name.ts'
import { allValues, firstValue, headerKey, type MessageText, nameAt, placeOf, placeOfId, readAll, readFirst, valueAt } from './message-text.ts'
import { type NameAddress, readNameAddress } from './name-address.ts'
import { NO_PARAMETERS } from './parameters.ts'
import type { Header } from './sip-message.ts'
import { parseUri, readUri, type SipUri } from './sip-uri.ts'
import type { StartLineOf } from './start-line.ts'
import { trimEnd } from './text-span.ts'
import { readVia, type Via } from './via.ts'

const NO_URI: SipUri = { scheme: '', user: '', password: undefined, host: '', port: undefined, parameters: NO_PARAMETERS, headers: '' }
const NO_ADDRESS: NameAddress = { displayName: '', uri: NO_URI, uriText: '', parameters: NO_PARAMETERS }
const NO_VIA: Via = { transport: '', host: '', port: undefined, parameters: NO_PARAMETERS, text: '' }
const NO_CSEQ: CSeq = { sequence: -1, method: '' }

/** RFC 3261 20.22. */
const MAX_MAX_FORWARDS = 255

const STAR = 42

/**
 * A message over its own text: a value is cut out and read when it is asked for, and parsed ones are remembered.
 * Requests and responses, received and created, are all of this one shape; `SipRequest` and `SipResponse` are its two faces.
 */
export class MessageView<Kind extends 'request' | 'response'> {
  readonly kind: Kind
  readonly method: string
  readonly uriText: string
  readonly statusCode: number
  readonly reasonPhrase: string
  /** For the files of this folder: the text below. */
  readonly source: MessageText
  #uri: SipUri | null | undefined
  #from: NameAddress | undefined
  #to: NameAddress | undefined
  #cseq: CSeq | undefined
  #topVia: Via | undefined
  #vias: readonly Via[] | undefined
  #contacts: readonly NameAddress[] | undefined
  #hasBadContact = false
  #body: Buffer | undefined

  constructor(startLine: Omit<StartLineOf<Kind>, 'failure'>, source: MessageText) {
    this.kind = startLine.kind
    this.method = startLine.method
    this.uriText = startLine.uriText
    this.statusCode = startLine.statusCode
    this.reasonPhrase = startLine.reasonPhrase
    this.source = source
  }

  /**
   * For the files of this folder: this message over a text that differs from its own in Via fields only; what was read before stays read.
   * @param topVia what its top Via reads as, if that is known
   */
  withOtherVia(source: MessageText, topVia: Via | undefined): MessageView<Kind> {
    const copy = new MessageView<Kind>(this, source)
    copy.#topVia = topVia
    copy.#uri = this.#uri
    copy.#from = this.#from
    copy.#to = this.#to
    copy.#cseq = this.#cseq
    copy.#contacts = this.#contacts
    copy.#hasBadContact = this.#hasBadContact
    return copy
  }

  get body(): Buffer {
    return (this.#body ??= this.source.bytes.subarray(this.source.bodyStart, this.source.bodyEnd))
  }

  get bodyText(): string {
    return this.body.toString('utf8')
  }

  get uri(): SipUri | undefined {
    if (this.#uri === undefined) this.#uri = this.#readUri() ?? null
    return this.#uri ?? undefined
  }

  get callId(): string {
    return firstValue(this.source, CALL_ID) ?? ''
  }

  get from(): NameAddress {
    return (this.#from ??= readFirst(this.source, FROM, readNameAddress) ?? NO_ADDRESS)
  }

  get to(): NameAddress {
    return (this.#to ??= readFirst(this.source, TO, readNameAddress) ?? NO_ADDRESS)
  }

  get fromTag(): string | undefined {
    return this.from.parameters.get('tag')
  }

  get toTag(): string | undefined {
    return this.to.parameters.get('tag')
  }

  get cseq(): CSeq {
    return (this.#cseq ??= readFirst(this.source, CSEQ, readCSeq) ?? NO_CSEQ)
  }

  get topVia(): Via {
    return (this.#topVia ??= this.#vias?.[0] ?? readFirst(this.source, VIA, readFirstVia) ?? NO_VIA)
  }

  get vias(): readonly Via[] {
    return (this.#vias ??= readAll(this.source, VIA, readViaOrNone))
  }

  get contacts(): readonly NameAddress[] {
    return (this.#contacts ??= this.#readContacts())
  }

  /** For the files of this folder: a Contact is neither an address nor `*`. */
  get hasBadContact(): boolean {
    this.#contacts ??= this.#readContacts()
    return this.#hasBadContact && !this.contactIsStar
  }

  get contactIsStar(): boolean {
    return readFirst(this.source, CONTACT, isStar) ?? false
  }

  get maxForwards(): number | undefined {
    const value = readFirst(this.source, MAX_FORWARDS, readMaxForwards) ?? -1
    return value < 0 ? undefined : value
  }

  get contentType(): string | undefined {
    return firstValue(this.source, CONTENT_TYPE)
  }

  header(name: string): string | undefined {
    const id = headerIdOf(name)
    const place = id > 0 ? placeOfId(this.source.fields, id, 0) : placeOf(this.source, headerKey(name), 0)
    return place < 0 ? undefined : valueAt(this.source, place)
  }

  headers(name: string): readonly string[] {
    return allValues(this.source, headerKey(name))
  }

  allHeaders(): readonly Header[] {
    const headers: Header[] = []
    for (let place = 0; place < this.source.fields.length; place += FIELD_STRIDE) {
      headers.push([nameAt(this.source, place), valueAt(this.source, place)])
    }
    return headers
  }

  #readContacts(): readonly NameAddress[] {
    const read = readAll(this.source, CONTACT, readNameAddress)
    this.#hasBadContact = read.includes(undefined)
    return this.#hasBadContact ? read.filter((contact) => contact !== undefined) : (read as readonly NameAddress[])
  }

  #readUri(): SipUri | undefined {
    const start = this.source.start + this.method.length + 1
    return this.source.isAscii && this.uriText !== '' ? readUri(this.source.characters, start, start + this.uriText.length) : parseUri(this.uriText)
  }
}

function readFirstVia(characters: Characters, start: number, end: number): Via | undefined {
  return readVia(characters, start, trimEnd(characters, start, endOfMember(characters, start, end)))
}

function readViaOrNone(characters: Characters, start: number, end: number): Via {
  return readVia(characters, start, end) ?? NO_VIA
}

function readMaxForwards(characters: Characters, start: number, end: number): number {
  return readDecimal(characters, start, end, MAX_MAX_FORWARDS)
}

function isStar({ bytes }: Characters, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === STAR
}
