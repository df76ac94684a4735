import { type Clock, systemTimers, type Timers } from '@dialtone/foundation'
import type { SipUri } from '../message/index.ts'
import { isDestination, isWebSocket, numericAddressOf, type RemoteAddress, type TransportName } from '../transport/index.ts'
import type { DnsLookup, SrvRecord } from './dns-lookup.ts'
import { FailedDestinations } from './failed-destinations.ts'
import { defaultPortOf, numericDestination, transportAskedFor } from './numeric-destination.ts'
import { orderByWeight } from './order-by-weight.ts'
import { cacheRecords } from './record-cache.ts'
import type { Resolver, SipService } from './resolver.ts'
import { createSystemLookup } from './system-lookup.ts'

export interface ResolverOptions {
  readonly clock: Clock
  /** Where records come from; default: the name servers of the machine. Its answers are cached here. */
  readonly lookup?: DnsLookup
  readonly timers?: Timers
  /** What the stack can send over, the best liked first: the choice where nothing in DNS makes one. Default udp, tcp, tls. */
  readonly transports?: readonly DialedTransport[]
  /** Default: IPv4 and then IPv6. */
  readonly families?: readonly (4 | 6)[]
  /** From 0 to below 1, for RFC 2782. */
  readonly random?: () => number
  /** For everything that has to be asked for one URI. Default 5000. */
  readonly timeoutMs?: number
}

/** What we can open connections with, or send datagrams over. */
type DialedTransport = Exclude<TransportName, 'ws' | 'wss'>

/** RFC 3263 4.1: what NAPTR records call the transports, and their prefixes of SRV names. */
const SERVICES: Readonly<Record<string, DialedTransport>> = { 'SIP+D2U': 'udp', 'SIP+D2T': 'tcp', 'SIPS+D2T': 'tls' }
const SRV_PREFIXES: Readonly<Record<DialedTransport, string>> = { udp: '_sip._udp.', tcp: '_sip._tcp.', tls: '_sips._tcp.' }
/** Answers beyond these come from somebody who means no good. */
const MOST_RECORDS = 16
const MOST_DESTINATIONS = 32
const LONGEST_NAME = 253
const FAILED_FOR_MS = 60_000
/** RFC 2782: priorities are of 16 bits. */
const PRIORITIES = 65_536
/** A host that has no SRV records. */
const ALONE = { priority: 0, weight: 0 } as const

/** Makes a resolver by RFC 3263. Nothing is asked before `resolve`. */
export function createResolver(options: ResolverOptions): Resolver {
  const { clock, timers = systemTimers, timeoutMs = 5000 } = options
  const search: Search = {
    lookup: cacheRecords(options.lookup ?? createSystemLookup(), clock),
    transports: options.transports ?? ['udp', 'tcp', 'tls'],
    families: options.families ?? [4, 6],
  }
  const { random = Math.random } = options
  const failed = new FailedDestinations(clock)
  const servicesOf: Resolver['servicesOf'] = (uri) =>
    new Promise((resolve) => {
      const timer = timers.start(timeoutMs, () => resolve([]))
      void findServices(search, uri).then((found) => {
        timer.cancel()
        resolve(found.filter(({ destinations }) => destinations.length > 0))
      })
    })
  return {
    async resolve(uri) {
      const numeric = numericDestination(uri)
      if (numeric !== undefined) return [numeric]
      const drawn = orderByWeight(await servicesOf(uri), random).flatMap(({ destinations }) => destinations)
      return failed.order(drawn.slice(0, MOST_DESTINATIONS))
    },
    servicesOf,
    reportFailure: (remote, forMs = FAILED_FOR_MS) => failed.add(remote, forMs),
  }
}

interface Search {
  readonly lookup: DnsLookup
  readonly transports: readonly DialedTransport[]
  readonly families: readonly (4 | 6)[]
}

/** RFC 3263 4.1 and 4.2 for a host that is a name. */
async function findServices(search: Search, uri: SipUri): Promise<readonly SipService[]> {
  const name = uri.host.endsWith('.') ? uri.host.slice(0, -1) : uri.host
  const asked = transportAskedFor(uri)
  const isAsked = uri.parameters.has('transport') || uri.port !== undefined
  if (asked === undefined || isWebSocket(asked) || name === '' || name.length > LONGEST_NAME || numericAddressOf(name) !== undefined) return []
  const transport = asked as DialedTransport
  if (isAsked && !search.transports.includes(transport)) return []
  // 4.2: with a port there is nothing to ask but addresses.
  if (uri.port !== undefined) return [{ ...ALONE, destinations: await addressesOf(search, name, transport, uri.port, name) }]
  const found = isAsked ? await bySrv(search, name, [transport]) : await byNaptr(search, name, uri.scheme === 'sips')
  if (found !== 'none') return found
  if (!search.transports.includes(transport)) return []
  return [{ ...ALONE, destinations: await addressesOf(search, name, transport, defaultPortOf(transport), name) }]
}

/** 4.1: what the domain prefers; without NAPTR records, what its SRV records offer. @returns 'none' when it has neither */
async function byNaptr(search: Search, name: string, isSecure: boolean): Promise<readonly SipService[] | 'none'> {
  const { records } = await search.lookup.naptr(name)
  const usable = records
    .slice(0, MOST_RECORDS)
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
    .flatMap(({ flags, service, replacement }) => {
      const transport = SERVICES[service.toUpperCase()]
      const fits = transport !== undefined && flags.toLowerCase() === 's' && search.transports.includes(transport) && (!isSecure || transport === 'tls')
      return fits ? [{ transport, replacement }] : []
    })
  if (usable.length === 0) {
    return bySrv(
      search,
      name,
      search.transports.filter((transport) => !isSecure || transport === 'tls'),
    )
  }
  const found = await Promise.all(usable.map(({ transport, replacement }) => servedBy(search, replacement, transport, name)))
  return inTurn(found)
}

/** 4.1, 4.2: the SRV records of each transport. @returns 'none' when there are none at all */
async function bySrv(search: Search, name: string, transports: readonly DialedTransport[]): Promise<readonly SipService[] | 'none'> {
  const found = await Promise.all(transports.map((transport) => servedBy(search, SRV_PREFIXES[transport] + name, transport, name)))
  return found.every((part) => part === 'none') ? 'none' : inTurn(found)
}

/** All of one transport before any of the next. */
function inTurn(found: readonly (readonly SipService[] | 'none')[]): readonly SipService[] {
  return found.flatMap((part, turn) => (part === 'none' ? [] : part.map((service) => ({ ...service, priority: service.priority + turn * PRIORITIES }))))
}

/** @param srvName of the SRV records @param domain of the URI: the name a certificate has to be for, whoever serves it (RFC 5922 4) */
async function servedBy(search: Search, srvName: string, transport: DialedTransport, domain: string): Promise<readonly SipService[] | 'none'> {
  const { records } = await search.lookup.srv(srvName)
  if (records.length === 0) return 'none'
  return Promise.all(
    records
      .slice(0, MOST_RECORDS)
      .filter(isAvailable)
      .map(async ({ priority, weight, target, port }) => ({
        priority,
        weight,
        destinations: await addressesOf(search, target.toLowerCase(), transport, port, domain),
      })),
  )
}

/** RFC 2782: a target of '.' says that there is no such service. */
function isAvailable({ target }: SrvRecord): boolean {
  return target !== '' && target !== '.' && target.length <= LONGEST_NAME
}

async function addressesOf(search: Search, host: string, transport: DialedTransport, port: number, domain: string): Promise<readonly RemoteAddress[]> {
  const answers = await Promise.all(search.families.map((family) => search.lookup.addresses(host, family)))
  return answers
    .flatMap(({ records }) => records.slice(0, MOST_RECORDS))
    .filter((address) => isDestination(address, port))
    .map((address) => ({ transport, address, port, ...(transport === 'tls' ? { serverName: domain } : {}) }))
}
