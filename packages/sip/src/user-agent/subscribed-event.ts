import type { SipRequest } from '../message/index.ts'

/** Names a package and says which of several subscriptions in a dialog is meant (RFC 6665 8.2.1). */
export interface SubscribedEvent {
  /** Lower case. */
  readonly eventPackage: string
  readonly eventId: string | undefined
}

/** RFC 6665 8.2.1. @returns undefined when there is no Event, or nobody can read it */
export function eventOf(request: Pick<SipRequest, 'header'>): SubscribedEvent | undefined {
  const matched = /^\s*([\w.!%*+`'~-]{1,64})\s*(?:;(.*))?$/.exec(request.header('event') ?? '')
  if (matched === null) return undefined
  const eventId = /(?:^|;)\s*id\s*=\s*"?([^\s;"]{1,64})"?\s*(?:;|$)/i.exec(matched[2] ?? '')?.[1]
  return { eventPackage: (matched[1] ?? '').toLowerCase(), eventId }
}
