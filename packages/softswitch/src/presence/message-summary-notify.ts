import { formatNameAddress } from '@dialtone/sip'
import type { Header, RequestOptions } from '@dialtone/sip'
import { MESSAGE_SUMMARY } from './handle-subscribe.ts'
import type { Subscription } from './handle-subscribe.ts'

/**
 * The NOTIFY that follows an accepted SUBSCRIBE (RFC 6665 4.2.1.2): nobody has messages waiting (RFC 3842), because this
 * version keeps none. It goes to where the SUBSCRIBE came from, like everything for a phone.
 */
export function messageSummaryNotify(subscription: Subscription, account: string): RequestOptions {
  const { incoming, expiresSeconds } = subscription
  const { request, source, localTag } = incoming
  const theirs: [string, string][] = request.fromTag === undefined ? [] : [['tag', request.fromTag]]
  const state = expiresSeconds === 0 ? 'terminated;reason=timeout' : `active;expires=${expiresSeconds}`
  const headers: Header[] = [
    ['From', formatNameAddress({ uri: request.to.uriText, parameters: [['tag', localTag]] })],
    ['To', formatNameAddress({ uri: request.from.uriText, parameters: theirs })],
    ['Call-ID', request.callId],
    ['Event', eventOf(request.header('event'))],
    ['Subscription-State', state],
  ]
  return {
    method: 'NOTIFY',
    uri: request.contacts[0]?.uriText ?? request.from.uriText,
    to: source,
    headers,
    body: `Messages-Waiting: no\r\nMessage-Account: ${account}\r\nVoice-Message: 0/0 (0/0)\r\n`,
    contentType: 'application/simple-message-summary',
  }
}

/** The package with the id parameter of the subscriber, which tells its subscriptions apart (RFC 6665 8.2.1). */
function eventOf(text: string | undefined): string {
  const id = /;\s*id=([\w.!%*+`'~-]{1,64})/i.exec(text ?? '')?.[1]
  return id === undefined ? MESSAGE_SUMMARY : `${MESSAGE_SUMMARY};id=${id}`
}
