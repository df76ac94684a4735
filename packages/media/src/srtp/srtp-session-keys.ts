import { AesCounter } from './aes-counter.ts'
import { HmacSha1 } from './hmac-sha1.ts'
import { srtpSuite, type SrtpMaster, type SrtpSuite } from './srtp-suite.ts'

/** The labels of RFC 3711 4.3.1; those of SRTCP are three higher (4.3.2). */
const ENCRYPTION = 0
const AUTHENTICATION = 1
const SALTING = 2
const RTCP_OFFSET = 3
/** RFC 3711 5.2: n_a is 160 in the suites we speak. */
const AUTHENTICATION_KEY_BYTES = 20

/** What packets of one kind are protected with. */
export interface SrtpTransform {
  readonly cipher: AesCounter
  readonly authentication: HmacSha1
  /** The session salt as the words that the counter starts with: k_s * 2^16 (RFC 3711 4.1.1). */
  readonly salt: readonly [w0: number, w1: number, w2: number, w3: number]
  readonly tagBytes: number
}

export interface SrtpSessionKeys {
  readonly rtp: SrtpTransform
  readonly rtcp: SrtpTransform
}

/** The session keys of a master key (RFC 3711 4.3, key derivation rate 0). Throws for a suite or a length that was not checked before. */
export function deriveSessionKeys(master: SrtpMaster): SrtpSessionKeys {
  const suite = srtpSuite(master.suite)
  const keyAndSalt = Buffer.from(master.keyAndSalt, 'base64')
  if (suite === undefined || keyAndSalt.length !== suite.keyBytes + suite.saltBytes) throw new Error(`no master key of ${master.suite}`)
  const derive = pseudoRandom(keyAndSalt.subarray(0, suite.keyBytes), keyAndSalt.subarray(suite.keyBytes))
  return { rtp: transform(derive, suite, 0, suite.rtpTagBytes), rtcp: transform(derive, suite, RTCP_OFFSET, suite.rtcpTagBytes) }
}

function transform(derive: (label: number, bytes: number) => Buffer, suite: SrtpSuite, offset: number, tagBytes: number): SrtpTransform {
  const salt = Buffer.alloc(16)
  derive(SALTING + offset, suite.saltBytes).copy(salt)
  return {
    cipher: new AesCounter(derive(ENCRYPTION + offset, suite.keyBytes)),
    authentication: new HmacSha1(derive(AUTHENTICATION + offset, AUTHENTICATION_KEY_BYTES)),
    salt: [salt.readInt32BE(0), salt.readInt32BE(4), salt.readInt32BE(8), salt.readInt32BE(12)],
    tagBytes,
  }
}

/** RFC 3711 4.3.1 and 4.3.3: the key stream at x = (label || 0) xor salt; RFC 6188 3: with AES-256 for its suites. */
export function pseudoRandom(masterKey: Uint8Array, masterSalt: Uint8Array): (label: number, bytes: number) => Buffer {
  const cipher = new AesCounter(masterKey)
  return (label, bytes) => {
    const x = Buffer.alloc(16)
    Buffer.from(masterSalt).copy(x)
    x.writeUInt8(x.readUInt8(7) ^ label, 7)
    const stream = Buffer.alloc(bytes)
    cipher.apply(stream, 0, bytes, x.readInt32BE(0), x.readInt32BE(4), x.readInt32BE(8), x.readInt32BE(12))
    return stream
  }
}
