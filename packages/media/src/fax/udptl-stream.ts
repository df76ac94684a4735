import { buildUdptlPacket, openTypeBytes, parseUdptlPacket } from './udptl-packet.ts'

/** Of the packets before, so many go with each: three lost datagrams in a row do no harm. */
const REDUNDANCY = 3
/** Sequence number, the choice of error recovery and the count of packets. */
const FRAME_BYTES = 4
/** What is further behind than that is a sender that began anew. */
const MAX_BEHIND = 1_000
const SEQUENCES = 0x1_0000

/** What came of a datagram. */
export interface Recovered {
  /** In the order they were sent, each once. */
  readonly packets: readonly Uint8Array[]
  /** Packets before those that nobody will see. */
  readonly lost: number
}

const NOTHING: Recovered = { packets: [], lost: 0 }

/** Both directions of UDPTL with redundancy (ITU-T T.38 section 9.1.2). */
export class UdptlStream {
  readonly #maxDatagramBytes: number
  readonly #sent: Uint8Array[] = []
  #nextSequence = 0
  #expected: number | undefined

  /** @param maxDatagramBytes what the other side takes (T38FaxMaxDatagram) */
  constructor(maxDatagramBytes: number) {
    this.#maxDatagramBytes = maxDatagramBytes
  }

  seal(primary: Uint8Array): Uint8Array {
    const earlier: Uint8Array[] = []
    let bytes = FRAME_BYTES + openTypeBytes(primary)
    for (const packet of this.#sent) {
      bytes += openTypeBytes(packet)
      if (bytes > this.#maxDatagramBytes) break
      earlier.push(packet)
    }
    this.#sent.unshift(primary)
    this.#sent.length = Math.min(this.#sent.length, REDUNDANCY)
    const sequence = this.#nextSequence
    this.#nextSequence = (sequence + 1) % SEQUENCES
    return buildUdptlPacket({ sequence, primary, earlier })
  }

  /** @returns undefined for what is no datagram of UDPTL */
  open(datagram: Uint8Array): Recovered | undefined {
    const read = parseUdptlPacket(datagram)
    if (read === undefined) return undefined
    const { sequence, primary, earlier } = read
    const expected = this.#expected ?? sequence
    const ahead = (sequence - expected + SEQUENCES) % SEQUENCES
    const isBehind = ahead >= SEQUENCES / 2
    if (isBehind && SEQUENCES - ahead <= MAX_BEHIND) return NOTHING
    this.#expected = (sequence + 1) % SEQUENCES
    if (isBehind) return { packets: [primary], lost: 1 }
    const repaired = earlier.slice(0, ahead).toReversed()
    return { packets: [...repaired, primary], lost: ahead - repaired.length }
  }
}
