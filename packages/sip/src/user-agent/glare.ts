import type { Header } from '../message/index.ts'
import type { UserAgent } from './user-agent.ts'

type RandomSource = Pick<UserAgent, 'newToken'>

/** RFC 3261 14.1: how long to wait after a 491, in steps of 10 ms. @param ownsCallId whether we made the Call-ID of the dialog */
export function glareDelayMs(userAgent: RandomSource, ownsCallId: boolean): number {
  return ownsCallId ? 2100 + 10 * randomBelow(userAgent, 191) : 10 * randomBelow(userAgent, 201)
}

/** RFC 3261 14.2: 0 to 10 seconds. */
export function retryAfter(userAgent: RandomSource): Header {
  return ['Retry-After', String(randomBelow(userAgent, 11))]
}

/** A whole number from 0 to just below `limit`. */
export function randomBelow(userAgent: RandomSource, limit: number): number {
  let value = 0
  // Any characters will do: the token is random, whatever its alphabet.
  for (const character of userAgent.newToken(6)) value = (value * 31 + character.charCodeAt(0)) % 1_000_003
  return value % limit
}
