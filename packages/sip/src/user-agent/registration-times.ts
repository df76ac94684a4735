import type { SipResponse } from '../message/index.ts'

/** RFC 5626 4.5: the base time after the first failure, and the most. */
const BASE_RETRY_MS = 30_000
const MAX_RETRY_MS = 1_800_000
/** Longer demands of a registrar are not obeyed to the letter: it may have meant something else. */
const MAX_RETRY_AFTER_SECONDS = 3600

/**
 * For how long the registrar took our contact (RFC 3261 10.2.4): the expires of our Contact in its answer, also in its words, its Expires, or what was asked for;
 * not for longer than that, which it may not grant (10.3 step 7) and nobody would want to wait for.
 * @param contact our name-addr as it was sent
 */
export function grantedSeconds(response: SipResponse, contact: string, askedSeconds: number): number {
  const own = response.contacts.find(({ uriText }) => contact.includes(`<${uriText}>`))
  const told = own?.parameters.get('expires') ?? longestOf(response) ?? response.header('expires') ?? askedSeconds
  const seconds = Number(told)
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, askedSeconds) : askedSeconds
}

/** Behind a NAT many registrars write the address they saw into our contact: what they have just taken has the longest time left. */
function longestOf({ contacts }: SipResponse): number | undefined {
  const times = contacts.flatMap(({ parameters }) => parameters.get('expires') ?? []).map(Number)
  return times.length === 0 ? undefined : Math.max(...times)
}

/** When to refresh: well before the end, and a minute before it where there is so much time. */
export function refreshDelayMs(seconds: number): number {
  return Math.max(seconds * 0.5, Math.min(seconds * 0.9, seconds - 60)) * 1000
}

/**
 * When to try again (RFC 5626 4.5): twice as long after each failure, between half of it and all of it, so that a thousand clients
 * of a registrar that was down do not come back in one moment; not before the registrar said (RFC 3261 20.33).
 * @param random from 0 to 1
 */
export function retryDelayMs(failures: number, retryAfter: string | undefined, random: number): number {
  const longestMs = Math.min(MAX_RETRY_MS, BASE_RETRY_MS * 2 ** Math.min(failures - 1, 10))
  const demandedMs = Math.min(Number.parseInt(retryAfter ?? '0', 10) || 0, MAX_RETRY_AFTER_SECONDS) * 1000
  return Math.max(demandedMs, longestMs * (0.5 + random / 2))
}
