/** A numeric address as URIs write it (RFC 3986 section 3.2.2). */
export function inUri(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
