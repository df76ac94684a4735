import { isIP } from 'node:net'
import { err, ok, type Result } from '@dialtone/foundation'

/** One setting: how it is called, what it means, and how its text becomes a value. */
export interface EnvironmentVariable<Value> {
  readonly name: string
  /** The text used when the variable is not set; `undefined` when there is no such text. */
  readonly default: string | undefined
  /** What the documentation shows instead of `default` when the value is found out at start. */
  readonly defaultShown?: string
  readonly meaning: string
  /** @returns the value, or how to go on after "DIALTONE_X is 'y', but it must be ". */
  readonly parse: (text: string) => Result<Value, string>
}

export function anyText(text: string): Result<string, string> {
  return ok(text)
}

/** An IP address, or a host name by RFC 1123 section 2.1. */
export function hostName(text: string): Result<string, string> {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) || /^[0-9A-Fa-f:]+$/.test(text) ? ok(text) : err('an IP address or a host name')
}

export function ipv4Address(text: string): Result<string, string> {
  const parts = text.split('.')
  const valid = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return valid && text !== '0.0.0.0' ? ok(text) : err('an IPv4 address that others can reach, such as 192.0.2.10')
}

export function ipv6Address(text: string): Result<string, string> {
  const usable = isIP(text) === 6 && !text.includes('%') && !/^(?:ff|::ffff:|fe[89ab])/i.test(text) && !/^[0:]+$/.test(text)
  return usable ? ok(text) : err('an IPv6 address that others can reach, such as 2001:db8::10')
}

/** @returns 0 to 65535; 0 picks a free port. */
export function port(text: string): Result<number, string> {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? ok(Number(text)) : err('a port number from 0 (any free port) to 65535')
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** A call takes two RTP and RTCP port pairs, so a range shorter than four ports could carry none. */
export function portRange(text: string): Result<PortRange, string> {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2])
  const valid = match !== null && first >= 1024 && last <= 65_535 && last - first >= 3
  return valid ? ok({ first, last }) : err('two ports between 1024 and 65535 with at least four ports between them, such as 30000-39999')
}

export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Result<Word, string> {
  return (text) => {
    const word = words.find((candidate) => candidate === text)
    return word === undefined ? err(words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`) : ok(word)
  }
}

/** A comma list without repetition. */
export function listOf<Word extends string>(...words: readonly Word[]): (text: string) => Result<readonly Word[], string> {
  return (text) => {
    const given = text.split(',').map((item) => item.trim())
    const known = words.filter((word) => given.includes(word))
    return given.every((item) => known.some((word) => word === item)) && given.length === known.length
      ? ok(known)
      : err(`a comma list of ${words.join(', ')}, each at most once`)
  }
}

export function wholeNumber(least: number, most: number): (text: string) => Result<number, string> {
  return (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? ok(Number(text)) : err(`a whole number from ${least} to ${most}`))
}

export function matching(pattern: RegExp, description: string): (text: string) => Result<string, string> {
  return (text) => (pattern.test(text) ? ok(text) : err(description))
}

/** @param schemes with the colon, as `URL.protocol` has them. */
export function urlOf(schemes: readonly string[], example: string): (text: string) => Result<string, string> {
  return (text) => {
    // A PostgreSQL URL may have an empty host, which URL.parse refuses: the scheme is what is checked.
    const scheme = /^[a-z][a-z0-9+.-]*:/.exec(text)?.[0]
    return scheme !== undefined && schemes.includes(scheme) && text.startsWith(`${scheme}//`) ? ok(text) : err(`a URL such as ${example}`)
  }
}

/** Addresses with commas between, each perhaps with a port: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::1]:53`. */
export function addressList(text: string): Result<readonly string[], string> {
  const given = text.split(',').map((item) => item.trim())
  const isAddress = (item: string): boolean => {
    const [, bracketed, plain, portText = '53'] = /^(?:\[([^\]]+)\]|([^:]+|[0-9A-Fa-f:]+))(?::(\d{1,5}))?$/.exec(item) ?? []
    return isIP(bracketed ?? plain ?? '') !== 0 && Number(portText) > 0 && Number(portText) <= 65_535
  }
  return given.every(isAddress) ? ok(given) : err('addresses such as 192.0.2.53 or 192.0.2.53:5353, with commas between')
}
