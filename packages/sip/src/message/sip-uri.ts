/** A SIP URI taken apart (RFC 3261 19.1.1). Other schemes keep what they have of these parts. */
export interface SipUri {
  /** Lower case. */
  readonly scheme: string
  /** Still %-escaped, see `userOf`. For `tel:` the number. */
  readonly user: string
  readonly password: string | undefined
  /** Lower case, IPv6 in brackets; '' when the scheme has none. */
  readonly host: string
  readonly port: number | undefined
  /** Lower-case names, '' when valueless. */
  readonly parameters: ReadonlyMap<string, string>
  /** The text after '?', '' if none. */
  readonly headers: string
}
