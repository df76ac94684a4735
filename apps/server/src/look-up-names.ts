import { Resolver } from 'node:dns/promises'
import type { DomainNames } from '@dialtone/control-plane'
import { createSystemLookup } from '@dialtone/sip'

const TIMEOUT_MS = 2_000
const TRIES = 2

/** Asks name servers what domains are proven by. @param servers addresses, perhaps with a port; undefined: those of the machine */
export function createDomainNames(servers: readonly string[] | undefined): DomainNames {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
  if (servers !== undefined) resolver.setServers(servers)
  const lookup = createSystemLookup({ timeoutMs: TIMEOUT_MS, tries: TRIES, ...(servers === undefined ? {} : { servers }) })
  return {
    texts: async (name) => {
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        if (code === 'ENODATA' || code === 'ENOTFOUND') return []
        throw error
      }
    },
    addresses: async (name) => {
      const [four, six] = await Promise.all([lookup.addresses(name, 4), lookup.addresses(name, 6).catch(() => ({ records: [] }))])
      return [...four.records, ...six.records]
    },
  }
}
