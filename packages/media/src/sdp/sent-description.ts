import { addressTypeOf } from './ip-address.ts'
import { formatSessionDescription } from './format-session-description.ts'
import type { SessionDescription } from './session-description.ts'

/** Where one side of a session finds us. */
export interface LocalEndpoint {
  /** The address put into `o=` and `c=`. */
  readonly address: string
  readonly rtpPort: number
  readonly rtcpPort: number
  /** The session id of `o=` towards this side: digits, the same for the whole session (RFC 8866 5.2). */
  readonly sessionId: string
}

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
  const version = sent?.version ?? 1
  const streams = description.media.length
  const text = format(description, local, version)
  if (sent === undefined || sent.text === text) return { version, text, streams }
  return { version: version + 1, text: format(description, local, version + 1), streams }
}

function format(description: SessionDescription, local: Pick<LocalEndpoint, 'address' | 'sessionId'>, version: number): string {
  const { address, sessionId } = local
  const origin = { username: '-', sessionId, sessionVersion: String(version), addressType: addressTypeOf(address), address }
  return formatSessionDescription({ ...description, origin })
}
