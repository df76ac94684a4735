import { isIPv4, isIPv6 } from 'node:net'

/** A block of IP addresses (RFC 4632, RFC 4291 section 2.3). */
export interface AddressRange {
  /** As it is stored and shown: the network address, always with its length. */
  readonly cidr: string
  readonly version: 4 | 6
  readonly network: bigint
  readonly prefixLength: number
}

interface Address {
  readonly version: 4 | 6
  readonly bits: bigint
}

const LENGTH = { 4: 32, 6: 128 } as const
const MAPPED_BITS = 96
const HEX_DIGITS_V6 = 8

/** @param text an address or a block; an address alone is a block of one. @returns undefined when it is neither. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [written = '', length, ...rest] = text.trim().split('/')
  const address = parseAddress(written)
  if (address === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  const most = LENGTH[address.version]
  const given = length === undefined ? most : Number(length)
  // An IPv4 block written as IPv6 counts the 96 bits before it as well.
  const isMapped = address.version === 4 && isIPv6(written) && given >= MAPPED_BITS
  const prefixLength = isMapped ? given - MAPPED_BITS : given
  if (prefixLength > most) return undefined
  const network = networkOf(address, prefixLength)
  return { cidr: `${textOf({ version: address.version, bits: network })}/${prefixLength}`, version: address.version, network, prefixLength }
}

/** @returns false for what is no address: such a caller is in no block. */
export function isInRange(range: AddressRange, written: string): boolean {
  return rangesHolding(written)(range)
}

/** Which of many blocks an address is in: it is read once. */
export function rangesHolding(written: string): (range: AddressRange) => boolean {
  const address = parseAddress(written)
  return ({ version, prefixLength, network }) => address?.version === version && networkOf(address, prefixLength) === network
}

/** An address in the one form packets show it in, for comparing (RFC 5952); what is no address stays as it is. */
export function canonicalAddress(written: string): string {
  // As kernels write it.
  if (isIPv4(written)) return written
  const address = parseAddress(written)
  return address === undefined ? written : textOf(address)
}

/** Who is counted as one source: an IPv4 address, or the /64 an IPv6 host may pick its addresses from. */
export function sourceOf(written: string): string {
  const address = parseAddress(written)
  if (address === undefined) return written
  return address.version === 4 ? textOf(address) : `${textOf({ version: 6, bits: networkOf(address, 64) })}/64`
}

function networkOf(address: Address, prefixLength: number): bigint {
  const host = BigInt(LENGTH[address.version] - prefixLength)
  return (address.bits >> host) << host
}

/** An IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address: a dual-stack socket shows it so. */
function parseAddress(written: string): Address | undefined {
  if (isIPv4(written)) return { version: 4, bits: bitsOfV4(written) }
  if (!isIPv6(written) || written.includes('%')) return undefined
  const bits = bitsOfV6(written)
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits }
}

function bitsOfV4(written: string): bigint {
  return written.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function bitsOfV6(written: string): bigint {
  const dotted = written.lastIndexOf(':') + 1
  const tail = written.includes('.') ? bitsOfV4(written.slice(dotted)) : undefined
  const hexOnly = tail === undefined ? written : `${written.slice(0, dotted)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
  const [left = '', right] = hexOnly.split('::')
  const before = left === '' ? [] : left.split(':')
  const after = right === undefined || right === '' ? [] : right.split(':')
  const gap = Array.from({ length: HEX_DIGITS_V6 - before.length - after.length }, () => '0')
  return [...before, ...gap, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

function textOf({ version, bits }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.')
  const groups = Array.from({ length: HEX_DIGITS_V6 }, (_none, index) => ((bits >> BigInt(16 * (HEX_DIGITS_V6 - 1 - index))) & 0xffffn).toString(16))
  // The longest run of zeros is shortened (RFC 5952 section 4.2).
  const runs = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].toSorted((one, other) => other[0].length - one[0].length)
  const [longest] = runs
  if (longest === undefined) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
