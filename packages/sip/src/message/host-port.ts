import type { Characters } from './characters.ts'
import { readDecimal } from './decimal.ts'
import { findCharacter, skipSpaces, trimEnd } from './text-span.ts'

const COLON = 58
const BRACKET_OPEN = 91
const BRACKET_CLOSE = 93
const MAX_PORT = 65_535
const LONGEST_IPV6_REFERENCE = 47

/** Where the host at `start` ends (RFC 3261 25.1 host): a name, an IPv4 address, an IPv6 one in brackets. -1 when there is none. */
export function endOfHost(characters: Characters, start: number, end: number): number {
  const { bytes } = characters
  if (bytes[start] === BRACKET_OPEN) return endOfIpv6Reference(characters, start, end)
  let at = start
  while (at < end && isHostCharacter(bytes[at] ?? 0)) at++
  return at === start ? -1 : at
}

/**
 * The port between the end of a host and `end`; white space around the colon is allowed in Via (RFC 3261 25.1 COLON).
 * @returns undefined when there is nothing, -1 when there is anything but a port
 */
export function readPort(characters: Characters, hostEnd: number, end: number): number | undefined {
  if (hostEnd === end) return undefined
  const colon = skipSpaces(characters, hostEnd, end)
  if (colon === end) return undefined
  if (characters.bytes[colon] !== COLON) return -1
  return readDecimal(characters, skipSpaces(characters, colon + 1, end), trimEnd(characters, colon + 1, end), MAX_PORT)
}

/** Letters, digits, hyphen, dot; the underscore that real networks use as well. */
function isHostCharacter(code: number): boolean {
  const letter = code | 32
  return (letter >= 97 && letter <= 122) || (code >= 45 && code <= 57 && code !== 47) || code === 95
}

function endOfIpv6Reference(characters: Characters, start: number, end: number): number {
  const close = findCharacter(characters, BRACKET_CLOSE, start, Math.min(end, start + LONGEST_IPV6_REFERENCE))
  return close > 0 && /^\[[0-9a-f:.]{2,}$/i.test(characters.text.slice(start, close)) ? close + 1 : -1
}
