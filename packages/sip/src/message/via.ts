import { endOfHost, readPort } from './host-port.ts'
import { readParameters } from './parameters.ts'
import { findCharacter, skipSpaces, sliceUpperCase } from './text-span.ts'
import { endOfToken } from './token.ts'

/** One hop of a Via header (RFC 3261 20.42). */
export interface Via {
  /** Upper case: UDP, TCP, … */
  readonly transport: string
  readonly host: string
  readonly port: number | undefined
  /** Lower-case names, '' when valueless (`rport`). */
  readonly parameters: ReadonlyMap<string, string>
  /** The hop as it came, unfolded. */
  readonly text: string
}

const SEMICOLON = 59
const SLASH = 47
const PROTOCOL = 'SIP/2.0/'

/** Reads one hop: `SIP/2.0/UDP host:port;branch=…`, white space around the slashes allowed (RFC 4475 3.1.1.1). @returns undefined when it is none */
export function parseVia(text: string): Via | undefined {
  return readVia(text, 0, text.length)
}

/** `parseVia` between two positions of a text. */
export function readVia(text: string, start: number, end: number): Via | undefined {
  const transportStart = endOfProtocol(text, start, end)
  const transportEnd = endOfToken(text, transportStart, end)
  const hostStart = skipSpaces(text, transportEnd, end)
  const hostEnd = endOfHost(text, hostStart, end)
  if (transportStart < 0 || transportStart === transportEnd || hostStart === transportEnd || hostEnd < 0) return undefined
  const semicolon = findCharacter(text, SEMICOLON, hostEnd, end)
  const sentByEnd = semicolon < 0 ? end : semicolon
  const port = readPort(text, hostEnd, sentByEnd)
  const parameters = readParameters(text, sentByEnd, end)
  if (port === -1 || parameters === undefined) return undefined
  const transport = sliceUpperCase(text, transportStart, transportEnd)
  return { transport, host: text.slice(hostStart, hostEnd), port, parameters, text: text.slice(start, end) }
}

/** Where the transport begins: after `SIP / 2.0 /`. */
function endOfProtocol(text: string, start: number, end: number): number {
  if (text.startsWith(PROTOCOL, start)) return skipSpaces(text, start + PROTOCOL.length, end)
  const nameEnd = endOfToken(text, start, end)
  const versionStart = skipSlash(text, nameEnd, end)
  const versionEnd = endOfToken(text, versionStart, end)
  const isSip = text.slice(start, nameEnd).toUpperCase() === 'SIP' && text.slice(versionStart, versionEnd) === '2.0'
  return isSip ? skipSlash(text, versionEnd, end) : -1
}

function skipSlash(text: string, start: number, end: number): number {
  const slash = skipSpaces(text, start, end)
  return slash < end && text.charCodeAt(slash) === SLASH ? skipSpaces(text, slash + 1, end) : start
}
