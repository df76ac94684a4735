import type { Header, SipMessage } from '../message/index.ts'

/** What we want of session timers (RFC 4028 7.1, 9). */
export interface SessionTimerPolicy {
  readonly intervalSeconds: number
  readonly minimumSeconds: number
}

/** What has been agreed for a dialog. */
export interface SessionInterval {
  readonly intervalSeconds: number
  /** Who has to refresh. */
  readonly refresher: 'local' | 'remote'
  /** The peer knows session timers, so that it, too, ends what is not refreshed. */
  readonly peerKnowsTimers: boolean
}

/** RFC 4028 5: the least a Min-SE may say, and the default of who does not say any. */
export const LEAST_MINIMUM_SECONDS = 90
/** RFC 4028 4 has delta-seconds; more than a week is not meant. */
const MOST_SECONDS = 604_800

interface SessionExpires {
  readonly seconds: number
  readonly refresher: 'uac' | 'uas' | undefined
}

/** RFC 4028 4. @returns undefined when there is none or nobody can read it */
function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const value = message.header('session-expires')
  const matched = value === undefined ? undefined : /^\s*(\d{1,9})\s*(?:;|$)/.exec(value)
  if (value === undefined || matched === null || matched === undefined) return undefined
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(value)?.[1]?.toLowerCase()
  const seconds = Math.min(Number(matched[1]), MOST_SECONDS)
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined }
}

/** Min-SE (RFC 4028 5); 0 when there is none. */
export function minimumSecondsOf(message: SipMessage): number {
  const matched = /^\s*(\d{1,9})/.exec(message.header('min-se') ?? '')
  return matched === null ? 0 : Math.min(Number(matched[1]), MOST_SECONDS)
}

/** RFC 4028 9: the header fields of the 422 for a request whose interval is too short for us; undefined: it is not. */
export function tooShortInterval(policy: SessionTimerPolicy, request: SipMessage): readonly Header[] | undefined {
  const asked = sessionExpiresOf(request)
  return asked !== undefined && asked.seconds < policy.minimumSeconds ? [['Min-SE', String(policy.minimumSeconds)]] : undefined
}

/**
 * What is agreed by our 2xx to a session refresh request (RFC 4028 9, table 2), and the header fields that say so.
 * The request is not too short (`tooShortInterval`). Where the peer leaves the choice we refresh ourselves: by UPDATE, which disturbs nobody.
 */
export function agreeAsServer(
  policy: SessionTimerPolicy,
  request: SipMessage,
  current: SessionInterval | undefined,
): { readonly interval: SessionInterval; readonly headers: readonly Header[] } {
  const asked = sessionExpiresOf(request)
  const peerKnowsTimers = namesTimer(request)
  const atLeast = Math.max(policy.minimumSeconds, minimumSecondsOf(request))
  const wanted = Math.max(policy.intervalSeconds, atLeast)
  // 9: never longer than what was asked, never shorter than any Min-SE.
  const intervalSeconds = asked === undefined ? wanted : Math.min(asked.seconds, wanted)
  const refresher = peerKnowsTimers && (asked?.refresher ?? (current?.refresher === 'remote' ? 'uac' : 'uas')) === 'uac' ? 'remote' : 'local'
  const headers: Header[] = [['Session-Expires', `${intervalSeconds};refresher=${refresher === 'remote' ? 'uac' : 'uas'}`]]
  if (peerKnowsTimers) headers.push(['Require', 'timer'])
  return { interval: { intervalSeconds, refresher, peerKnowsTimers }, headers }
}

/** What the peer's 2xx to a session refresh request of ours agrees to (RFC 4028 7.2). Without Session-Expires there is no expiration: we go on refreshing. */
export function agreeAsClient(policy: SessionTimerPolicy, response: SipMessage): SessionInterval {
  const answered = sessionExpiresOf(response)
  if (answered === undefined) return { intervalSeconds: policy.intervalSeconds, refresher: 'local', peerKnowsTimers: false }
  const intervalSeconds = Math.max(answered.seconds, 1)
  return { intervalSeconds, refresher: answered.refresher === 'uas' ? 'remote' : 'local', peerKnowsTimers: true }
}

/**
 * The header fields of a session refresh request (RFC 4028 7.1, 7.4).
 * @param current undefined in the INVITE that opens the session: there the callee chooses who refreshes
 * @param minimumSeconds what a 422 has told us; 0: nothing
 */
export function refreshHeaders(policy: SessionTimerPolicy, current: SessionInterval | undefined, minimumSeconds: number): readonly Header[] {
  const seconds = Math.max(current?.intervalSeconds ?? policy.intervalSeconds, minimumSeconds, policy.minimumSeconds)
  const refresher = current === undefined ? '' : `;refresher=${current.refresher === 'local' ? 'uac' : 'uas'}`
  const headers: Header[] = [['Session-Expires', `${seconds}${refresher}`]]
  const minimum = Math.max(policy.minimumSeconds, minimumSeconds)
  if (minimum > LEAST_MINIMUM_SECONDS) headers.push(['Min-SE', String(minimum)])
  return headers
}

/** When the session is over if nobody refreshes it, in seconds from the last refresh (RFC 4028 10). */
export function expirySeconds(interval: SessionInterval): number {
  return interval.intervalSeconds - Math.min(32, interval.intervalSeconds / 3)
}

function namesTimer(message: SipMessage): boolean {
  const isTimer = (optionTag: string): boolean => optionTag.toLowerCase() === 'timer'
  return message.headers('supported').some(isTimer) || message.headers('require').some(isTimer)
}
