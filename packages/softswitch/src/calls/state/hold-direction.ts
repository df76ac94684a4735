/** Seen from the one who wrote the description (RFC 8866 6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\r?\n/gm

/** The direction of the first stream: its own, else that of the session (RFC 3264 5.1). */
export function directionIn(sdp: string): Direction {
  const [session = '', first = ''] = sdp.split(/^(?=m=)/m)
  return (directionAmong(first) ?? directionAmong(session) ?? 'sendrecv') as Direction
}

function directionAmong(section: string): string | undefined {
  return section
    .match(/^a=(?:sendrecv|sendonly|recvonly|inactive)\r?$/m)?.[0]
    .slice(2)
    .trim()
}

/** The same description with that direction for every stream. */
export function withDirection(sdp: string, direction: Direction): string {
  const [session = '', ...streams] = sdp.replaceAll(DIRECTION, '').split(/^(?=m=)/m)
  return [session, ...streams.map((stream) => `${stream}a=${direction}\r\n`)].join('')
}

/** Whoever wrote it has put the other side on hold: it listens to nobody (RFC 3264 8.4, and 0.0.0.0 as before). */
export function isHold(sdp: string): boolean {
  const direction = directionIn(sdp)
  return direction === 'sendonly' || direction === 'inactive' || /^c=IN IP4 0\.0\.0\.0\s*$/m.test(sdp)
}

export function isListening(sdp: string): boolean {
  const direction = directionIn(sdp)
  return direction === 'sendrecv' || direction === 'recvonly'
}
