import { payloadOffset } from '../rtp/rtp-packet.ts'
import { packetIndex, rollOver, SEQUENCE_MODULUS } from './packet-index.ts'
import { ReplayWindow } from './replay-window.ts'
import { deriveSessionKeys, type SrtpSessionKeys } from './srtp-session-keys.ts'
import type { SrtpMaster } from './srtp-suite.ts'

/** Streams whose indices are followed; beyond that the one that was new first is forgotten. Only who has the key can make one. */
const MAX_STREAMS = 8
const RTCP_INDEX_BYTES = 4
const RTCP_CLEAR_BYTES = 8
const ENCRYPTED_BIT = 0x80

/**
 * What we hear first of a stream may have rolled over already, under the same key: its party talked to another session of ours until now, and the counter
 * is not in the packet (RFC 3711 3.3.1). So often, which is some six hours of speech, the counter is looked for.
 */
const MAX_MISSED_ROLL_OVERS = 16

/** Opens the packets of one direction. What is not authentic, or comes again, gives 0 and changes nothing. */
export class SrtpReceiver {
  readonly #keys: SrtpSessionKeys
  /** Stands before the tag and is not authenticated: which key it is, the tag proves. */
  readonly #mkiBytes: number
  readonly #streams = new Map<number, ReplayWindow>()
  readonly #rtcpStreams = new Map<number, ReplayWindow>()

  constructor(master: SrtpMaster) {
    this.#keys = deriveSessionKeys(master)
    this.#mkiBytes = master.mkiBytes ?? 0
  }

  /** Decrypts an RTP packet in place (RFC 3711 3.3). @returns the length of the plain packet, or 0 when it is not to be used. */
  unprotect(packet: Buffer): number {
    const { cipher, salt, tagBytes } = this.#keys.rtp
    const length = packet.length - tagBytes - this.#mkiBytes
    const start = payloadOffset(packet)
    if (length < start) return 0
    const ssrc = readWord(packet, 8)
    const known = this.#streams.get(ssrc)
    const index = packetIndex(known === undefined ? -1 : known.highest, ((packet[2] as number) << 8) | (packet[3] as number))
    if (index < 0 || (known !== undefined && !known.isNew(index))) return 0
    const roc = this.#authenticRollOver(packet, length, rollOver(index))
    if (roc < 0) return 0
    const window = known ?? addStream(this.#streams, ssrc)
    window.add(known === undefined ? index + roc * SEQUENCE_MODULUS : index)
    cipher.apply(packet, start, length, salt[0], salt[1] ^ ssrc, salt[2] ^ roc, salt[3] ^ ((index & 0xffff) << 16))
    return length
  }

  /** The counter with which the packet is authentic, looked for as long as nothing was heard at all; -1: with none. */
  #authenticRollOver(packet: Buffer, length: number, expected: number): number {
    const { authentication, tagBytes } = this.#keys.rtp
    const last = this.#streams.size === 0 ? MAX_MISSED_ROLL_OVERS : expected
    for (let roc = expected; roc <= last; roc++) {
      authentication.digest(packet, length, roc)
      if (authentication.matches(packet, length + this.#mkiBytes, tagBytes)) return roc
    }
    return -1
  }

  /** Decrypts a compound RTCP packet in place (RFC 3711 3.4); one that is authentic but not encrypted is refused, as nobody agreed on that. */
  unprotectRtcp(packet: Buffer): number {
    const { cipher, authentication, salt, tagBytes } = this.#keys.rtcp
    const covered = packet.length - tagBytes - this.#mkiBytes
    const length = covered - RTCP_INDEX_BYTES
    if (length < RTCP_CLEAR_BYTES || ((packet[length] as number) & ENCRYPTED_BIT) === 0) return 0
    const ssrc = readWord(packet, 4)
    const index = readWord(packet, length) & 0x7fffffff
    const known = this.#rtcpStreams.get(ssrc)
    if (known !== undefined && !known.isNew(index)) return 0
    authentication.digest(packet, covered, undefined)
    if (!authentication.matches(packet, covered + this.#mkiBytes, tagBytes)) return 0
    const window = known ?? addStream(this.#rtcpStreams, ssrc)
    window.add(index)
    cipher.apply(packet, RTCP_CLEAR_BYTES, length, salt[0], salt[1] ^ ssrc, salt[2] ^ (index >>> 16), salt[3] ^ ((index & 0xffff) << 16))
    return length
  }
}

function addStream(streams: Map<number, ReplayWindow>, ssrc: number): ReplayWindow {
  if (streams.size >= MAX_STREAMS) for (const oldest of streams.keys()) if (streams.size >= MAX_STREAMS) streams.delete(oldest)
  const window = new ReplayWindow()
  streams.set(ssrc, window)
  return window
}

function readWord(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 24) | ((bytes[offset + 1] as number) << 16) | ((bytes[offset + 2] as number) << 8) | (bytes[offset + 3] as number)
}
