import type { Config } from '../configuration/index.ts'

/** The part of the media ports that one of `count` workers uses: whole pairs, beginning with an even port (RFC 3550 11). */
export function portsOfWorker({ first, last }: Config['rtpPorts'], place: number, count: number): Config['rtpPorts'] {
  const start = first + (first % 2)
  const pairsEach = Math.floor((last - start + 1) / 2 / count)
  return { first: start + place * pairsEach * 2, last: start + (place + 1) * pairsEach * 2 - 1 }
}
