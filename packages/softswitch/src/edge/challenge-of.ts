import type { Challenge, DigestAuthenticator, RemoteAddress, SipRequest } from '@dialtone/sip'
import { carrierPretended, findCarrier, findCarrierByContact } from '../ports/find-carrier.ts'
import type { CarrierPeer, SwitchDirectory } from '../ports/switch-directory.ts'
import { dialedText } from './dialed-text.ts'
import { saysItIsAPhone } from './says-it-is-a-phone.ts'
import type { PhoneSignsNeeds } from './says-it-is-a-phone.ts'

export interface ChallengeNeeds extends Pick<PhoneSignsNeeds, 'bindingsOf'> {
  readonly digest: DigestAuthenticator
  readonly directory: Pick<SwitchDirectory, 'trunkByAddress' | 'carriers' | 'credentialsOf'>
  /** Whether ordinary calls are refused now: then nobody is asked for a password first. */
  readonly isRefusing: () => boolean
  /** At the carrier's address somebody calls who has not proven by a certificate to be it. */
  readonly notePretended: (carrier: CarrierPeer, source: RemoteAddress) => void
}

/**
 * The challenge for a REGISTER or INVITE that brings no credentials for our realm, from whoever is not known by address: the same for
 * known and unknown users, for nobody has looked yet. Answered before the switch takes it up, without any state.
 */
export function challengeOf(needs: ChallengeNeeds, request: SipRequest, source: RemoteAddress): Challenge | undefined {
  const { method } = request
  if ((method !== 'INVITE' && method !== 'REGISTER') || needs.digest.identify(request) !== undefined) return undefined
  if (method === 'REGISTER') return { statusCode: 401, headers: needs.digest.challenge({ request }) }
  if (needs.isRefusing() || needs.directory.trunkByAddress(source.address, source.port) !== undefined) return undefined
  if (findCarrier(needs.directory.carriers(), source) !== undefined && !saysItIsAPhone(needs, request, source)) return undefined
  if (findCarrierByContact(needs.directory.carriers(), dialedText(request)) !== undefined) return undefined
  const pretended = carrierPretended(needs.directory.carriers(), source)
  if (pretended !== undefined) needs.notePretended(pretended, source)
  return { statusCode: 407, headers: needs.digest.challenge({ proxy: true, request }) }
}

/** Carriers are known by their address or certificate, and PBXs that asked for it by their address. */
export function isKnownPeer(directory: Pick<SwitchDirectory, 'carriers' | 'trunkByAddress'>, source: RemoteAddress): boolean {
  return findCarrier(directory.carriers(), source) !== undefined || directory.trunkByAddress(source.address, source.port) !== undefined
}
