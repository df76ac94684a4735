import type { Result } from '@dialtone/foundation'
import type { NameAddress } from './name-address.ts'
import type { Header, SipMessage, SipRequest, SipResponse } from './sip-message.ts'
import type { SipUri } from './sip-uri.ts'
import type { Via } from './via.ts'

export type { NameAddress } from './name-address.ts'
export type { CSeq, Header, SipMessage, SipMessageBase, SipRequest, SipResponse } from './sip-message.ts'
export type { SipUri } from './sip-uri.ts'
export type { Via } from './via.ts'

export interface ParseFailure {
  readonly statusCode: number
  readonly reason: string
  readonly request: SipRequest | undefined
  readonly drop: boolean
}
export interface RequestProblem {
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly headers: readonly Header[]
}
export declare function parseUri(text: string): SipUri | undefined
export declare function formatUri(uri: {
  scheme?: string
  user?: string
  host: string
  port?: number | undefined
  parameters?: ReadonlyMap<string, string>
}): string
export declare function userOf(uri: SipUri): string
export declare function parseNameAddress(text: string): NameAddress | undefined
export declare function formatNameAddress(n: { displayName?: string; uri: string; parameters?: Iterable<[string, string]> }): string
export declare function parseVia(text: string): Via | undefined
export declare function parseMessage(bytes: Buffer, limits?: { maxHeaderBytes?: number; maxHeaders?: number }): Result<SipMessage, ParseFailure>
export declare function checkRequest(request: SipRequest): RequestProblem | undefined
export declare function checkResponse(response: SipResponse): boolean
export declare function createRequest(o: {
  method: string
  uri: string
  headers: readonly Header[]
  body?: Buffer | string
  contentType?: string
}): SipRequest
export declare function createResponse(
  request: SipRequest,
  statusCode: number,
  o?: { reasonPhrase?: string; toTag?: string; headers?: readonly Header[]; body?: Buffer | string; contentType?: string },
): SipResponse
export declare function withHeader<Message extends SipMessage>(message: Message, name: string, value: string): Message
export declare function withTopVia(request: SipRequest, via: string): SipRequest
export declare function withTopViaParameters(request: SipRequest, o: { received?: string; rport?: number }): SipRequest
export declare function serialize(message: SipMessage): Buffer
export declare function reasonPhraseOf(statusCode: number): string
export declare class StreamFramer {
  constructor(limits: { maxMessageBytes: number })
  push(chunk: Buffer): readonly (Buffer | 'ping')[]
  readonly failure: string | undefined
}
