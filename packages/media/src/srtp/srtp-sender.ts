import { payloadOffset } from '../rtp/rtp-packet.ts'
import { packetIndex, rollOver } from './packet-index.ts'
import { ReplayWindow } from './replay-window.ts'
import { deriveSessionKeys, type SrtpSessionKeys } from './srtp-session-keys.ts'
import type { SrtpMaster } from './srtp-suite.ts'

/**
 * Streams under one key. A stream is never forgotten: begun again with its counter at zero it would use its key stream twice
 * (RFC 3711 9.1). Who sends more of them than a call can have is not heard.
 */
const MAX_STREAMS = 64
/** RFC 3711 9.2: at most 2^48 SRTP and 2^31 SRTCP packets under one key. */
const LAST_INDEX = 2 ** 48 - 1
const LAST_RTCP_INDEX = 2 ** 31 - 1
const RTCP_INDEX_BYTES = 4
/** Header and SSRC of RTCP stay readable (RFC 3711 3.4). */
const RTCP_CLEAR_BYTES = 8
const ENCRYPTED_BIT = 0x80000000

/** How far a stream is under its SRTP key: whoever goes on with it must use no index twice (RFC 3711 9.1). */
export interface SealedStream {
  readonly ssrc: number
  readonly keyAndSalt: string
  readonly highestIndex: number
  readonly nextRtcpIndex: number
}

/** Protects the packets of one direction. Indices are followed per SSRC: those of a relayed stream come with gaps and out of order. */
export class SrtpSender {
  readonly #keys: SrtpSessionKeys
  readonly #streams = new Map<number, ReplayWindow>()
  #rtcpIndex = 0

  constructor(master: SrtpMaster) {
    this.#keys = deriveSessionKeys(master)
  }

  /** How many bytes longer a packet may become: what `target` must have room for. */
  get overheadBytes(): number {
    return this.#keys.rtcp.tagBytes + RTCP_INDEX_BYTES
  }

  /**
   * Writes the protected form of an RTP packet into `target` (RFC 3711 3.1, 3.3).
   * @returns its length; 0 when it must not be sent: a repeated or outdated index, under which two packets would share a key stream.
   */
  protect(packet: Buffer, target: Buffer): number {
    const { cipher, authentication, salt, tagBytes } = this.#keys.rtp
    const length = packet.length
    const ssrc = readWord(packet, 8)
    const window = this.#streams.get(ssrc) ?? this.#addStream(ssrc)
    const index = window === undefined ? -1 : packetIndex(window.highest, ((packet[2] as number) << 8) | (packet[3] as number))
    if (window === undefined || index < 0 || index > LAST_INDEX || !window.isNew(index)) return 0
    window.add(index)
    packet.copy(target, 0, 0, length)
    const roc = rollOver(index)
    cipher.apply(target, payloadOffset(packet), length, salt[0], salt[1] ^ ssrc, salt[2] ^ roc, salt[3] ^ ((index & 0xffff) << 16))
    authentication.digest(target, length, roc)
    authentication.write(target, length, tagBytes)
    return length + tagBytes
  }

  /** The same for a compound RTCP packet (RFC 3711 3.4): encrypted, the index and the tag behind it. */
  protectRtcp(packet: Buffer, target: Buffer): number {
    if (this.#rtcpIndex >= LAST_RTCP_INDEX) return 0
    const { cipher, authentication, salt, tagBytes } = this.#keys.rtcp
    const index = this.#rtcpIndex++
    const length = packet.length
    packet.copy(target, 0, 0, length)
    cipher.apply(target, RTCP_CLEAR_BYTES, length, salt[0], salt[1] ^ readWord(packet, 4), salt[2] ^ (index >>> 16), salt[3] ^ ((index & 0xffff) << 16))
    target.writeUInt32BE((index | ENCRYPTED_BIT) >>> 0, length)
    authentication.digest(target, length + RTCP_INDEX_BYTES, undefined)
    authentication.write(target, length + RTCP_INDEX_BYTES, tagBytes)
    return length + RTCP_INDEX_BYTES + tagBytes
  }

  /** How far a stream is; undefined before its first packet. */
  position(ssrc: number, keyAndSalt: string): SealedStream | undefined {
    const window = this.#streams.get(ssrc | 0)
    return window === undefined ? undefined : { ssrc, keyAndSalt, highestIndex: window.highest, nextRtcpIndex: this.#rtcpIndex }
  }

  /** Goes on behind what was sent under the same key elsewhere. */
  continueFrom({ ssrc, highestIndex, nextRtcpIndex }: SealedStream): void {
    const window = this.#streams.get(ssrc | 0) ?? this.#addStream(ssrc | 0)
    if (highestIndex > (window?.highest ?? -1)) window?.add(highestIndex)
    this.#rtcpIndex = Math.max(this.#rtcpIndex, nextRtcpIndex)
  }

  #addStream(ssrc: number): ReplayWindow | undefined {
    if (this.#streams.size >= MAX_STREAMS) return undefined
    const window = new ReplayWindow()
    this.#streams.set(ssrc, window)
    return window
  }
}

function readWord(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 24) | ((bytes[offset + 1] as number) << 16) | ((bytes[offset + 2] as number) << 8) | (bytes[offset + 3] as number)
}
