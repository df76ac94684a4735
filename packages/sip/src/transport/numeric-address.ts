import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { sourceOf } from '@dialtone/foundation'

/** Signed 32-bit numbers, for the address of every packet sent: unsigned ones V8 keeps on the heap, and `BlockList` costs more than the sending. */
interface Ipv4Network {
  readonly prefix: number
  readonly mask: number
}

/** RFC 1918, RFC 6598, RFC 3927 and loopback: addresses that mean something else on the other side of a NAT. */
const PRIVATE_IPV4: readonly Ipv4Network[] = [
  network(10, 0, 8),
  network(172, 16, 12),
  network(192, 168, 16),
  network(100, 64, 10),
  network(169, 254, 16),
  network(127, 0, 8),
]
/** Multicast, broadcast and "this host": nothing is ever sent there, whatever a Via or Contact says (RFC 4475 3.3.10). */
const NO_DESTINATION_IPV4: readonly Ipv4Network[] = [network(224, 0, 3), network(0, 0, 8)]

/** RFC 3927. */
const LINK_LOCAL_IPV4: readonly Ipv4Network[] = [network(169, 254, 16)]
/** RFC 4291 2.5.6. */
const LINK_LOCAL_IPV6 = new BlockList()
LINK_LOCAL_IPV6.addSubnet('fe80::', 10, 'ipv6')

/** RFC 4193, link-local, loopback. */
const PRIVATE_IPV6 = new BlockList()
PRIVATE_IPV6.addSubnet('fc00::', 7, 'ipv6')
PRIVATE_IPV6.addSubnet('fe80::', 10, 'ipv6')
PRIVATE_IPV6.addAddress('::1', 'ipv6')

const NO_DESTINATION_IPV6 = new BlockList()
NO_DESTINATION_IPV6.addSubnet('ff00::', 8, 'ipv6')
NO_DESTINATION_IPV6.addAddress('::', 'ipv6')

/**
 * The address in the host part of a URI or Via: IPv6 without its brackets and in its one spelling (RFC 5952), or two of them would not be
 * recognized as the same place; undefined for a name.
 */
export function numericAddressOf(host: string): string | undefined {
  const isBracketed = host.startsWith('[')
  const address = isBracketed ? host.slice(1, -1) : host
  // RFC 3261 25.1: an IPv6 address stands in brackets, and RFC 6874's scope ids mean nothing to another machine.
  const isAddress = isBracketed ? isIPv6(address) && !address.includes('%') : isIPv4(address)
  if (!isAddress) return undefined
  return isBracketed ? unmappedAddress(new SocketAddress({ address, family: 'ipv6' }).address) : address
}

/** An IPv4 address as itself, where a socket of both families writes it as IPv6 (RFC 4291 2.5.5.2); others as they are. */
export function unmappedAddress(address: string): string {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return ipv4 ?? address
}

/** An address as the host part of a URI or Via. */
export function toHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

export function isPrivateAddress(address: string): boolean {
  const number = toNumber(address)
  if (number >= 0) return isWithin(number, PRIVATE_IPV4)
  return isIPv6(address) && PRIVATE_IPV6.check(address, 'ipv6')
}

export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** Addresses of one cable or of the machine's own services, such as those of a cloud's metadata. */
export function isLinkLocalAddress(address: string): boolean {
  const number = toNumber(address)
  if (number >= 0) return isWithin(number, LINK_LOCAL_IPV4)
  return isIPv6(address) && LINK_LOCAL_IPV6.check(address, 'ipv6')
}

/** Whether something may be sent there: a numeric unicast address and a possible port. */
export function isDestination(address: string, port: number): boolean {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return false
  const number = toNumber(address)
  if (number >= 0) return !isWithin(number, NO_DESTINATION_IPV4)
  return isIPv6(address) && !address.includes('%') && !NO_DESTINATION_IPV6.check(address, 'ipv6')
}

/** An IPv4 address as an unsigned number; -1 for anything else. */
function toNumber(address: string): number {
  let [number, part, digits, dots] = [0, 0, 0, 0]
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index)
    if (code === 46 && digits > 0 && dots < 3) {
      number = number * 256 + part
      part = digits = 0
      dots++
    } else if (code >= 48 && code <= 57 && digits < 3) {
      part = part * 10 + code - 48
      digits++
      if (part > 255) return -1
    } else return -1
  }
  return dots === 3 && digits > 0 ? number * 256 + part : -1
}

function isWithin(number: number, networks: readonly Ipv4Network[]): boolean {
  const bits = number | 0
  for (const { prefix, mask } of networks) if ((bits & mask) === prefix) return true
  return false
}

function network(first: number, second: number, bits: number): Ipv4Network {
  return { prefix: (first << 24) | (second << 16), mask: -1 << (32 - bits) }
}

/** Whom limits count what comes from an address for: a host of IPv6 picks its own within a /64. Of IPv4, which is most, nothing has to be read. */
export function countedAs(address: string): string {
  return address.includes(':') ? sourceOf(address) : address
}
