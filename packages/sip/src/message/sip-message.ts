import type { CSeq } from './cseq.ts'
import type { NameAddress } from './name-address.ts'
import type { SipUri } from './sip-uri.ts'
import type { Via } from './via.ts'

/** One header field as written: its name as it came, its value unfolded. */
export type Header = readonly [name: string, value: string]

/**
 * What requests and responses share. Values are read on demand and remembered; nothing here throws.
 * On a message that did not pass `checkRequest`/`checkResponse`, a missing or malformed value reads as empty:
 * '' for text, an address with an empty URI, a Via with an empty host, sequence -1.
 */
export interface SipMessageBase {
  /** Exactly Content-Length bytes. */
  readonly body: Buffer
  /** First field value, unfolded. @param name canonical lower-case ('call-id'); compact forms in the message are found under it. */
  header(name: string): string | undefined
  /** Every value in order. Comma lists are split for the headers whose grammar is a list (RFC 3261 7.3.1); other fields are one value each. */
  headers(name: string): readonly string[]
  /** Every field as it came, in order. */
  allHeaders(): readonly Header[]
  readonly callId: string
  readonly from: NameAddress
  readonly to: NameAddress
  readonly fromTag: string | undefined
  readonly toTag: string | undefined
  readonly cseq: CSeq
  readonly vias: readonly Via[]
  readonly topVia: Via
  readonly contacts: readonly NameAddress[]
  readonly contactIsStar: boolean
  readonly maxForwards: number | undefined
  readonly contentType: string | undefined
  /** The body read as UTF-8. */
  readonly bodyText: string
}

export interface SipRequest extends SipMessageBase {
  readonly kind: 'request'
  readonly method: string
  readonly uriText: string
  readonly uri: SipUri | undefined
}

export interface SipResponse extends SipMessageBase {
  readonly kind: 'response'
  readonly statusCode: number
  readonly reasonPhrase: string
}

export type SipMessage = SipRequest | SipResponse
