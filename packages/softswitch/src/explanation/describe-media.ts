import type { DescribedMedia } from '../ports/described-call.ts'

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m
/** More streams are nobody's phone. */
const MAX_STREAMS = 8

/** Payload types that need no rtpmap (RFC 3551 6). */
const STATIC_FORMATS: ReadonlyMap<string, string> = new Map([['0', 'PCMU/8000'], ['3', 'GSM/8000'], ['8', 'PCMA/8000'], ['9', 'G722/8000'], ['18', 'G729/8000']]) // prettier-ignore

/** What a session description says of its streams; keys, passwords and fingerprints stay inside. */
export function describeMedia(sdp: string | undefined): readonly DescribedMedia[] | undefined {
  if (sdp === undefined || sdp === '') return undefined
  const [session = '', ...streams] = sdp.split(/^(?=m=)/m)
  return streams.slice(0, MAX_STREAMS).flatMap((stream): DescribedMedia[] => {
    const [, kind, port, protocol, formats] = /^m=(\S+) (\d+)\S* (\S+) ([^\r\n]*)/.exec(stream) ?? []
    if (kind === undefined || protocol === undefined || formats === undefined) return []
    const direction = directionOf(stream) ?? directionOf(session) ?? 'sendrecv'
    const names = new Map([...stream.matchAll(/^a=rtpmap:(\d+) ([\w.-]+\/\d+)/gm)].map(([, format = '', name = '']) => [format, name]))
    const address = addressOf(stream) ?? addressOf(session) ?? ''
    return [
      {
        kind,
        protocol,
        address,
        port: Number(port),
        direction,
        formats: formats
          .trim()
          .split(' ')
          .map((format) => names.get(format) ?? STATIC_FORMATS.get(format) ?? format),
      },
    ]
  })
}

function directionOf(text: string): DescribedMedia['direction'] | undefined {
  return DIRECTION.exec(text)?.[1] as DescribedMedia['direction'] | undefined
}

function addressOf(text: string): string | undefined {
  return /^c=IN IP[46] (\S+)/m.exec(text)?.[1]
}
