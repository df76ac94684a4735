/** RFC 3403 4.1. */
export interface NaptrRecord {
  readonly order: number
  readonly preference: number
  readonly flags: string
  readonly service: string
  readonly replacement: string
}

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number
  readonly weight: number
  readonly port: number
  /** '' or '.': the service is decidedly not available. */
  readonly target: string
}

/** No records: there are none of that kind. */
export interface DnsAnswer<Record> {
  readonly records: readonly Record[]
  /** How long that holds, seconds. */
  readonly ttlSeconds: number
}

/** Where records come from. Rejects when nobody could say; that is not the same as an answer without records. */
export interface DnsLookup {
  naptr(name: string): Promise<DnsAnswer<NaptrRecord>>
  srv(name: string): Promise<DnsAnswer<SrvRecord>>
  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>>
}
