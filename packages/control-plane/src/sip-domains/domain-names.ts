/** What DNS says about a name. Each rejects when nobody answers, and answers with none for a name or a record that is not there. */
export interface DomainNames {
  /** TXT records, the parts of each joined (RFC 7208 3.3). */
  texts(name: string): Promise<readonly string[]>
  /** IPv4 and IPv6. */
  addresses(name: string): Promise<readonly string[]>
}

/** Of a control plane that nobody gave a resolver. */
export const NO_NAMES: DomainNames = {
  texts: () => Promise.reject(new Error('this server asks no name server')),
  addresses: () => Promise.resolve([]),
}
