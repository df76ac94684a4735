import { createRequest, type Header, type SipRequest, type SipResponse } from '../message/index.ts'

/** The ACK for a final response of 300 or above, which belongs to the INVITE's transaction (RFC 3261 17.1.1.3). */
export function buildFailureAck(invite: SipRequest, response: SipResponse): SipRequest {
  return followUp(invite, 'ACK', response.header('to') ?? invite.header('to') ?? '', [])
}

/** The CANCEL of an INVITE (RFC 3261 9.1). @param headers more header fields, such as Reason */
export function buildCancel(invite: SipRequest, headers: readonly Header[]): SipRequest {
  return followUp(invite, 'CANCEL', invite.header('to') ?? '', headers)
}

function followUp(invite: SipRequest, method: string, to: string, more: readonly Header[]): SipRequest {
  const headers: Header[] = [['Via', invite.topVia.text]]
  for (const route of invite.headers('route')) headers.push(['Route', route])
  headers.push(
    ['Max-Forwards', '70'],
    ['From', invite.header('from') ?? ''],
    ['To', to],
    ['Call-ID', invite.callId],
    ['CSeq', `${invite.cseq.sequence} ${method}`],
    ...more,
  )
  return createRequest({ method, uri: invite.uriText, headers })
}
