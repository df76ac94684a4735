import { lookup } from 'node:dns/promises'
import type { ResolveHost } from '@dialtone/control-plane'
import { systemClock } from '@dialtone/foundation'
import { createResolver, createSystemLookup, type DnsLookup, parseUri } from '@dialtone/sip'

export interface HostResolverOptions {
  /** Whether carriers are reached by IPv6 too. */
  readonly hasIpv6: boolean
  /** Default: the name servers of the machine. */
  readonly lookup?: DnsLookup
}

/**
 * Where the names of carriers are: by DNS as RFC 3263 has it, and by the hosts file of the machine for what DNS does not know. With the share each
 * has in the calls (RFC 2782): who comes first is drawn for every one of them.
 */
export function createHostResolver(options: HostResolverOptions): ResolveHost {
  const families = options.hasIpv6 ? ([4, 6] as const) : ([4] as const)
  const resolver = createResolver({ clock: systemClock, lookup: inOneOrder(options.lookup ?? createSystemLookup()), families })
  return async (host, port, transport) => {
    // RFC 3263 4.2: with a port there is no SRV. A trunk has one in any case, and the usual one was chosen by nobody.
    const named = port === (transport === 'tls' ? 5061 : 5060) ? host : `${host}:${port}`
    // 4.1: its transport is chosen, so there is nothing to ask NAPTR records for.
    const uri = parseUri(`sip:${named};transport=${transport}`)
    const services = uri === undefined ? [] : await resolver.servicesOf(uri)
    const ordered = services.toSorted((one, other) => one.priority - other.priority)
    if (ordered.length > 0) {
      return ordered.flatMap(({ priority, weight, destinations }, service) =>
        destinations.map((place) => ({ address: place.address, port: place.port, ...(ordered.length > 1 ? { share: { service, priority, weight } } : {}) })),
      )
    }
    const known = await lookup(host, { all: true, family: options.hasIpv6 ? 0 : 4 }).catch(() => [])
    return known.map(({ address }) => ({ address, port })).toSorted((one, other) => one.address.localeCompare(other.address))
  }
}

/** Name servers turn the order of their records with every answer, which says nothing. Whoever weighs most stands first: registrations go there. */
function inOneOrder(from: DnsLookup): DnsLookup {
  return {
    naptr: (name) => from.naptr(name),
    srv: async (name) => {
      const { records, ttlSeconds } = await from.srv(name)
      const ordered = records.toSorted((one, other) => other.weight - one.weight || one.target.localeCompare(other.target) || one.port - other.port)
      return { records: ordered, ttlSeconds }
    },
    addresses: async (name, family) => {
      const { records, ttlSeconds } = await from.addresses(name, family)
      return { records: records.toSorted((one, other) => one.localeCompare(other)), ttlSeconds }
    },
  }
}
