import type { Clock, Logger } from '@dialtone/foundation'
import type { DigestAuthenticator, RemoteAddress, RequestGate } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { PasswordGuesses } from './authenticate-line.ts'
import type { PsapCallbackNeeds } from './is-psap-callback.ts'
import { BanList, DEFAULT_BAN_LIMITS } from './ban-list.ts'
import { createEdgeGate, isLoopback } from './edge-gate.ts'
import type { EdgeProtection } from './edge-gate.ts'

export const DEFAULT_PROTECTION: EdgeProtection = { ...DEFAULT_BAN_LIMITS, scanners: 'drop', trustLoopback: true }

export interface ProtectionNeeds extends Pick<PsapCallbackNeeds, 'isCallback'> {
  readonly directory: SwitchDirectory
  readonly digest: DigestAuthenticator
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  readonly clock: Clock
  readonly logger: Logger
  readonly protection?: Partial<EdgeProtection> | undefined
}

/** The gate of the SIP stack and the count of wrong passwords, which share one list. */
export function protectEdge(needs: ProtectionNeeds): { readonly gate: RequestGate; readonly guesses: PasswordGuesses } {
  const { directory, digest, bindingsOf, isCallback, clock, logger } = needs
  const protection = { ...DEFAULT_PROTECTION, ...needs.protection }
  const bans = new BanList(clock, protection)
  // Carriers are asked for no password: who guesses at their address is somebody else.
  const isExempt = (source: RemoteAddress): boolean => protection.trustLoopback && isLoopback(source.address)
  return {
    gate: createEdgeGate({ directory, digest, bindingsOf, isCallback, bans, protection }),
    guesses: {
      isBanned: (source, username) => bans.isUserBanned(source.address, username) && !isExempt(source),
      failed: (source, username) => {
        if (isExempt(source)) return
        bans.failed(source.address, username)
        if (bans.isUserBanned(source.address, username)) logger.warn('too many wrong passwords', { address: source.address, username })
      },
      succeeded: (source, username) => bans.succeeded(source.address, username),
    },
  }
}
