import { addressTypeOf, type AddressType } from './ip-address.ts'
import { formatOrigin, formatSessionDescription } from './format-session-description.ts'
import type { Origin, SessionDescription } from './session-description.ts'

/** Where one side of a session finds us. */
export interface LocalEndpoint {
  /** The address put into `o=` and `c=`. */
  readonly address: string
  readonly rtpPort: number
  readonly rtcpPort: number
  /** The session id of `o=` towards this side: digits, the same for the whole session (RFC 8866 5.2). */
  readonly sessionId: string
}

/** Where a side finds us that describes itself in that family; undefined: it names no address. */
export type EndpointFor = (addressType: AddressType | undefined) => LocalEndpoint

/** The last description we sent to a side: what the version of the next one is counted from. */
export interface SentDescription {
  readonly version: number
  readonly text: string
  /** How many `m=` sections it had: a later one has as many (RFC 3264 section 8). */
  readonly streams: number
}

/**
 * Puts our `o=` on a description and formats it. The version rises by one when anything differs from what was sent before,
 * and stays when nothing does (RFC 3264 section 8).
 */
export function signDescription(
  description: SessionDescription,
  local: Pick<LocalEndpoint, 'address' | 'sessionId'>,
  sent: SentDescription | undefined,
): SentDescription {
  return sign(description.media.length, local, sent, (origin) => formatSessionDescription({ ...description, origin }))
}

/** As `signDescription`, but what stands around `o=` stays as it is. @param text CRLF after every line, `o=` on the second one */
export function signText(
  text: string,
  streams: number,
  local: Pick<LocalEndpoint, 'address' | 'sessionId'>,
  sent: SentDescription | undefined,
): SentDescription {
  const start = text.indexOf('\r\n') + 2
  const [before, after] = [text.slice(0, start), text.slice(text.indexOf('\r\n', start))]
  return sign(streams, local, sent, (origin) => before + formatOrigin(origin) + after)
}

function sign(
  streams: number,
  local: Pick<LocalEndpoint, 'address' | 'sessionId'>,
  sent: SentDescription | undefined,
  write: (origin: Origin) => string,
): SentDescription {
  const version = sent?.version ?? 1
  const text = write(originOf(local, version))
  if (sent === undefined || sent.text === text) return { version, text, streams }
  return { version: version + 1, text: write(originOf(local, version + 1)), streams }
}

function originOf({ address, sessionId }: Pick<LocalEndpoint, 'address' | 'sessionId'>, version: number): Origin {
  return { username: '-', sessionId, sessionVersion: String(version), addressType: addressTypeOf(address), address }
}
