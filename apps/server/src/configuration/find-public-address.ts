import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/**
 * The first IPv4 address that is not the loopback, in the order the system lists them; 127.0.0.1 on a machine without one.
 * Link-local addresses (RFC 3927) are not taken: nobody beyond the wire reaches them.
 */
export function findPublicAddress(interfaces: Readonly<NodeJS.Dict<readonly NetworkInterfaceInfo[]>> = networkInterfaces()): string {
  for (const addresses of Object.values(interfaces))
    for (const { family, internal, address } of addresses ?? []) if (family === 'IPv4' && !internal && !address.startsWith('169.254.')) return address
  return '127.0.0.1'
}

/** The first global IPv6 address (RFC 4291 2.4), link-local ones aside; none on a machine without one. */
export function findPublicAddressIpv6(interfaces: Readonly<NodeJS.Dict<readonly NetworkInterfaceInfo[]>> = networkInterfaces()): string | undefined {
  for (const addresses of Object.values(interfaces))
    for (const { family, internal, address } of addresses ?? []) if (family === 'IPv6' && !internal && !/^fe[89ab]/i.test(address)) return address
  return undefined
}
