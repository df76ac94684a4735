import { type Content, HeadWriter } from './head-writer.ts'
import { FIELD_STRIDE } from './header-index.ts'
import { CALL_ID, CSEQ, FROM, RECORD_ROUTE, TIMESTAMP, TO, VIA } from './header-name.ts'
import { type MessageText, placeOfId } from './message-text.ts'
import { MessageView } from './message-view.ts'
import { messageViewOf } from './message-view-of.ts'
import { formatParameter } from './parameters.ts'
import { reasonPhraseOf } from './reason-phrase.ts'
import { textToBytes, textToKeep } from './serialize.ts'
import type { Header, SipRequest, SipResponse } from './sip-message.ts'
import { statusLine } from './start-line.ts'

export interface ResponseOptions extends Content {
  /** The registered one when absent. */
  readonly reasonPhrase?: string | undefined
  /** Our tag, for a To that has none yet; never put into a 100 (RFC 3261 8.2.6.2). */
  readonly toTag?: string | undefined
  readonly headers?: readonly Header[] | undefined
}

/**
 * Builds the response to a request (RFC 3261 8.2.6.2, 12.1.1): Via, From, To, Call-ID and CSeq as they came, Timestamp in a 100,
 * Record-Route where the response makes a dialog. What the request lacks is left out, so that malformed ones can be answered too.
 * @throws when a header given here has line breaks: a bug of the caller
 */
export function createResponse(request: SipRequest, statusCode: number, o: ResponseOptions = {}): SipResponse {
  const reasonPhrase = o.reasonPhrase ?? reasonPhraseOf(statusCode)
  return new MessageView<'response'>(statusLine(statusCode, reasonPhrase), writeResponse(request, statusCode, o, true))
}

/**
 * The bytes of `createResponse`, for a response that is only sent.
 * @param isKept see `serializeToKeep`
 */
export function responseBytes(request: SipRequest, statusCode: number, o: ResponseOptions, isKept = false): Buffer {
  const text = writeResponse(request, statusCode, o, false)
  return isKept ? textToKeep(text) : textToBytes(text)
}

function writeResponse(request: SipRequest, statusCode: number, o: ResponseOptions, isIndexed: boolean): MessageText {
  const writer = new HeadWriter(`SIP/2.0 ${statusCode} ${o.reasonPhrase ?? reasonPhraseOf(statusCode)}`, isIndexed)
  const { source } = messageViewOf(request)
  copyFields(writer, source, VIA, 'Via', 0)
  if (makesDialog(request.method, statusCode)) copyFields(writer, source, RECORD_ROUTE, 'Record-Route', 0)
  copyFields(writer, source, FROM, 'From', 1)
  copyTo(writer, source, statusCode === 100 || request.toTag !== undefined ? undefined : o.toTag)
  copyFields(writer, source, CALL_ID, 'Call-ID', 1)
  copyFields(writer, source, CSEQ, 'CSeq', 1)
  if (statusCode === 100) copyFields(writer, source, TIMESTAMP, 'Timestamp', 1)
  if (o.headers !== undefined) writer.addAll(o.headers, o)
  return writer.addContent(o)
}

/** @param limit how many fields of that header, 0 for all */
function copyFields(writer: HeadWriter, source: MessageText, id: number, name: string, limit: number): void {
  let copied = 0
  for (let place = placeOfId(source.fields, id, 0); place >= 0; place = placeOfId(source.fields, id, place + FIELD_STRIDE)) {
    writer.copyField(source, place, name)
    if (++copied === limit) return
  }
}

function copyTo(writer: HeadWriter, source: MessageText, tag: string | undefined): void {
  const place = placeOfId(source.fields, TO, 0)
  if (place >= 0) writer.copyField(source, place, 'To', tag === undefined ? '' : formatParameter('tag', tag))
}

/** RFC 3261 12.1, RFC 6665 4.4.1. */
function makesDialog(method: string, statusCode: number): boolean {
  return statusCode > 100 && statusCode < 300 && (method === 'INVITE' || method === 'SUBSCRIBE')
}
