import type { FieldProblem } from '../failures/index.ts'

/** What a caller decides about a subscription. */
export interface SubscriptionAttributes {
  readonly url: string
  /** Names of events, `user.*`, `*`; none: all. */
  readonly events: readonly string[]
  readonly description: string | undefined
  readonly enabled: boolean
  /** Events of the partitions below too: a reseller hears of all his customers. */
  readonly includeSubPartitions: boolean
}

const EVENT_NAME = /^(\*|[a-z]+(\.[a-z_]+)*(\.\*)?)$/
const MAX_URL_CHARACTERS = 2048

/** @param allowLoopback where things are tried out: a receiver on this machine, without TLS. */
export function subscriptionProblems(subscription: SubscriptionAttributes, allowLoopback: boolean): FieldProblem[] {
  const problems: FieldProblem[] = []
  const rule = allowLoopback ? 'an https URL, or http on this machine' : 'an https URL'
  const url = URL.canParse(subscription.url) ? new URL(subscription.url) : undefined
  const bad = (reason: string): number => problems.push({ field: 'url', code: 'InvalidUrl', reason, rule })
  if (url === undefined || subscription.url.length > MAX_URL_CHARACTERS) bad('is no URL')
  else if (url.username !== '' || url.password !== '') bad('must not carry credentials')
  else if (url.protocol !== 'https:' && !(allowLoopback && url.protocol === 'http:' && isLoopback(url))) bad('is not https')
  else if (!allowLoopback && isLoopback(url)) bad('leads to this machine')
  const unknown = subscription.events.find((name) => !EVENT_NAME.test(name))
  if (unknown !== undefined)
    problems.push({ field: 'events', code: 'InvalidEvents', reason: `"${unknown}" is no name of events`, rule: 'such as user.created, number.* or *' })
  return problems
}

export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname)
}
