import { attributeName } from './attribute.ts'
import type { MediaDescription, SdpField, SessionDescription } from './session-description.ts'

/** Seen from the one who wrote the description (RFC 8866 6.7). */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** The direction of a stream: its own attribute, else that of the session, else sendrecv (RFC 8866 6.7). */
export function directionOf(description: SessionDescription, media: MediaDescription): MediaDirection {
  return directionAmong(media.fields) ?? directionAmong(description.fields) ?? 'sendrecv'
}

export function sends(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'sendonly'
}

export function receives(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'recvonly'
}

/** The direction of one who may send and may receive as told. */
export function directionFrom(flow: { readonly sends: boolean; readonly receives: boolean }): MediaDirection {
  if (flow.sends) return flow.receives ? 'sendrecv' : 'sendonly'
  return flow.receives ? 'recvonly' : 'inactive'
}

function directionAmong(fields: readonly SdpField[]): MediaDirection | undefined {
  for (const field of fields) {
    const name = attributeName(field)
    if (name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive') return name
  }
  return undefined
}
