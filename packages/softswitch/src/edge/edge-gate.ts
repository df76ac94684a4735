import { userOf } from '@dialtone/sip'
import type { DigestAuthenticator, RemoteAddress, RequestGate, SipRequest } from '@dialtone/sip'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { BanLimits, BanList } from './ban-list.ts'
import { isKnownPeer } from './challenge-of.ts'
import { dialedText } from './dialed-text.ts'
import { isPsapCallback, type PsapCallbackNeeds } from './is-psap-callback.ts'
import { isScanner } from './is-scanner.ts'

export interface EdgeProtection extends BanLimits {
  /** What scanners get that have no credentials: nothing, or what everybody gets. */
  readonly scanners: 'drop' | 'serve'
  /** Whether what comes from this machine, such as a proxy in front of us or the sandbox, is outside of limits and bans. */
  readonly trustLoopback: boolean
}

export interface GateNeeds extends Pick<PsapCallbackNeeds, 'isCallback'> {
  readonly directory: Pick<SwitchDirectory, 'carriers' | 'trunkByAddress' | 'credentialsOf' | 'ownerOf'>
  readonly digest: Pick<DigestAuthenticator, 'identify'>
  readonly bans: BanList
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  readonly protection: Pick<EdgeProtection, 'scanners' | 'trustLoopback'>
}

/** The policy of the switch before new requests: whom the SIP stack drops, serves in any case, and does not count. */
export function createEdgeGate(needs: GateNeeds): RequestGate {
  return {
    isUnwanted: (request, source) => {
      if (needs.protection.scanners === 'drop' && isScanner(request)) return true
      return needs.bans.isSourceBanned(source.address) && !isTrusted(needs, source) && !isAtHome(needs, request, source)
    },
    isUrgent: (request, source) => request.method === 'INVITE' && (isEmergencyDialed(dialedText(request)) || isPsapCallback(needs, request, source)),
    isTrusted: (source) => isTrusted(needs, source),
  }
}

function isTrusted(needs: Pick<GateNeeds, 'directory' | 'protection'>, source: RemoteAddress): boolean {
  if (needs.protection.trustLoopback && isLoopback(source.address)) return true
  return isKnownPeer(needs.directory, source)
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}

/** Whether the user is registered from there: a neighbour's guessing is no reason to lock a phone out that has the password. */
function isAtHome(needs: GateNeeds, request: SipRequest, source: RemoteAddress): boolean {
  const username = needs.digest.identify(request)?.username ?? userOf(request.from.uri)
  const line = needs.directory.credentialsOf(username)
  return line !== undefined && needs.bindingsOf(line.lineId).some((binding) => binding.receivedFrom.address === source.address)
}
