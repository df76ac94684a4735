import type { Clock } from '@dialtone/foundation'
import type { DnsAnswer, DnsLookup } from './dns-lookup.ts'

const MOST_ENTRIES = 10_000
/** A record of TTL 0 is still good for the calls of the same moment. */
const LEAST_SECONDS = 1
const MOST_SECONDS = 3_600
/** How long a name server that does not answer is not asked the same again. */
const FAILURE_SECONDS = 5

interface Entry {
  readonly answer: Promise<DnsAnswer<unknown>>
  /** Set when the answer is there. */
  expiresAtMs: number
}

/** A lookup that remembers answers as long as they hold, empty ones too, and asks once for all who ask at the same time. Never rejects. */
export function cacheRecords(lookup: DnsLookup, clock: Clock): DnsLookup {
  const entries = new Map<string, Entry>()

  function remember<Record>(key: string, ask: () => Promise<DnsAnswer<Record>>): Promise<DnsAnswer<Record>> {
    const known = entries.get(key)
    // Entries of a key are answers of the same question.
    if (known !== undefined && clock.nowMs() < known.expiresAtMs) return known.answer as Promise<DnsAnswer<Record>>
    const entry: Entry & { answer: Promise<DnsAnswer<Record>> } = {
      expiresAtMs: Number.POSITIVE_INFINITY,
      answer: askSafely(ask).then((answer) => {
        entry.expiresAtMs = clock.nowMs() + Math.min(Math.max(answer.ttlSeconds, LEAST_SECONDS), MOST_SECONDS) * 1000
        return answer
      }),
    }
    entries.delete(key)
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest)
    return entry.answer
  }

  return {
    naptr: (name) => remember(`naptr ${name}`, () => lookup.naptr(name)),
    srv: (name) => remember(`srv ${name}`, () => lookup.srv(name)),
    addresses: (name, family) => remember(`${family} ${name}`, () => lookup.addresses(name, family)),
  }
}

async function askSafely<Record>(ask: () => Promise<DnsAnswer<Record>>): Promise<DnsAnswer<Record>> {
  try {
    return await ask()
  } catch {
    return { records: [], ttlSeconds: FAILURE_SECONDS }
  }
}
