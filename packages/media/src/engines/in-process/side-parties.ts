import { canonicalAddress } from '@dialtone/foundation'
import type { AddressType } from '../../sdp/ip-address.ts'
import type { RelayedOffer } from '../../sdp/relay-negotiation.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import type { LocalEndpoint } from '../../sdp/sent-description.ts'
import type { MediaSide, PartyKeys } from '../media-engine.ts'
import { OwnKeys } from './own-keys.ts'

export interface SidePartiesOptions {
  readonly endpoints: Readonly<Record<MediaSide, LocalEndpoint>>
  /** Our address in place of that of the endpoints where IPv6 is asked for; undefined: there is none. */
  readonly addressIpv6: string | undefined
  /** Addresses under which our own sockets are reached. */
  readonly ownAddresses: readonly string[]
}

/** Who is at each side of a session: what he knows of our keys, how he described himself, and where he finds us. */
export class SideParties {
  readonly #options: SidePartiesOptions
  readonly #keys: Record<MediaSide, PartyKeys> = { a: new OwnKeys(), b: new OwnKeys() }
  /** Who described each side last: the parts of `o=` that stay the same for one party (RFC 8866 5.2). */
  readonly #authors: Partial<Record<MediaSide, string>> = {}
  /** The family each side described itself in last (RFC 6157 3). */
  readonly #addressTypes: Record<MediaSide, AddressType | undefined> = { a: undefined, b: undefined }

  constructor(options: SidePartiesOptions) {
    this.#options = options
  }

  keysOf(side: MediaSide): PartyKeys {
    return this.#keys[side]
  }

  /** Our keys towards a side, by suite. */
  mastersOf(side: MediaSide): PartyKeys['master'] {
    return (suite) => this.#keys[side].master(suite)
  }

  /** Somebody else is at the side; with keys, they are what he knows from where he was. */
  welcome(side: MediaSide, keys?: PartyKeys): void {
    this.#keys[side] = keys ?? new OwnKeys()
    delete this.#authors[side]
    this.#addressTypes[side] = undefined
  }

  /** Another party at a side, told by its `o=`, gets other keys than the one before: it knows no counter of ours (RFC 4568 7.1.4). */
  meet(side: MediaSide, { description, stream }: RelayedOffer): void {
    const { username, sessionId, address } = description.origin
    this.reachedAs(side, stream)
    const party = `${username} ${sessionId} ${address}`
    if (this.#authors[side] !== undefined && this.#authors[side] !== party) this.#keys[side].renew()
    this.#authors[side] = party
  }

  /** The side has described itself. */
  reachedAs(side: MediaSide, { addressType }: RemoteStream): void {
    this.#addressTypes[side] = addressType ?? this.#addressTypes[side]
  }

  /** Where a side finds us: in the family it described itself in, unless another one is known to reach it. */
  endpoint(side: MediaSide, addressType = this.#addressTypes[side]): LocalEndpoint {
    const [endpoint, { addressIpv6 }] = [this.#options.endpoints[side], this.#options]
    return addressType === 'IP6' && addressIpv6 !== undefined ? { ...endpoint, address: addressIpv6 } : endpoint
  }

  /** A description that names our own ports of this session would send the packets round in circles. */
  pointsAtUs({ rtp, rtcp }: RemoteStream): boolean {
    const ports = Object.values(this.#options.endpoints).flatMap(({ rtpPort, rtcpPort }) => [rtpPort, rtcpPort])
    return [rtp, rtcp].some(
      (target) => target !== undefined && this.#options.ownAddresses.includes(canonicalAddress(target.address)) && ports.includes(target.port),
    )
  }
}
