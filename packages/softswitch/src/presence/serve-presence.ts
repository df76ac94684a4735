import { formatUri, userOf } from '@dialtone/sip'
import type { IncomingSubscription, SipStack, SubscriptionOffer } from '@dialtone/sip'
import { authenticateLine } from '../edge/authenticate-line.ts'
import { isServedAt, requestDomain } from '../edge/request-domain.ts'
import type { AuthenticationNeeds } from '../edge/authenticate-line.ts'
import type { LineCredentials, SwitchDirectory } from '../ports/switch-directory.ts'
import { DIALOG_INFO_TYPE } from './dialog-info.ts'
import type { DialogWatch, Watcher } from './dialog-watch.ts'
import { formatMessageSummary, MESSAGE_SUMMARY_TYPE } from './message-waiting.ts'
import type { MessageWaiting } from './message-waiting.ts'
import { resolveWatched, resolveWatchedUser } from './resolve-watched-user.ts'
import type { SubscriptionBook } from './subscription-book.ts'

export interface PresenceNeeds extends AuthenticationNeeds {
  readonly sip: Pick<SipStack, 'onSubscribe'>
  readonly directory: Pick<SwitchDirectory, 'credentialsOf' | 'snapshotOf' | 'domain' | 'admits'>
  readonly messages: MessageWaiting
  readonly dialogs: DialogWatch
  readonly book: SubscriptionBook
  readonly realm: string
}

/** Shorter ones would keep us busy with nothing but refreshes. */
const SHORTEST_SECONDS = 60
/** RFC 3842 3.4 and RFC 4235 3.4 suggest an hour; a lost NOTIFY is made up for by the next refresh. */
const LONGEST_SECONDS = 3600

/** Takes subscriptions to message-summary (RFC 3842) and dialog (RFC 4235). */
export function servePresence(needs: PresenceNeeds): void {
  const serve = (eventPackage: string, contentType: string, serveIt: typeof serveMessages): void =>
    needs.sip.onSubscribe(
      eventPackage,
      (subscription) => {
        const subscriber = subscriberOf(needs, subscription)
        if (subscriber !== undefined) serveIt(needs, subscription, subscriber)
      },
      { contentType },
    )
  serve('message-summary', MESSAGE_SUMMARY_TYPE, serveMessages)
  serve('dialog', DIALOG_INFO_TYPE, serveDialogs)
}

interface Subscriber {
  readonly line: LineCredentials
  readonly username: string
}

/** Who subscribes, or undefined when the SUBSCRIBE has been answered. */
function subscriberOf(needs: PresenceNeeds, subscription: IncomingSubscription): Subscriber | undefined {
  const { request, source } = subscription
  const authentication = authenticateLine(needs, { request, source, by: 'registrar' })
  if (authentication.kind === 'challenge') {
    const { statusCode, headers, reasonPhrase } = authentication
    subscription.reject(statusCode, { headers, ...(reasonPhrase === undefined ? {} : { reasonPhrase }) })
  } else if (authentication.line.adminState === 'INACTIVE') subscription.reject(403)
  else if (!isServedAt(requestDomain(needs.directory, request), authentication.line)) subscription.reject(403)
  else return authentication
  return undefined
}

/** The messages of the line itself: what a phone asks of anybody else it must not know (RFC 3842 6). */
function serveMessages(needs: PresenceNeeds, subscription: IncomingSubscription, { line, username }: Subscriber): void {
  const { lineId } = line
  const target = targetOf(subscription)
  const userId = needs.directory.snapshotOf(line.accountId)?.lines.get(lineId)?.userId
  if (target !== '' && target !== username && (userId === undefined || resolvedUser(needs, line, target) !== userId)) return subscription.reject(404)
  if (!accept(subscription)) return undefined
  const account = `sip:${username}@${needs.realm}`
  const notify = (body: string): void => subscription.notify({ contentType: MESSAGE_SUMMARY_TYPE, body })
  const tell = (): void => notify(formatMessageSummary(needs.messages.countsOf(lineId), account))
  const stopWatching = needs.messages.watch(lineId, { account, notify })
  keep(needs, subscription, { line, username }, tell, stopWatching)
  return tell()
}

/** Whether another extension of the account is in a call, or somebody waits at a parking spot. One of another account is not found, like one that nobody has. */
function serveDialogs(needs: PresenceNeeds, subscription: IncomingSubscription, subscriber: Subscriber): void {
  const { line } = subscriber
  const target = targetOf(subscription)
  const snapshot = needs.directory.snapshotOf(line.accountId)
  const place = snapshot === undefined ? undefined : resolveWatched(snapshot, target)
  if (place === undefined) return subscription.reject(404)
  if (!accept(subscription)) return undefined
  const watcher: Watcher = {
    entity: formatUri({ user: target, host: needs.realm }),
    notify: (document) => subscription.notify(document),
  }
  const watching = needs.dialogs.watch({ accountId: line.accountId, place }, watcher)
  keep(needs, subscription, subscriber, watching.refresh, watching.end)
  return watching.refresh()
}

function resolvedUser(needs: PresenceNeeds, line: LineCredentials, target: string): string | undefined {
  const snapshot = needs.directory.snapshotOf(line.accountId)
  return snapshot === undefined ? undefined : resolveWatchedUser(snapshot, target)
}

/** Whose state is asked for: the Request-URI says it, To as a last resort (RFC 6665 4.1.2.1). */
function targetOf({ request }: IncomingSubscription): string {
  const user = request.uri === undefined ? '' : userOf(request.uri)
  return user === '' ? userOf(request.to.uri) : user
}

/** @returns false when it has been refused */
function accept(offer: SubscriptionOffer): boolean {
  const { expiresSeconds } = offer
  // RFC 6665 4.2.1.1; 0 asks once or ends it.
  if (expiresSeconds > 0 && expiresSeconds < SHORTEST_SECONDS) {
    offer.reject(423, { headers: [['Min-Expires', String(SHORTEST_SECONDS)]] })
    return false
  }
  offer.accept(Math.min(expiresSeconds, LONGEST_SECONDS))
  return true
}

/** A phone whose line is gone or switched off, or whose address is shut out, may have had no registration that ended with it. */
function maySubscribe({ directory }: PresenceNeeds, { line, username }: Subscriber, { source }: SubscriptionOffer): boolean {
  const now = directory.credentialsOf(username)
  return now?.lineId === line.lineId && now.adminState !== 'INACTIVE' && directory.admits?.(line.accountId, source.address) !== false
}

/** Holds a subscription until it ends; a refresh is told everything again (RFC 6665 4.2.1.2), as long as the line could still subscribe from there. */
function keep(needs: PresenceNeeds, subscription: IncomingSubscription, subscriber: Subscriber, tell: () => void, stopWatching: () => void): void {
  const { lineId } = subscriber.line
  const { request, eventPackage, eventId = '' } = subscription
  const key = `${eventPackage};${eventId} ${request.uriText} ${request.contacts[0]?.uriText ?? ''}`
  const forget = needs.book.add(lineId, key, subscription)
  subscription.onRefresh((refresh) => {
    if (!maySubscribe(needs, subscriber, refresh)) {
      refresh.reject(403)
      return subscription.end('rejected')
    }
    if (accept(refresh)) tell()
  })
  subscription.onEnd(() => {
    stopWatching()
    forget()
  })
}
