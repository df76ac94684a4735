import type { SipUri } from './sip-uri.ts'

/** The value of From, To, Contact, Route … (RFC 3261 20.10). */
export interface NameAddress {
  /** Unquoted. */
  readonly displayName: string
  readonly uri: SipUri
  readonly uriText: string
  /** Header parameters, lower-case names, values unquoted, '' when valueless: `.get('tag')`. */
  readonly parameters: ReadonlyMap<string, string>
}
