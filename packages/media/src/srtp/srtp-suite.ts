/** A crypto-suite of RFC 4568 6.2 or RFC 6188 2: AES in counter mode, HMAC-SHA1. */
export interface SrtpSuite {
  readonly name: string
  readonly keyBytes: number
  readonly saltBytes: number
  readonly rtpTagBytes: number
  /** 80 bits in every suite: RFC 3711 5.2 shortens the tag of SRTP alone. */
  readonly rtcpTagBytes: number
}

/** In the order we offer them. */
export const SRTP_SUITES: readonly SrtpSuite[] = [
  { name: 'AES_CM_128_HMAC_SHA1_80', keyBytes: 16, saltBytes: 14, rtpTagBytes: 10, rtcpTagBytes: 10 },
  { name: 'AES_CM_128_HMAC_SHA1_32', keyBytes: 16, saltBytes: 14, rtpTagBytes: 4, rtcpTagBytes: 10 },
  { name: 'AES_256_CM_HMAC_SHA1_80', keyBytes: 32, saltBytes: 14, rtpTagBytes: 10, rtcpTagBytes: 10 },
  { name: 'AES_256_CM_HMAC_SHA1_32', keyBytes: 32, saltBytes: 14, rtpTagBytes: 4, rtcpTagBytes: 10 },
]

/** The suite of that name (RFC 4568 9.1: names are compared without regard to case), or undefined when we do not speak it. */
export function srtpSuite(name: string): SrtpSuite | undefined {
  const wanted = name.toUpperCase()
  return SRTP_SUITES.find((suite) => suite.name === wanted)
}

/** What one direction of a session is protected with: a suite and its master key and salt, joined and in base64 (RFC 4568 6.1). */
export interface SrtpMaster {
  readonly suite: string
  readonly keyAndSalt: string
  /** Who sends under it names it in every packet, in so many bytes (RFC 3711 3.1); left out: it does not. */
  readonly mkiBytes?: number
}
