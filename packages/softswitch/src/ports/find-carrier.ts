import { isNamedBy } from '@dialtone/sip'
import type { RemoteAddress } from '@dialtone/sip'
import { targetsOf } from './switch-directory.ts'
import type { CarrierPeer, NumberOwner } from './switch-directory.ts'

/** Whether a carrier brings and takes calls of that account: the platform's those of everybody, a tenant's its own and those of heirs. */
export function servesAccount({ partitionId, inheritedBy, accountId }: CarrierPeer, owner: NumberOwner): boolean {
  const isOfPartition = partitionId === undefined || partitionId === owner.partitionId || inheritedBy?.includes(owner.partitionId) === true
  return isOfPartition && (accountId === undefined || accountId === owner.accountId)
}

/** Where a request came from, and who that has proven to be. */
export type RequestSource = Pick<RemoteAddress, 'transport' | 'address' | 'port' | 'certificateNames'>

/** The carrier a request is from: known by its address, or over TLS by its certificate. With an owner only one that serves that account. */
export function findCarrier(carriers: Iterable<CarrierPeer>, source: RequestSource, owner?: NumberOwner): CarrierPeer | undefined {
  for (const carrier of carriers) if (isFrom(carrier, source) && (owner === undefined || servesAccount(carrier, owner))) return carrier
  return undefined
}

/** All carriers the request may be from, of whoever. */
export function carriersOf(carriers: Iterable<CarrierPeer>, source: RequestSource): readonly CarrierPeer[] {
  return [...carriers].filter((carrier) => isFrom(carrier, source))
}

/** The carrier at whose address somebody is who does not prove to be it. */
export function carrierPretended(carriers: Iterable<CarrierPeer>, source: RequestSource): CarrierPeer | undefined {
  for (const carrier of carriers) if (isAt(carrier, source) && !isFrom(carrier, source)) return carrier
  return undefined
}

/** How the users of our Contacts at carriers begin (`CarrierPeer.contactUser`). */
const CONTACT_PREFIX = 'dt-'

/** The carrier we registered with that user, or undefined: then the number is one to be called. */
export function findCarrierByContact(carriers: Iterable<CarrierPeer>, user: string): CarrierPeer | undefined {
  if (!user.startsWith(CONTACT_PREFIX)) return undefined
  for (const carrier of carriers) if (carrier.contactUser === user) return carrier
  return undefined
}

/** Over a connection a carrier calls from whatever port it likes; who is on this machine is told by the port alone. */
function isAt(carrier: CarrierPeer, { address, port }: RequestSource): boolean {
  const isLocal = address.startsWith('127.') || address === '::1'
  return targetsOf(carrier).some((target) => target.address === address && (target.port === port || (carrier.transport !== 'udp' && !isLocal)))
}

/**
 * RFC 5922 7.3: who shows a certificate over TLS is whom it names, wherever he calls from, and nobody else. Who shows none is known by his address, where
 * the carrier does not have to show one.
 */
function isFrom(carrier: CarrierPeer, source: RequestSource): boolean {
  const { transport, peerCertificate = 'optional', serverName } = carrier
  if (transport !== 'tls' || peerCertificate === 'ignored') return isAt(carrier, source)
  const { certificateNames: names } = source
  if (source.transport !== 'tls' || names === undefined) return peerCertificate === 'optional' && isAt(carrier, source)
  return serverName === undefined ? targetsOf(carrier).some(({ address }) => names.includes(address)) : isNamedBy(names, serverName)
}
