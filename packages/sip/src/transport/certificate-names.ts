/** More names than that are nobody's, and every message carries them between threads. */
const MOST_NAMES = 32
const LONGEST_NAME = 253

/**
 * The domains and addresses a certificate is for (RFC 5922 7.1): its DNS names, its addresses, and its URIs of the form `sip:host`. A URI with a user is
 * somebody's, not a domain's. Its common name counts where it has no alternative names at all. Commas and quotes in a value are written by Node.js as
 * JSON text, and no name has any.
 * @param o.subjectAltName as Node.js writes it: `DNS:sip.example.com, URI:sip:example.com, IP Address:192.0.2.1`
 * @param o.commonName of its subject
 * @returns in lower case, each once
 */
export function certificateNames(o: { readonly subjectAltName: string | undefined; readonly commonName: string | undefined }): readonly string[] {
  const entries = o.subjectAltName === undefined ? [`DNS:${o.commonName ?? ''}`] : o.subjectAltName.split(', ')
  const names = entries.flatMap((entry) => /^(?:DNS:|IP Address:|URI:sip:)([^@;?"]+)$/i.exec(entry)?.[1]?.toLowerCase() ?? [])
  return [...new Set(names)].filter((name) => name.length <= LONGEST_NAME).slice(0, MOST_NAMES)
}

/** Whether a certificate with these names is that of a host. `*` stands for one label, as of servers we connect to, though RFC 5922 7.2 would not have it. */
export function isNamedBy(names: readonly string[], host: string): boolean {
  const name = host.toLowerCase()
  const dot = name.indexOf('.')
  return names.includes(name) || (dot > 0 && name.includes('.', dot + 1) && names.includes(`*${name.slice(dot)}`))
}
