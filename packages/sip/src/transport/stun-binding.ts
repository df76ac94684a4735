import { isIPv4 } from 'node:net'

/** RFC 5389 6: the header of a STUN message. */
const HEADER_BYTES = 20
const MAGIC_COOKIE = 0x2112a442
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const BINDING_ERROR = 0x0111
const XOR_MAPPED_ADDRESS = 0x0020
const ERROR_CODE = 0x0009
const UNKNOWN_ATTRIBUTES = 0x000a
/** RFC 5389 18.2: the attributes below 0x8000 that we know; others have to be understood or refused. */
const KNOWN = new Set([0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x0020])
const FIRST_OPTIONAL = 0x8000
const MOST_ATTRIBUTES = 16

/** Whether a datagram is STUN and not SIP, which begins with a letter (RFC 5626 8, RFC 5389 6). */
export function isStun(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && (bytes[0] ?? 0xff) < 0x40 && bytes.readUInt32BE(4) === MAGIC_COOKIE
}

/**
 * The answer to a binding request, by which a phone learns that its NAT keeps the flow (RFC 5626 4.4.2, RFC 5389 7.3.1).
 * @param address where it came from
 * @returns undefined for what is no request, or broken: nothing is answered then
 */
export function answerStun(request: Buffer, address: string, port: number): Buffer | undefined {
  if (request.readUInt16BE(0) !== BINDING_REQUEST || request.readUInt16BE(2) !== request.length - HEADER_BYTES) return undefined
  const unknown = unknownAttributes(request)
  if (unknown === undefined) return undefined
  if (unknown.length > 0)
    return message(request, BINDING_ERROR, [
      attribute(ERROR_CODE, Buffer.from([0, 0, 4, 20])),
      attribute(UNKNOWN_ATTRIBUTES, Buffer.concat(unknown.map(sixteen))),
    ])
  return message(request, BINDING_SUCCESS, [attribute(XOR_MAPPED_ADDRESS, xorMapped(request, address, port))])
}

/** @returns undefined when they do not fill the message exactly */
function unknownAttributes(request: Buffer): readonly number[] | undefined {
  const unknown: number[] = []
  let at = HEADER_BYTES
  for (let count = 0; at < request.length; count++) {
    if (at + 4 > request.length || count === MOST_ATTRIBUTES) return undefined
    const type = request.readUInt16BE(at)
    if (type < FIRST_OPTIONAL && !KNOWN.has(type)) unknown.push(type)
    at += 4 + Math.ceil(request.readUInt16BE(at + 2) / 4) * 4
  }
  return at === request.length ? unknown : undefined
}

/** RFC 5389 15.2: hidden from NATs that rewrite every address they see. */
function xorMapped(request: Buffer, address: string, port: number): Buffer {
  const bytes = addressBytes(address)
  const mask = request.subarray(4, HEADER_BYTES)
  const hidden = bytes.map((byte, index) => byte ^ (mask[index] ?? 0))
  return Buffer.concat([Buffer.from([0, bytes.length === 4 ? 1 : 2]), sixteen(port ^ (MAGIC_COOKIE >>> 16)), Buffer.from(hidden)])
}

function addressBytes(address: string): readonly number[] {
  if (isIPv4(address)) return address.split('.').map(Number)
  const [front = '', back] = address.split('::')
  const [first, last] = [groupsOf(front), groupsOf(back ?? '')]
  const zeros = back === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => 0)
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 255])
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function message(request: Buffer, type: number, attributes: readonly Buffer[]): Buffer {
  const content = Buffer.concat(attributes)
  return Buffer.concat([sixteen(type), sixteen(content.length), request.subarray(4, HEADER_BYTES), content])
}

function attribute(type: number, value: Buffer): Buffer {
  return Buffer.concat([sixteen(type), sixteen(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

function sixteen(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
