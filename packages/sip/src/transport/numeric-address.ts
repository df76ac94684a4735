import { BlockList, isIP, isIPv6 } from 'node:net'

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193 and loopback: addresses that mean something else on the other side of a NAT. */
const PRIVATE_NETWORKS = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  PRIVATE_NETWORKS.addSubnet(network, prefix, 'ipv4')
}
PRIVATE_NETWORKS.addSubnet('fc00::', 7, 'ipv6')
PRIVATE_NETWORKS.addSubnet('fe80::', 10, 'ipv6')
PRIVATE_NETWORKS.addAddress('::1', 'ipv6')

/** Multicast, broadcast and "this host": nothing is ever sent there, whatever a Via or Contact says (RFC 4475 3.3.10). */
const NO_DESTINATION = new BlockList()
NO_DESTINATION.addSubnet('224.0.0.0', 3, 'ipv4')
NO_DESTINATION.addSubnet('0.0.0.0', 8, 'ipv4')
NO_DESTINATION.addSubnet('ff00::', 8, 'ipv6')
NO_DESTINATION.addAddress('::', 'ipv6')

/** The address in the host part of a URI or Via: IPv6 without its brackets; undefined for a name. */
export function numericAddressOf(host: string): string | undefined {
  const address = host.startsWith('[') ? host.slice(1, -1) : host
  return isIP(address) === 0 ? undefined : address
}

/** An address as the host part of a URI or Via. */
export function toHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

export function isPrivateAddress(address: string): boolean {
  return isIP(address) !== 0 && PRIVATE_NETWORKS.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Whether something may be sent there: a numeric unicast address and a possible port. */
export function isDestination(address: string, port: number): boolean {
  if (isIP(address) === 0 || !Number.isInteger(port) || port < 1 || port > 65535) return false
  return !NO_DESTINATION.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
