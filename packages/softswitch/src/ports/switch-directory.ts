import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { E164, NumberRule } from '@dialtone/numbering'
import type { MediaTerms } from '@dialtone/media'
import type { RemoteAddress, TransportName } from '@dialtone/sip'

/**
 * Who exists, as the call plane sees it. Every answer comes from memory, at once: the SIP receive path never
 * waits for a database. The composition root fills it from committed events of the control plane.
 */
export interface SwitchDirectory {
  /** The line or trunk a digest username belongs to; usernames are unique on the platform (C-51). */
  credentialsOf(sipUsername: string): LineCredentials | undefined
  /** The immutable picture routing decides on. */
  snapshotOf(accountId: string): RoutingSnapshot | undefined
  /** The account a telephone number belongs to, of whatever partition. */
  ownerOf(number: E164): NumberOwner | undefined
  carrier(id: string): CarrierPeer | undefined
  /** All of them, of whoever. */
  carriers(): Iterable<CarrierPeer>
  /** Whether the account's access rules let SIP from that address in (S3-85); left out: from everywhere. Emergency calls are not asked about (C-58). */
  admits?(accountId: string, address: string): boolean
  /** The trunk of a PBX that is known by its address instead of a login. */
  trunkByAddress(address: string, port: number): TrunkPeer | undefined
  /** A SIP domain that a tenant claims, by its name in lower case; undefined: the platform's own name, or one of nobody. */
  domain?(name: string): SwitchDomain | undefined
}

/** A SIP domain of a partition, with all that is below it, or of one account (S3-69). */
export interface SwitchDomain {
  readonly name: string
  /** Empty for that of an account. */
  readonly partitionIds: readonly string[]
  readonly accountId?: string | undefined
  /** It is known to be its owner's: nobody else may use it, whether it serves or not. */
  readonly isProven: boolean
  /** It registers phones and takes calls; it is a digest realm of its own then. */
  readonly isServing: boolean
  /** Which of a phone's ways is called first. */
  readonly defaultTransport: 'udp' | 'tcp' | 'tls'
  /** How often a phone behind a NAT has to be heard; undefined: nobody cares. */
  readonly keepAliveSeconds?: number | undefined
}

export interface TrunkPeer {
  readonly lineId: string
  readonly partitionId: string
  readonly accountId: string
}

export interface LineCredentials {
  readonly lineId: string
  readonly partitionId: string
  readonly accountId: string
  /** Hex H(username:realm:password), RFC 8760. */
  readonly ha1: { readonly MD5: string; readonly 'SHA-256': string }
  /** The same in the realms of the domains it may log in at. */
  readonly ha1AtDomains?: ReadonlyMap<string, LineCredentials['ha1']> | undefined
  /** INACTIVE: REGISTER and calls are refused with 403, emergency calls are not (C-58). */
  readonly adminState: 'ACTIVE' | 'INACTIVE'
}

export interface NumberOwner {
  readonly partitionId: string
  readonly accountId: string
}

/** One place where a carrier takes calls and registrations: what `/sipgwping` calls a gateway (S3-62). */
export interface CarrierTarget {
  readonly id: string
  readonly address: string
  readonly port: number
  /** Which SRV record of its carrier's name leads here, and what is that one's part of the calls (RFC 2782); left out: they go by the order. */
  readonly share?: { readonly service: number; readonly priority: number; readonly weight: number } | undefined
  /** What somebody outside says about it, and when (S3-65). */
  readonly report?: { readonly status: GatewayStatus; readonly atMs: number } | undefined
}

export type GatewayStatus = 'healthy' | 'degraded' | 'down'

export interface CarrierPeer {
  readonly id: string
  readonly name: string
  /** undefined: serves every partition of the platform. */
  readonly partitionId: string | undefined
  /** Partitions below that have no carriers of their own, nor any partition between has (S1-11); left out: none. */
  readonly inheritedBy?: readonly string[] | undefined
  readonly address: string
  readonly port: number
  readonly transport: TransportName
  /** Whose certificate it has to show over TLS (RFC 5922 7.1); left out: that of the address. */
  readonly serverName?: string | undefined
  /** What it has to show us over TLS when it calls: a certificate of that name, if it shows any (the default), or always; ignored: its address is enough. */
  readonly peerCertificate?: PeerCertificate | undefined
  /** So many calls it has at once, in both directions; left out: no limit. */
  readonly maxCalls?: number | undefined
  /** Leads to a PSAP. */
  readonly emergency: boolean
  /** An account's own carrier: it takes and brings calls of that account alone. */
  readonly accountId?: string | undefined
  /** How often OPTIONS asks whether it is there; undefined: only once it has failed. */
  readonly keepAliveSeconds?: number | undefined
  /** Answers its challenges (RFC 3261 22.3). */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined
  /** It wants us to register: under which domain, for the user of `credentials` (RFC 3261 10.2). */
  readonly registrarDomain?: string | undefined
  /** All its places, the best liked first; left out: the one of `address` and `port`, which is the first. */
  readonly targets?: readonly CarrierTarget[] | undefined
  /** The user of the Contact we register there: calls to it are this carrier's, from wherever they come. Not to be guessed. */
  readonly contactUser?: string | undefined
  /** It may not be called yet: nothing of it has ever worked (S3-15). */
  readonly pending?: boolean | undefined
  /** Its codecs, how keys go to it, where its media comes from (S3-13, S3-25); left out: nothing was arranged. */
  readonly media?: MediaTerms | undefined
  /** What numbers look like on its side; left out: E.164 with a plus. */
  readonly numberRules?: CarrierNumberRules | undefined
  /** Shown for callers who have no number (S3-13). */
  readonly callerId?: { readonly name: string; readonly number: E164 } | undefined
}

export type PeerCertificate = 'optional' | 'required' | 'ignored'

export type DtmfMode = NonNullable<MediaTerms['digits']>

/** By whom a number is, and which way it goes; numbers inside are E.164 without plus. */
export interface CarrierNumberRules {
  readonly outboundCalled?: readonly NumberRule[] | undefined
  readonly outboundCaller?: readonly NumberRule[] | undefined
  readonly inboundCalled?: readonly NumberRule[] | undefined
  readonly inboundCaller?: readonly NumberRule[] | undefined
}

/** How a place of a carrier is reached. */
export function remoteOf(
  { transport, serverName }: Pick<CarrierPeer, 'transport' | 'serverName'>,
  { address, port }: Pick<CarrierTarget, 'address' | 'port'>,
): RemoteAddress {
  return { transport, address, port, ...(transport !== 'tls' || serverName === undefined ? {} : { serverName }) }
}

/** The places of a carrier, the best liked first. */
export function targetsOf({ id, address, port, targets }: Pick<CarrierPeer, 'id' | 'address' | 'port' | 'targets'>): readonly CarrierTarget[] {
  return targets ?? [{ id, address, port }]
}
