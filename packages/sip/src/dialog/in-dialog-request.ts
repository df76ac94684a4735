import { createRequest, type Header, type SipRequest } from '../message/index.ts'
import type { Dialog } from './dialog.ts'
import type { RoutedRequest } from './route-set.ts'

export interface InDialogRequestOptions {
  readonly method: string
  /** CSeq number; that of the INVITE for its ACK (RFC 3261 13.2.2.4). */
  readonly sequence: number
  /** The whole Via value. */
  readonly via: string
  /** Contact, credentials, Reason and whatever else. */
  readonly headers: readonly Header[]
  readonly body?: string
  readonly contentType?: string
}

/** Builds a request inside a dialog (RFC 3261 12.2.1.1). @param routed from `routeRequest` of the dialog */
export function buildInDialogRequest(dialog: Dialog, routed: RoutedRequest, options: InDialogRequestOptions): SipRequest {
  const headers: Header[] = [['Via', options.via]]
  for (const route of routed.routes) headers.push(['Route', route])
  headers.push(
    ['Max-Forwards', '70'],
    ['From', dialog.localAddress],
    ['To', dialog.remoteAddress],
    ['Call-ID', dialog.callId],
    ['CSeq', `${options.sequence} ${options.method}`],
    ...options.headers,
  )
  const { method, body, contentType } = options
  const content = body === undefined ? {} : { body, ...(contentType === undefined ? {} : { contentType }) }
  return createRequest({ method, uri: routed.requestUri, headers, ...content })
}
