import type { DigestAuthenticator, DigestCredentials, Header, RemoteAddress, SipRequest } from '@dialtone/sip'
import type { LineCredentials, SwitchDirectory } from '../ports/switch-directory.ts'

export type LineAuthentication =
  | { readonly kind: 'line'; readonly username: string; readonly line: LineCredentials }
  | {
      readonly kind: 'challenge'
      readonly statusCode: 401 | 403 | 407
      readonly headers: readonly Header[]
      /** The line it says it is, when its password was wrong or is not looked at any more. */
      readonly claimed?: LineCredentials
      /** Whether the account's rules let that address in (S3-85), for the operator. To be asked after the answer: going through the rules takes its time. */
      readonly isShutOut?: () => boolean
      readonly reasonPhrase?: string
    }

export interface AuthenticationNeeds {
  readonly digest: DigestAuthenticator
  /** The platform's own. */
  readonly realm: string
  readonly directory: Pick<SwitchDirectory, 'credentialsOf' | 'admits'>
  /** Who has tried too many wrong passwords. */
  readonly guesses: PasswordGuesses
}

/** Counts wrong passwords. */
export interface PasswordGuesses {
  isBanned(source: RemoteAddress, username: string): boolean
  failed(source: RemoteAddress, username: string): void
  succeeded(source: RemoteAddress, username: string): void
}

export interface Asked {
  readonly request: SipRequest
  readonly source: RemoteAddress
  /** 'proxy' challenges with 407, 'registrar' with 401 (RFC 3261 22.2, 22.3). */
  readonly by: 'proxy' | 'registrar'
  /** A call for help is judged by its password alone, however often it was wrong before. */
  readonly urgent?: boolean
}

/**
 * Which line sent the request: digest authentication of RFC 3261 22 and RFC 8760. A username nobody has is answered
 * exactly like a wrong password, after the same work. That the account's rules shut an address out is told to who knows the password: who asks
 * from there without it does not learn which users there are. A call for help is let in by its password alone (C-58).
 */
export function authenticateLine(needs: AuthenticationNeeds, { request, source, by, urgent = false }: Asked): LineAuthentication {
  const identity = needs.digest.identify(request)
  // Also with the right password now: otherwise guessing on would pay.
  const line = identity === undefined ? undefined : needs.directory.credentialsOf(identity.username)
  const claimed = line === undefined ? {} : { claimed: line }
  if (identity !== undefined && !urgent && needs.guesses.isBanned(source, identity.username)) {
    return { kind: 'challenge', statusCode: 403, headers: [], ...claimed }
  }
  const isShutOut = (): boolean => line !== undefined && !urgent && needs.directory.admits?.(line.accountId, source.address) === false
  // A line of another tenant is nobody in the realm of a domain.
  const kept = line === undefined || identity === undefined ? undefined : keptFor(line, identity.realm, needs.realm)
  const verdict = needs.digest.verify(request, kept)
  if (identity !== undefined && verdict === 'rejected') needs.guesses.failed(source, identity.username)
  if (verdict === 'accepted' && isShutOut())
    return { kind: 'challenge', statusCode: 403, reasonPhrase: 'Address Not Allowed', headers: [], ...claimed, isShutOut: () => true }
  if (verdict === 'accepted' && line !== undefined && identity !== undefined) {
    needs.guesses.succeeded(source, identity.username)
    return { kind: 'line', username: identity.username, line }
  }
  const proxy = by === 'proxy'
  return {
    kind: 'challenge',
    statusCode: proxy ? 407 : 401,
    headers: needs.digest.challenge({ proxy, stale: verdict === 'stale', request }),
    ...(verdict === 'rejected' ? { ...claimed, isShutOut } : {}),
  }
}

function keptFor(line: LineCredentials, realm: string, own: string): DigestCredentials | undefined {
  if (realm === own) return line
  const ha1 = line.ha1AtDomains?.get(realm)
  return ha1 === undefined ? undefined : { ha1 }
}
