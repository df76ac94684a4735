/*
 * RFC 3550 5.1:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                           timestamp                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |           synchronization source (SSRC) identifier            |
 *   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 *   |            contributing source (CSRC) identifiers             |
 *   |                             ....                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      defined by profile       |           length              |  when X
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface RtpPacket {
  readonly marker: boolean
  /** 0 to 127. */
  readonly payloadType: number
  readonly sequenceNumber: number
  /** In units of the payload's clock. */
  readonly timestamp: number
  readonly ssrc: number
  readonly csrcs: readonly number[]
  readonly extension: { readonly profile: number; readonly data: Buffer } | undefined
  /** Without padding. */
  readonly payload: Buffer
}

export const RTP_HEADER_BYTES = 12
const VERSION_MASK = 0xc0
const VERSION_2 = 0x80
const PADDING_BIT = 0x20
const EXTENSION_BIT = 0x10
const CSRC_COUNT_MASK = 0x0f
const MARKER_BIT = 0x80
const PAYLOAD_TYPE_MASK = 0x7f
/** Second byte of RTCP packets: payload types that RTP leaves out for it (RFC 5761 section 4). */
const RTCP_FIRST = 192
const RTCP_LAST = 223
/** More than an Ethernet frame carries: nothing a telephone sends. */
const MAX_BYTES = 2_048

/** Whether the datagram has the shape of an RTP packet; SRTP has it too. Called for every packet: allocates nothing. */
export function isRtpShaped(bytes: Uint8Array): boolean {
  const length = bytes.length
  const first = bytes[0] ?? 0
  if (length < RTP_HEADER_BYTES || length > MAX_BYTES || (first & VERSION_MASK) !== VERSION_2) return false
  const second = bytes[1] ?? 0
  if (second >= RTCP_FIRST && second <= RTCP_LAST) return false
  return (first & (CSRC_COUNT_MASK | EXTENSION_BIT)) === 0 || payloadOffset(bytes) <= length
}

/** Where the payload starts; beyond the end when the header is cut off. */
export function payloadOffset(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0
  const offset = RTP_HEADER_BYTES + (first & CSRC_COUNT_MASK) * 4
  if ((first & EXTENSION_BIT) === 0) return offset
  if (offset + 4 > bytes.length) return bytes.length + 1
  return offset + 4 + (((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)) * 4
}

/** Reads a packet, or undefined when it is not RTP. The payload and the extension are views of `bytes`. */
export function parseRtpPacket(bytes: Buffer): RtpPacket | undefined {
  if (!isRtpShaped(bytes)) return undefined
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const start = payloadOffset(bytes)
  const padding = (first & PADDING_BIT) === 0 ? 0 : bytes.readUInt8(bytes.length - 1)
  const end = bytes.length - padding
  if (end < start || ((first & PADDING_BIT) !== 0 && padding === 0)) return undefined
  const csrcEnd = RTP_HEADER_BYTES + (first & CSRC_COUNT_MASK) * 4
  const csrcs: number[] = []
  for (let offset = RTP_HEADER_BYTES; offset < csrcEnd; offset += 4) csrcs.push(bytes.readUInt32BE(offset))
  return {
    marker: (second & MARKER_BIT) !== 0,
    payloadType: second & PAYLOAD_TYPE_MASK,
    sequenceNumber: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    csrcs,
    extension: (first & EXTENSION_BIT) === 0 ? undefined : { profile: bytes.readUInt16BE(csrcEnd), data: bytes.subarray(csrcEnd + 4, start) },
    payload: bytes.subarray(start, end),
  }
}

/** Writes a packet. The extension's data has to be a multiple of four bytes, at most 15 CSRCs are written. */
export function buildRtpPacket(packet: Omit<RtpPacket, 'csrcs' | 'extension'> & Partial<Pick<RtpPacket, 'csrcs' | 'extension'>>): Buffer {
  const { extension } = packet
  const csrcs = (packet.csrcs ?? []).slice(0, CSRC_COUNT_MASK)
  const extensionBytes = extension === undefined ? 0 : 4 + extension.data.length
  const start = RTP_HEADER_BYTES + csrcs.length * 4 + extensionBytes
  const bytes = Buffer.allocUnsafe(start + packet.payload.length)
  writeRtpHeader(bytes, packet)
  bytes[0] = VERSION_2 | (extension === undefined ? 0 : EXTENSION_BIT) | csrcs.length
  csrcs.forEach((csrc, index) => bytes.writeUInt32BE(csrc, RTP_HEADER_BYTES + index * 4))
  if (extension !== undefined) {
    bytes.writeUInt16BE(extension.profile, start - extensionBytes)
    bytes.writeUInt16BE(extension.data.length / 4, start - extensionBytes + 2)
    extension.data.copy(bytes, start - extension.data.length)
  }
  packet.payload.copy(bytes, start)
  return bytes
}

/** Writes the fixed header, without CSRCs and extension, to the start of `target`. */
export function writeRtpHeader(target: Buffer, header: Pick<RtpPacket, 'marker' | 'payloadType' | 'sequenceNumber' | 'timestamp' | 'ssrc'>): void {
  target[0] = VERSION_2
  target[1] = (header.marker ? MARKER_BIT : 0) | (header.payloadType & PAYLOAD_TYPE_MASK)
  target.writeUInt16BE(header.sequenceNumber & 0xffff, 2)
  target.writeUInt32BE(header.timestamp >>> 0, 4)
  target.writeUInt32BE(header.ssrc >>> 0, 8)
}
