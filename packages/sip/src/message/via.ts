import { type Characters, readWhole } from './characters.ts'
import { endOfHost, readPort } from './host-port.ts'
import { readParameters } from './parameters.ts'
import { beginsWith, findCharacter, skipSpaces, sliceUpperCase, wordOf } from './text-span.ts'
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
const PROTOCOL = wordOf('SIP/2.0/')

/** Reads one hop: `SIP/2.0/UDP host:port;branch=…`, white space around the slashes allowed (RFC 4475 3.1.1.1). @returns undefined when it is none */
export function parseVia(text: string): Via | undefined {
  return readWhole(text, readVia)
}

/** `parseVia` between two positions of a text. */
export function readVia(characters: Characters, start: number, end: number): Via | undefined {
  const { text, bytes } = characters
  const transportStart = endOfProtocol(characters, start, end)
  const transportEnd = endOfToken(bytes, transportStart, end)
  const hostStart = skipSpaces(characters, transportEnd, end)
  const hostEnd = endOfHost(characters, hostStart, end)
  if (transportStart < 0 || transportStart === transportEnd || hostStart === transportEnd || hostEnd < 0) return undefined
  const semicolon = findCharacter(characters, SEMICOLON, hostEnd, end)
  const sentByEnd = semicolon < 0 ? end : semicolon
  const port = readPort(characters, hostEnd, sentByEnd)
  const parameters = readParameters(characters, sentByEnd, end)
  if (port === -1 || parameters === undefined) return undefined
  const transport = sliceUpperCase(characters, transportStart, transportEnd)
  return { transport, host: text.slice(hostStart, hostEnd), port, parameters, text: text.slice(start, end) }
}

/** Where the transport begins: after `SIP / 2.0 /`. */
function endOfProtocol(characters: Characters, start: number, end: number): number {
  const { text, bytes } = characters
  if (beginsWith(characters, PROTOCOL, start, end)) return skipSpaces(characters, start + PROTOCOL.bytes.length, end)
  const nameEnd = endOfToken(bytes, start, end)
  const versionStart = skipSlash(characters, nameEnd, end)
  const versionEnd = endOfToken(bytes, versionStart, end)
  const isSip = text.slice(start, nameEnd).toUpperCase() === 'SIP' && text.slice(versionStart, versionEnd) === '2.0'
  return isSip ? skipSlash(characters, versionEnd, end) : -1
}

function skipSlash(characters: Characters, start: number, end: number): number {
  const slash = skipSpaces(characters, start, end)
  return slash < end && characters.bytes[slash] === SLASH ? skipSpaces(characters, slash + 1, end) : start
}
