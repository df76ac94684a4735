import { lookup } from 'node:dns/promises'
import type { ResolveHost } from '@dialtone/control-plane'
import { systemClock } from '@dialtone/foundation'
import { createResolver, parseUri } from '@dialtone/sip'

/** Where the names of carriers are: by DNS as RFC 3263 has it, and by the hosts file of the machine for what DNS does not know. */
export function createHostResolver(): ResolveHost {
  const resolver = createResolver({ clock: systemClock })
  return async (host, port, transport) => {
    const uri = parseUri(`sip:${host}:${port};transport=${transport}`)
    const places = uri === undefined ? [] : await resolver.resolve(uri)
    if (places.length > 0) return places.map((place) => ({ address: place.address, port: place.port }))
    const known = await lookup(host, { all: true, family: 4 }).catch(() => [])
    return known.map(({ address }) => ({ address, port }))
  }
}
