import type { Challenge, DigestAuthenticator, RemoteAddress, SipRequest } from '@dialtone/sip'
import { findCarrierByContact } from '../ports/find-carrier.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import { dialedText } from './dialed-text.ts'
import { saysItIsAPhone } from './says-it-is-a-phone.ts'
import type { PhoneSignsNeeds } from './says-it-is-a-phone.ts'

export interface ChallengeNeeds extends Pick<PhoneSignsNeeds, 'bindingsOf'> {
  readonly digest: DigestAuthenticator
  readonly directory: Pick<SwitchDirectory, 'carrierByAddress' | 'trunkByAddress' | 'carriers' | 'credentialsOf'>
  /** Whether ordinary calls are refused now: then nobody is asked for a password first. */
  readonly isRefusing: () => boolean
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
  if (needs.directory.carrierByAddress(source.address, source.port) !== undefined && !saysItIsAPhone(needs, request, source)) return undefined
  if (findCarrierByContact(needs.directory.carriers(), dialedText(request)) !== undefined) return undefined
  return { statusCode: 407, headers: needs.digest.challenge({ proxy: true, request }) }
}

export function isKnownByAddress(directory: Pick<SwitchDirectory, 'carrierByAddress' | 'trunkByAddress'>, { address, port }: RemoteAddress): boolean {
  return directory.carrierByAddress(address, port) !== undefined || directory.trunkByAddress(address, port) !== undefined
}
