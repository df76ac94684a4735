import { Resolver } from 'node:dns/promises'
import type { DnsAnswer, DnsLookup } from './dns-lookup.ts'

/** c-ares tells the TTL of addresses only; this is what SRV and NAPTR records are believed for. */
const UNKNOWN_TTL_SECONDS = 60
/** RFC 2308 5 would have the SOA's figure, which c-ares keeps to itself. */
const NEGATIVE_TTL_SECONDS = 30

export interface SystemLookupOptions {
  /** Addresses of name servers, perhaps with a port; default: those of the machine. */
  readonly servers?: readonly string[]
  /** For one try. Default 1000. */
  readonly timeoutMs?: number
  /** Default 2. */
  readonly tries?: number
}

/** Asks the name servers of the machine, or others. It does not look into the hosts file. */
export function createSystemLookup(options: SystemLookupOptions = {}): DnsLookup {
  const resolver = new Resolver({ timeout: options.timeoutMs ?? 1000, tries: options.tries ?? 2 })
  if (options.servers !== undefined) resolver.setServers(options.servers)
  return {
    naptr: (name) => answerOf(resolver.resolveNaptr(name), () => UNKNOWN_TTL_SECONDS),
    srv: async (name) => {
      const { records, ttlSeconds } = await answerOf(resolver.resolveSrv(name), () => UNKNOWN_TTL_SECONDS)
      return { records: records.map(({ name: target, priority, weight, port }) => ({ target, priority, weight, port })), ttlSeconds }
    },
    addresses: async (name, family) => {
      const asked = family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true })
      const { records, ttlSeconds } = await answerOf(asked, (record) => record.ttl)
      return { records: records.map(({ address }) => address), ttlSeconds }
    },
  }
}

/** That there is nothing is an answer too. */
async function answerOf<Record>(asked: Promise<readonly Record[]>, ttlOf: (record: Record) => number): Promise<DnsAnswer<Record>> {
  try {
    const records = await asked
    return { records, ttlSeconds: records.reduce((least, record) => Math.min(least, ttlOf(record)), Number.MAX_SAFE_INTEGER) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENODATA' || code === 'ENOTFOUND') return { records: [], ttlSeconds: NEGATIVE_TTL_SECONDS }
    throw error
  }
}
