import { createRequest, type Header, type SipRequest } from '../message/index.ts'
import type { Dialog } from './dialog.ts'
import type { RoutedRequest } from './route-set.ts'

const MAX_FORWARDS: Header = ['Max-Forwards', '70']

export interface InDialogRequestOptions {
  readonly method: string
  /** CSeq number; that of the INVITE for its ACK (RFC 3261 13.2.2.4). */
  readonly sequence: number
  /** The whole Via value. */
  readonly via: string
  /** Contact, credentials, Reason and whatever else. */
  readonly headers: readonly Header[]
  readonly body?: string | undefined
  readonly contentType?: string | undefined
}

/** Builds a request inside a dialog (RFC 3261 12.2.1.1). @param routed from `routeRequest` of the dialog */
export function buildInDialogRequest(dialog: Dialog, routed: RoutedRequest, options: InDialogRequestOptions): SipRequest {
  const { method, sequence, via, body, contentType } = options
  const headers: Header[] = [
    ['Via', via],
    ...routed.routes.map((route): Header => ['Route', route]),
    MAX_FORWARDS,
    ['From', dialog.localAddress],
    ['To', dialog.remoteAddress],
    ['Call-ID', dialog.callId],
    ['CSeq', `${sequence} ${method}`],
    ...options.headers,
  ]
  return createRequest({ method, uri: routed.requestUri, headers, body, contentType: body === undefined ? undefined : contentType })
}
