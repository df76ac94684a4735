/** A datagram of UDPTL (ITU-T T.38 section 9.1): a packet, and those before it once more. */
export interface UdptlPacket {
  readonly sequence: number
  readonly primary: Uint8Array
  /** The packets before, the latest first. Empty where the sender uses forward error correction, which we ask nobody for. */
  readonly earlier: readonly Uint8Array[]
}

/** More than anybody sends. */
const MAX_EARLIER = 16
const IS_CORRECTION = 0x80
const SHORT_LENGTHS = 0x80
const LONG_LENGTHS = 0xc0

/** Reads a datagram. @returns undefined for what is none */
export function parseUdptlPacket(bytes: Uint8Array): UdptlPacket | undefined {
  if (bytes.length < 4) return undefined
  const sequence = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  const primary = readOpenType(bytes, 2)
  if (primary === undefined) return undefined
  const earlier: Uint8Array[] = []
  const recovery = bytes[primary.end] ?? 0
  if ((recovery & IS_CORRECTION) !== 0) return { sequence, primary: primary.value, earlier }
  const count = Math.min(bytes[primary.end + 1] ?? 0, MAX_EARLIER)
  let offset = primary.end + 2
  for (let index = 0; index < count; index++) {
    const one = readOpenType(bytes, offset)
    if (one === undefined) return undefined
    earlier.push(one.value)
    offset = one.end
  }
  return { sequence, primary: primary.value, earlier }
}

export function buildUdptlPacket({ sequence, primary, earlier }: UdptlPacket): Uint8Array {
  const parts = [primary, ...earlier].map((part) => Uint8Array.of(...lengthOf(part.length), ...part))
  const [first = Uint8Array.of(), ...rest] = parts
  return Uint8Array.from([sequence >> 8, sequence & 0xff, ...first, 0, rest.length, ...rest.flatMap((part) => [...part])])
}

/** How long it would be in a datagram. */
export function openTypeBytes(part: Uint8Array): number {
  return lengthOf(part.length).length + part.length
}

/** The length determinant of aligned PER (X.691 10.9). */
function lengthOf(length: number): readonly number[] {
  return length < SHORT_LENGTHS ? [length] : [0x80 | (length >> 8), length & 0xff]
}

function readOpenType(bytes: Uint8Array, offset: number): { readonly value: Uint8Array; readonly end: number } | undefined {
  const first = bytes[offset]
  // A packet in fragments would not fit a datagram.
  if (first === undefined || first >= LONG_LENGTHS) return undefined
  const [start, length] = first < SHORT_LENGTHS ? [offset + 1, first] : [offset + 2, ((first & 0x3f) << 8) | (bytes[offset + 1] ?? 0)]
  const end = start + length
  return end > bytes.length ? undefined : { value: bytes.subarray(start, end), end }
}
