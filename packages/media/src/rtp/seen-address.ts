import type { AddressInfo } from 'node:net'
import { canonicalAddress } from '@dialtone/foundation'

/** How a socket shows an address in what it receives, and takes it in what it sends. undefined: nothing comes from there or gets there. */
export type SeenAddress = (written: string) => string | undefined

/** A socket of all addresses of IPv6 serves IPv4 too, whose addresses it writes as IPv6 (RFC 4291 2.5.5.2). */
export function seenAddressAt({ address: own }: Pick<AddressInfo, 'address'>): SeenAddress {
  const isIpv6 = own.includes(':')
  return (written) => {
    // People and descriptions write IPv6 in many forms; packets come from one.
    const address = canonicalAddress(written)
    if (address.includes(':') === isIpv6) return address
    return own === '::' ? `::ffff:${address}` : undefined
  }
}
